/* SPDX-License-Identifier: Apache-2.0 */
/* `login`, `logout`, `whoami`. */
#include "app/cli_call.h"
#include "app/cli_print.h"
#include "app/cli_say.h"
#include "app/login.h"

/* FLEET "The operator's CLI": what who stands in front of machines needs, and no more. */
#define SCOPE_DEFAULT "openid offline_access enroller"

struct signing {
    struct cli *cli;
    struct cli_options options;
    struct cli_client client;
    const char *scope;
    bool no_browser;
};

static err_t words_read(struct signing *s, int argc, char **argv)
{
    int used = 0;
    cli_options_init(&s->options);
    for (int i = 0; i < argc; i += used) {
        TRY(cli_option_take(s->cli, &s->options, argc, argv, i, &used));
        if (used > 0)
            continue;
        used = 1;
        if (cli_is_flag(argv[i], STR("scope")))
            TRY(cli_value(s->cli, argc, argv, i, &s->scope, &used));
        else if (cli_is_flag(argv[i], STR("no-browser")))
            s->no_browser = true;
        else
            return FAIL(&s->cli->why, E_USAGE, "`%s` is not known here", argv[i]);
    }
    return E_OK;
}

/* The scopes that are asked for: a sign-in that can be refreshed, and what was named. */
static err_t scope_of(struct signing *s, str_t *ret)
{
    if (s->scope == NULL) {
        *ret = STR(SCOPE_DEFAULT);
        return E_OK;
    }
    return str_format(s->cli->arena, ret, "openid offline_access %s", s->scope);
}

/* A server that calls itself otherwise would sign tokens for another name (RFC 8414 section 3.3).
 */
err_t login_check_issuer(struct cli *cli, struct cli_client *c)
{
    CLEANUP(json_freep) struct json *meta = NULL;
    TRY(cli_client_json(
        cli, c,
        &(struct cli_send){ .method = "GET", .path = STR("/.well-known/openid-configuration") },
        &meta));
    str_t issuer = say_member(meta, "issuer");
    if (str_eq(issuer, c->base))
        return E_OK;
    return FAIL(&cli->why, E_USAGE, "this server calls itself %.*s: name it so, --server %.*s",
                STR_ARG(issuer), STR_ARG(issuer));
}

static err_t login_do(struct signing *s)
{
    struct login l = { 0 };
    struct cli_options nobody = s->options;
    struct login_how how = { .browser = !s->no_browser, .keep = true };
    TRY(cli_context_fill(s->cli, &nobody));
    nobody.token_file = NULL;
    nobody.data = NULL;
    nobody.no_cache = true;
    if (s->options.no_cache)
        return FAIL(&s->cli->why, E_USAGE,
                    "a sign-in that is not kept is no use: leave "
                    "--no-token-cache to the command that acts");
    TRY(cli_client_open(s->cli, &nobody, &s->client));
    TRY(login_check_issuer(s->cli, &s->client));
    how.issuer = s->client.base;
    TRY(scope_of(s, &how.scope));
    TRY(login_by_device(s->cli, s->client.http, &how, &l));
    (void)fprintf(stderr, "signed in at %.*s\n", STR_ARG(l.issuer));
    return E_OK;
}

static err_t logout_do(struct signing *s)
{
    struct login l = { 0 };
    TRY(cli_context_fill(s->cli, &s->options));
    str_t issuer = cli_base(&s->options);
    err_t e = login_load(s->cli, issuer, &l);
    if (e == E_NOT_FOUND)
        return FAIL(&s->cli->why, e, "you are not signed in at %.*s", STR_ARG(issuer));
    if (e == E_OK) {
        s->options.no_cache = true;
        TRY(cli_client_open(s->cli, &s->options, &s->client));
        e = login_revoke(s->cli, s->client.http, &l);
    }
    /* The file goes in any case: that the server could not be told is said. */
    TRY(login_forget(s->cli, issuer));
    return e;
}

static err_t whoami_do(struct signing *s)
{
    CLEANUP(json_freep) struct json *me = NULL;
    struct cli_printer p = { s->cli->arena, s->options.output, STR(""), 0 };
    TRY(cli_client_open(s->cli, &s->options, &s->client));
    TRY(cli_client_json(s->cli, &s->client,
                        &(struct cli_send){ .method = "GET", .path = STR("/api/v1/auth/me") },
                        &me));
    return me != NULL ? cli_print_object(&p, me) : E_OK;
}

static int signing_run(struct cli *cli, int argc, char **argv, err_t (*run)(struct signing *s))
{
    struct signing s = { .cli = cli };
    err_t e = words_read(&s, argc, argv);
    if (e == E_OK)
        e = run(&s);
    cli_client_close(&s.client);
    return e == E_OK ? CLI_OK : cli_fail(cli, e);
}

int cmd_login(struct cli *cli, int argc, char **argv)
{
    return signing_run(cli, argc, argv, login_do);
}

int cmd_logout(struct cli *cli, int argc, char **argv)
{
    return signing_run(cli, argc, argv, logout_do);
}

int cmd_whoami(struct cli *cli, int argc, char **argv)
{
    return signing_run(cli, argc, argv, whoami_do);
}
