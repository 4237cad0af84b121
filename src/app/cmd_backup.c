/* SPDX-License-Identifier: Apache-2.0 */
/* `backup`: a copy of the store, beside a running server or without one. */
#include "api/backup_file.h"
#include "app/backup_record.h"
#include "app/cli_call.h"
#include "app/options.h"
#include "app/progress.h"
#include "plat/db/inspect.h"

static err_t backup_check(struct cli *cli, const struct backup_file *to)
{
    int64_t bytes;
    if (to->dir == NULL)
        return FAIL(&cli->why, E_USAGE, "data: name the data directory, for example --data ./var");
    if (to->path == NULL)
        return FAIL(&cli->why, E_USAGE, "output: name the file to write, --output FILE");
    if (db_bytes(to->dir, &bytes) != E_OK)
        return FAIL(&cli->why, E_NOT_FOUND, "%s: there is no store", to->dir);
    return E_OK;
}

struct telling {
    struct cli *cli;
    const struct backup_file *to;
    struct progress *progress;
};

static err_t backup_tell(void *arg, const struct backup_made *made)
{
    const struct telling *t = arg;
    const char *slash = strrchr(t->to->path, '/');
    const struct backup_told told = {
        .bytes = made->bytes,
        .sha256 = made->sha256,
        .name = str_from_cz(slash == NULL ? t->to->path : slash + 1),
    };
    progress_clear(t->progress);
    return backup_record(t->cli->arena, t->to->dir, &told, &t->cli->why);
}

static err_t backup(struct cli *cli, const struct backup_file *what)
{
    struct progress progress;
    const struct watch watch = { .see = progress_see, .arg = &progress };
    struct backup_file to = *what;
    struct telling telling = { cli, &to, &progress };
    struct backup_made made;
    to.watch = &watch;
    to.whole = backup_tell;
    to.arg = &telling;
    TRY(crypto_init());
    progress_begin(&progress, "KiB", 0);
    err_t e = backup_file_make(cli->arena, &to, &cli->why, &made);
    progress_clear(&progress);
    TRY(e);
    (void)printf("%.*s  %s\n", STR_ARG(made.sha256), to.path);
    (void)fputs("next: take it and its .sha256 to another machine, and the master key apart from "
                "it; `seneschal restore FILE --data DIR` puts it back\n",
                stderr);
    return E_OK;
}

int cmd_backup(struct cli *cli, int argc, char **argv)
{
    struct config config;
    struct backup_file to = { 0 };
    err_t e = cli_flag_cut(cli, &argc, argv, STR("output"), &to.path);
    if (e == E_OK)
        e = options_read(&config, cli->arena, argc, argv, &cli->why);
    if (e == E_OK) {
        to.dir = config_cz(&config, CONF_DATA);
        e = backup_check(cli, &to);
    }
    if (e == E_OK)
        e = backup(cli, &to);
    return e == E_OK ? CLI_OK : cli_fail(cli, e);
}
