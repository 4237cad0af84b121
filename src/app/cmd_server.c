/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that run on the server's machine, beside its data: serve, admin-token, audit verify,
 * check-config, routes, openapi. */
#include "app/admin_socket.h"
#include "app/audit_say.h"
#include "app/cli_call.h"
#include "app/options.h"
#include "app/preflight.h"
#include "app/serve.h"

#include "api/openapi.h"
#include "api/route.h"
#include "api/router.h"
#include "api/routes.h"
#include "base/buf.h"
#include "base/log.h"
#include "domain/audit/audit_verify.h"
#include "plat/crypto/crypto.h"
#include "plat/json/out.h"
#include "plat/os/file.h"
#include "plat/os/proc.h"

#include <unistd.h>

enum { OUT_MAX = 4 * 1024 * 1024 };

static int print(struct cli *cli, const struct buf *b)
{
    if (b->err != E_OK)
        return cli_fail(cli, b->err);
    if (fwrite(b->p, 1, b->n, stdout) != b->n || fflush(stdout) != 0)
        return cli_fail(cli, FAIL(&cli->why, E_IO, "standard output: cannot be written"));
    return CLI_OK;
}

enum { STRANGE_MAX = 32 };

/* Somebody meant something by them: say so, and go on. */
static void warn_of_strange(void)
{
    struct config_strange list[STRANGE_MAX];
    size_t n = config_strange_environment(list, ARRAY_LEN(list));
    for (size_t i = 0; i < n; i++)
        LOG(LOG_WARNING, "environment-unknown", LOG_F("name", list[i].name),
            LOG_F("did_you_mean", list[i].near));
}

int cmd_serve(struct cli *cli, int argc, char **argv)
{
    struct config config;
    struct succession next;
    err_t e = options_read(&config, cli->arena, argc, argv, &cli->why);
    if (e == E_OK)
        e = succession_make(cli->arena, cli->argv, &cli->why, &next);
    if (e == E_OK)
        e = proc_harden();
    if (e == E_OK)
        e = crypto_init();
    if (e == E_OK)
        warn_of_strange();
    if (e == E_OK)
        e = serve_run(&config, &next, &cli->why);
    return e == E_OK ? CLI_OK : cli_fail(cli, e);
}

int cmd_admin_token(struct cli *cli, int argc, char **argv)
{
    struct config config;
    struct token_text token = { .n = 0 };
    err_t e = options_read(&config, cli->arena, argc, argv, &cli->why);
    if (e == E_OK)
        e = admin_socket_ask(config_text(&config, CONF_DATA).p, &cli->why, &token);
    if (e == E_NOT_FOUND)
        cli->hint = "start it with `seneschal serve`, or name its directory with --data DIR";
    if (e != E_OK)
        return cli_fail(cli, e);
    (void)printf("%.*s\n", (int)token.n, token.p);
    explicit_bzero(&token, sizeof token);
    return CLI_OK;
}

int cmd_setup_link(struct cli *cli, int argc, char **argv)
{
    struct config config;
    str_t link = STR_NONE;
    err_t e = options_read(&config, cli->arena, argc, argv, &cli->why);
    if (e == E_OK)
        e = admin_socket_setup(cli->arena, config_text(&config, CONF_DATA).p, &cli->why, &link);
    if (e == E_NOT_FOUND)
        cli->hint = "start it with `seneschal serve`, or name its directory with --data DIR";
    if (e == E_CONFLICT)
        cli->hint = "`seneschal user recovery NAME --data DIR` makes a link for a new password";
    if (e != E_OK)
        return cli_fail(cli, e);
    (void)printf("%.*s\n", STR_ARG(link));
    return CLI_OK;
}

int cmd_restart(struct cli *cli, int argc, char **argv)
{
    struct config config;
    dur_t since = clock_mono();
    err_t e = options_read(&config, cli->arena, argc, argv, &cli->why);
    if (e == E_OK)
        e = admin_socket_restart(config_text(&config, CONF_DATA).p, &cli->why);
    if (e == E_NOT_FOUND)
        cli->hint = "start it with `seneschal serve`, or name its directory with --data DIR";
    if (e == E_CONFLICT)
        cli->hint = "mend that, then restart again; the server goes on as it was";
    if (e != E_OK)
        return cli_fail(cli, e);
    (void)printf("restarted in %lld ms\n", (long long)((clock_mono().us - since.us) / 1000));
    return CLI_OK;
}

enum { AGAINST_MAX = 64 * 1024 * 1024 };

static err_t verify_against(struct cli *cli, struct db *db, const char *path,
                            struct audit_report *report)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(AGAINST_MAX + 4096);
    str_t rest;
    str_t line;
    if (a == NULL)
        return E_NO_MEMORY;
    TRY(file_read(a, path, AGAINST_MAX, &cli->why, &rest));
    while (str_split(&rest, '\n', &line))
        TRY(audit_verify_against(db, line, report));
    return E_OK;
}

int cmd_audit_verify(struct cli *cli, int argc, char **argv)
{
    CLEANUP(db_closep) struct db *db = NULL;
    struct config config;
    struct audit_report report = { .say = audit_say_finding };
    const char *against = NULL;
    err_t e = cli_flag_cut(cli, &argc, argv, STR("against"), &against);
    if (e == E_OK)
        e = options_read(&config, cli->arena, argc, argv, &cli->why);
    if (e == E_OK)
        e = crypto_init();
    if (e == E_OK)
        e = db_open(config_text(&config, CONF_DATA).p, DB_READER, &cli->why, &db);
    if (e == E_OK)
        e = audit_verify(db, &report);
    if (e == E_OK && against != NULL)
        e = verify_against(cli, db, against, &report);
    if (e != E_OK)
        return cli_fail(cli, e);
    (void)printf("%s: %lld events in %lld chains, %lld checkpoints, %lld erased, %lld not yet "
                 "signed, %lld faults\n",
                 report.faults == 0 ? "ok" : "BROKEN", (long long)report.events,
                 (long long)report.chains, (long long)report.checkpoints, (long long)report.erased,
                 (long long)report.unsigned_n, (long long)report.faults);
    return report.faults == 0 ? CLI_OK : CLI_FAILED;
}

int cmd_check_config(struct cli *cli, int argc, char **argv)
{
    struct config config;
    err_t e = options_read(&config, cli->arena, argc, argv, &cli->why);
    if (e != E_OK)
        return cli_fail(cli, e);
    for (size_t i = 0; i < CONF_COUNT; i++) {
        bool hidden = conf_is_secret((enum conf)i) && config.values[i].n > 0;
        str_t shown = hidden ? STR("(set)") : config.values[i];
        (void)printf("%-24s %-28.*s %.*s\n", conf_infos[i].name, STR_ARG(shown),
                     STR_ARG(config.origins[i]));
    }
    warn_of_strange();
    e = preflight(&config, &cli->why);
    return e == E_OK ? CLI_OK : cli_fail(cli, e);
}

static void route_out(struct json_out *o, const struct route *r)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s%s", r->root ? "" : "/api/v1",
                   r->path); /* our own short paths */
    json_out_open(o, '{');
    JSON_OUT(o, "method", str, str_from_cz(method_name(r->method)));
    JSON_OUT(o, "path", str, str_from_cz(path));
    JSON_OUT(o, "both", bool, r->both);
    JSON_OUT(o, "auth", str, str_from_cz(auth_name(r->auth)));
    JSON_OUT(o, "permission", str, r->check ? str_from_cz(perm_name(r->may)) : STR_NONE);
    JSON_OUT(o, "transaction", str, str_from_cz(tx_name(r->tx)));
    JSON_OUT(o, "audit", str, str_from_cz(r->audit));
    JSON_OUT(o, "doc", str, str_from_cz(r->doc));
    json_out_close(o, '}');
}

static void route_row(struct buf *b, const struct route *r)
{
    buf_addf(b, "%-7s %s%-52s %-7s %-22s %s\n", method_name(r->method),
             r->root ? "       " : "/api/v1", r->path, auth_name(r->auth),
             r->check ? perm_name(r->may) : "-", r->audit != NULL ? r->audit : "-");
}

/* -o json for programs, a table for people. */
int cmd_routes(struct cli *cli, int argc, char **argv)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct cli_options options;
    err_t e = cli_output_take(cli, argc, argv, &options);
    buf_init(&b, OUT_MAX);
    if (e != E_OK)
        return cli_fail(cli, e);
    bool json = options.output == OUTPUT_JSON;
    struct json_out o = json_out_to(&b);
    if (json)
        json_out_open(&o, '[');
    for (size_t t = 0; t < route_parts_n; t++) {
        for (size_t i = 0; i < route_parts[t]->n; i++) {
            if (json)
                route_out(&o, &route_parts[t]->rows[i]);
            else
                route_row(&b, &route_parts[t]->rows[i]);
        }
    }
    if (json) {
        json_out_close(&o, ']');
        BUF_ADD(&b, "\n");
    }
    return print(cli, &b);
}

int cmd_openapi(struct cli *cli, int argc, char **argv)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t text;
    (void)argc;
    (void)argv;
    err_t e = openapi_make(cli->arena, &text);
    if (e != E_OK)
        return cli_fail(cli, e);
    buf_init(&b, OUT_MAX);
    buf_add(&b, text);
    BUF_ADD(&b, "\n");
    return print(cli, &b);
}
