/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli.h"

#include "app/cli_call.h"
#include "app/cli_table.h"
#include "app/near.h"

enum { CLI_ARENA_MAX = 512 * 1024 * 1024 };

err_t cli_no_command(struct cli *cli, int argc, char **argv)
{
    struct near nouns = { .wanted = str_from_cz(argc > 0 ? argv[0] : "") };
    struct near verbs = { .wanted = str_from_cz(argc > 1 ? argv[1] : "") };
    bool noun = false;
    for (size_t i = 0; i < cli_commands_n; i++) {
        const struct cli_command *c = &cli_commands[i];
        near_offer(&nouns, str_from_cz(c->noun));
        if (!str_eq(nouns.wanted, str_from_cz(c->noun)))
            continue;
        noun = true;
        near_offer(&verbs, str_from_cz(c->verb));
    }
    str_t hint;
    str_t near = noun ? verbs.best : nouns.best;
    err_t e = near.p != NULL
                  ? str_format(cli->arena, &hint, "did you mean `seneschal %s%s%.*s`?",
                               noun ? argv[0] : "", noun ? " " : "", STR_ARG(near))
                  : str_format(cli->arena, &hint, "`seneschal help%s%s` lists what there is",
                               noun ? " " : "", noun ? argv[0] : "");
    if (e == E_OK)
        cli->hint = str_cz(cli->arena, hint);
    if (argc == 0)
        return FAIL(&cli->why, E_USAGE, "want a command");
    if (noun && argc == 1)
        return FAIL(&cli->why, E_USAGE, "%s: want a verb", argv[0]);
    return FAIL(&cli->why, E_USAGE, "there is no command `%s%s%s`", argv[0], noun ? " " : "",
                noun ? argv[1] : "");
}

/* `seneschal --help`, `seneschal device list -h` and the like; -1: nobody asked, or the agent,
 * which has options and a help of its own. */
static int asked_for_help(struct cli *cli, int argc, char **argv)
{
    if (argc > 1 && str_eq(str_from_cz(argv[0]), STR("agent")) &&
        !str_eq(str_from_cz(argv[1]), STR("-h")))
        return -1;
    if (argc > 1 && str_eq(str_from_cz(argv[1]), STR("--words")))
        return -1; /* words that are being completed */
    for (int i = 0; i < argc; i++) {
        str_t word = str_from_cz(argv[i]);
        if (str_eq(word, STR("--help")) || str_eq(word, STR("-h")))
            return cmd_help(cli, i < 2 ? i : 2, argv);
    }
    return -1;
}

/* `seneschal --org acme policy list`: common options in front go behind the words. */
static err_t options_back(struct cli *cli, int argc, char **argv)
{
    struct cli_options ignored;
    int n = 0;
    int used = 0;
    cli_options_init(&ignored);
    do {
        TRY(n < argc ? cli_option_take(cli, &ignored, argc, argv, n, &used) : E_OK);
        used = n < argc ? used : 0;
        n += used;
    } while (used > 0);
    char **front = ARENA_ARRAY(cli->arena, char *, (size_t)n + 1);
    if (front == NULL)
        return E_NO_MEMORY;
    for (int i = 0; i < n; i++)
        front[i] = argv[i];
    for (int i = n; i < argc; i++)
        argv[i - n] = argv[i];
    for (int i = 0; i < n; i++)
        argv[argc - n + i] = front[i];
    return E_OK;
}

int cli_main(int argc, char **argv)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(CLI_ARENA_MAX);
    struct cli cli = { .arena = a, .argv = argv };
    int words = 0;
    if (a == NULL)
        return cli_fail(&cli, E_NO_MEMORY);
    argc--;
    argv++;
    err_t e = options_back(&cli, argc, argv);
    if (e != E_OK)
        return cli_fail(&cli, e);
    int helped = asked_for_help(&cli, argc, argv);
    if (helped >= 0)
        return helped;
    const struct cli_command *c = cli_find(argc, argv, &words);
    if (c == NULL)
        return cli_fail(&cli, cli_no_command(&cli, argc, argv));
    bool bare = c->takes == TAKES_NOTHING && c->words[0] == '\0' && c->flags[0] == '\0';
    if (bare && argc > words) {
        e = FAIL(&cli.why, E_USAGE, "%s: takes nothing, got `%s`", c->noun, argv[words]);
        return cli_fail(&cli, e);
    }
    if (c->run != NULL)
        return c->run(&cli, argc - words, argv + words);
    return cli_call(&cli, c, argc - words, argv + words);
}

/* By HTTP status, so that errors of this program and of a server end alike. */
static int exit_of(err_t e)
{
    static const struct {
        int status;
        int exit;
    } exits[] = {
        { 200, CLI_OK },        { 401, CLI_AUTHENTICATION }, { 403, CLI_AUTHENTICATION },
        { 404, CLI_NOT_FOUND }, { 408, CLI_TRY_LATER },      { 409, CLI_CONFLICT },
        { 412, CLI_CONFLICT },  { 422, CLI_USAGE },          { 429, CLI_TRY_LATER },
        { 503, CLI_TRY_LATER },
    };
    for (size_t i = 0; i < ARRAY_LEN(exits); i++) {
        if (exits[i].status == err_info(e)->status)
            return exits[i].exit;
    }
    return e == E_USAGE ? CLI_USAGE : CLI_FAILED;
}

int cli_fail(struct cli *cli, err_t e)
{
    bool said = cli->why.err == e && cli->why.text[0] != '\0';
    (void)fprintf(stderr, "seneschal: %s%s%s\n", said ? cli->why.field : "",
                  said && cli->why.field[0] != '\0' ? ": " : "",
                  said ? cli->why.text : err_info(e)->text);
    if (cli->hint != NULL)
        (void)fprintf(stderr, "hint: %s\n", cli->hint);
    return exit_of(e);
}

int cmd_version(struct cli *cli, int argc, char **argv)
{
    (void)cli;
    (void)argc;
    (void)argv;
    (void)printf("seneschal %s\n", SENESCHAL_VERSION);
    return CLI_OK;
}
