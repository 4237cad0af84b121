/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli.h"

enum { CLI_ARENA_MAX = 256 * 1024 * 1024 };

static int cmd_version(struct cli *cli, int argc, char **argv)
{
    (void)cli;
    (void)argc;
    (void)argv;
    (void)printf("seneschal %s\n", SENESCHAL_VERSION);
    return CLI_OK;
}

/* clang-format off */
static const struct {
    const char *noun;
    const char *verb; /* NULL: none */
    cli_command_f *run;
} commands[] = {
    { "serve",        NULL,     cmd_serve },
    { "admin-token",  NULL,     cmd_admin_token },
    { "audit",        "verify", cmd_audit_verify },
    { "check-config", NULL,     cmd_check_config },
    { "routes",       NULL,     cmd_routes },
    { "openapi",      NULL,     cmd_openapi },
    { "version",      NULL,     cmd_version },
};
/* clang-format on */

int cli_fail(struct cli *cli, err_t e)
{
    const char *what = cli->why.err == e ? cli->why.text : err_info(e)->text;
    (void)fprintf(stderr, "seneschal: %s\n", what);
    if (cli->hint != NULL)
        (void)fprintf(stderr, "hint: %s\n", cli->hint);
    return e == E_USAGE ? CLI_USAGE : e == E_NOT_FOUND ? CLI_NOT_FOUND : e == E_CONFLICT ? CLI_CONFLICT : CLI_FAILED;
}

int main(int argc, char **argv)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(CLI_ARENA_MAX);
    struct cli cli = { .arena = a };
    if (a == NULL)
        return cli_fail(&cli, E_NO_MEMORY);
    for (size_t i = 0; i < ARRAY_LEN(commands) && argc > 1; i++) {
        bool noun = str_eq(str_from_cz(argv[1]), str_from_cz(commands[i].noun));
        bool verb = commands[i].verb == NULL ||
                    (argc > 2 && str_eq(str_from_cz(argv[2]), str_from_cz(commands[i].verb)));
        int words = commands[i].verb == NULL ? 2 : 3;
        if (noun && verb)
            return commands[i].run(&cli, argc - words, argv + words);
    }
    cli.hint = "commands: serve, admin-token, agent, audit verify, check-config, routes, openapi, version";
    return cli_fail(&cli, FAIL(&cli.why, E_USAGE, "want a command"));
}
