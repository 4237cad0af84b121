/* SPDX-License-Identifier: Apache-2.0 */
/* `doctor`: what is wrong here, as one line a finding. It changes nothing. */
#include "app/cli_call.h"
#include "app/config.h"
#include "plat/db/db.h"
#include "plat/os/file.h"

#include <sys/statvfs.h>
#include <unistd.h>

enum { FREE_MIN_MIB = 256 };

struct doctor {
    struct cli *cli;
    const char *dir;
    int bad; /* what must be mended */
};

static void say(struct doctor *d, const char *mark, const char *what, const char *why)
{
    (void)printf("%-5s %s%s%s\n", mark, what, why[0] != '\0' ? ": " : "", why);
    d->bad += mark[0] == 'F';
}

/* A path below the data directory, NUL-terminated. */
static const char *below(const struct doctor *d, const char *name)
{
    str_t path;
    if (str_format(d->cli->arena, &path, "%s/%s", d->dir, name) != E_OK)
        return "";
    const char *cz = str_cz(d->cli->arena, path);
    return cz != NULL ? cz : "";
}

static bool check_dir(struct doctor *d)
{
    mode_t mode = 0;
    uid_t owner = 0;
    if (file_owner(d->dir, &mode, &owner) != E_OK) {
        say(d, "FAIL", d->dir, "no such directory: `seneschal serve --data DIR` makes it");
        return false;
    }
    bool open = (mode & 077) != 0;
    say(d, open ? "FAIL" : "ok", d->dir,
        open ? "others can look inside: chmod 700" : "closed to others");
    return true;
}

static void check_space(struct doctor *d)
{
    struct statvfs fs;
    char text[96];
    if (statvfs(d->dir, &fs) != 0)
        return;
    unsigned long long mib = (unsigned long long)fs.f_bavail * fs.f_frsize / MIB(1);
    (void)snprintf(text, sizeof text, "%llu MiB free", mib);
    say(d, mib < FREE_MIN_MIB ? "WARN" : "ok", "disk", text);
}

static void check_key(struct doctor *d)
{
    mode_t mode = 0;
    uid_t owner = 0;
    if (file_owner(below(d, "master.key"), &mode, &owner) != E_OK) {
        say(d, "ok", "master key", "not beside the data");
        return;
    }
    if ((mode & 077) != 0)
        say(d, "FAIL", "master key", "others can read it: chmod 400 master.key");
    else
        say(d, "WARN", "master key",
            "lies beside what it seals: a copy of the directory has both; set master_key_file or a "
            "systemd credential");
}

static void check_store(struct doctor *d)
{
    CLEANUP(db_closep) struct db *db = NULL;
    struct diag why = { 0 };
    err_t e = db_open(d->dir, DB_READER, &why, &db);
    say(d, e == E_OK ? "ok" : "FAIL", "store", e == E_OK ? "opens" : why.text);
}

static void check_config(struct doctor *d)
{
    struct diag why = { 0 };
    struct config c;
    config_init(&c, d->cli->arena);
    err_t e = config_from_environment(&c, &why);
    say(d, e == E_OK ? "ok" : "FAIL", "environment", e == E_OK ? "understood" : why.text);
}

static void check_server(struct doctor *d, struct cli_options *o)
{
    struct cli_client client = { 0 };
    struct http_answer answer = { 0 };
    o->data = NULL; /* no token is needed */
    o->token_file = NULL;
    err_t e = cli_client_open(d->cli, o, &client);
    if (e == E_OK)
        e = cli_client_send(d->cli, &client,
                            &(struct cli_send){ .method = "GET", .path = STR("/readyz") }, &answer);
    say(d, e == E_OK ? "ok" : "WARN", o->server, e == E_OK ? "ready" : d->cli->why.text);
    cli_client_close(&client);
}

int cmd_doctor(struct cli *cli, int argc, char **argv)
{
    struct cli_options o;
    struct doctor d = { .cli = cli };
    int used = 0;
    cli_options_init(&o);
    for (int i = 0; i < argc; i += used) {
        err_t e = cli_option_take(cli, &o, argc, argv, i, &used);
        if (e == E_OK && used == 0)
            e = FAIL(&cli->why, E_USAGE, "`%s`: want --data DIR or --server URL", argv[i]);
        if (e != E_OK)
            return cli_fail(cli, e);
    }
    d.dir = o.data != NULL ? o.data : "/var/lib/seneschal";
    check_config(&d);
    if (check_dir(&d)) {
        check_space(&d);
        check_key(&d);
        check_store(&d);
    }
    check_server(&d, &o);
    return d.bad == 0 ? CLI_OK : CLI_FAILED;
}
