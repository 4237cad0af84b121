/* SPDX-License-Identifier: Apache-2.0 */
/* `backup`: a copy of the store, beside a running server or without one. */
#include "api/backup_file.h"
#include "app/cli_call.h"
#include "app/options.h"
#include "app/progress.h"
#include "plat/db/inspect.h"

#include <unistd.h>

static err_t backup_paths(struct cli *cli, const char *dir, const char *to, struct backup_file *ret)
{
    int64_t bytes;
    str_t part;
    if (dir == NULL)
        return FAIL(&cli->why, E_USAGE, "data: name the data directory, for example --data ./var");
    if (to == NULL)
        return FAIL(&cli->why, E_USAGE, "output: name the file to write, --output FILE");
    if (access(to, F_OK) == 0)
        return FAIL(&cli->why, E_CONFLICT, "%s: is there already: name another file", to);
    if (db_bytes(dir, &bytes) != E_OK)
        return FAIL(&cli->why, E_NOT_FOUND, "%s: there is no store", dir);
    /* Each run has a file of its own: one that was killed is in nobody's way. */
    TRY(str_format(cli->arena, &part, "%s.%ld.part", to, (long)getpid()));
    *ret = (struct backup_file){ .dir = dir, .part = part.p, .path = to };
    return E_OK;
}

static err_t backup(struct cli *cli, const struct backup_file *to)
{
    struct progress progress;
    const struct watch watch = { .see = progress_see, .arg = &progress };
    str_t sha256;
    TRY(crypto_init());
    progress_begin(&progress, "KiB", 0);
    err_t e = backup_file_make(cli->arena, to, &watch, &cli->why, &sha256);
    progress_clear(&progress);
    TRY(e);
    (void)printf("%.*s  %s\n", STR_ARG(sha256), to->path);
    (void)fputs("next: take it and its .sha256 to another machine, and the master key apart from "
                "it; `seneschal restore FILE --data DIR` puts it back\n",
                stderr);
    return E_OK;
}

int cmd_backup(struct cli *cli, int argc, char **argv)
{
    struct config config;
    struct backup_file paths;
    const char *to = NULL;
    err_t e = cli_flag_cut(cli, &argc, argv, STR("output"), &to);
    if (e == E_OK)
        e = options_read(&config, cli->arena, argc, argv, &cli->why);
    if (e == E_OK)
        e = backup_paths(cli, config_cz(&config, CONF_DATA), to, &paths);
    if (e == E_OK)
        e = backup(cli, &paths);
    return e == E_OK ? CLI_OK : cli_fail(cli, e);
}
