/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli_table.h"

static const char *const common[] = {
    "-o, --output table|json|ndjson|csv   how the answer is shown",
    "--server URL                         or SENESCHAL_URL; http://127.0.0.1:8080",
    "--token-file FILE                    or SENESCHAL_TOKEN_FILE; - reads standard input",
    "--data DIR                           ask the server of DIR on this machine for a token",
    "--ca-file FILE                       whom to trust for https",
    "--org SLUG                           act in another organisation (system administrators)",
    "--limit N                            rows of a list; 0: all of them",
    "-y, --yes                            do not ask",
    "--dry-run                            show the call, do not make it",
};

static const char *flag_value(enum cli_flag_type type)
{
    static const char *const values[] = {
        [FLAG_TEXT] = " TEXT",       [FLAG_NUMBER] = " N",      [FLAG_YES] = "",
        [FLAG_BOOL] = " true|false", [FLAG_LIST] = " TEXT ...", [FLAG_PAIRS] = " NAME=VALUE ...",
        [FLAG_JSON] = " FILE",       [FLAG_FIXED] = "",
    };
    return values[type];
}

static void say_words(const struct cli_command *c)
{
    str_t rest = str_from_cz(c->words);
    str_t word;
    while (rest.n > 0 && str_split(&rest, ' ', &word)) {
        (void)putchar(' ');
        for (size_t i = 0; i < word.n; i++)
            (void)putchar(word.p[i] >= 'a' && word.p[i] <= 'z' ? word.p[i] - 'a' + 'A' : word.p[i]);
    }
}

static void say_command(const struct cli_command *c)
{
    (void)printf("seneschal %s%s%s", c->noun, c->verb[0] != '\0' ? " " : "", c->verb);
    say_words(c);
    (void)printf("\n    %s\n", c->text);
}

static void say_flags(const struct cli_command *c)
{
    str_t rest = str_from_cz(c->flags);
    struct cli_flag f;
    while (cli_flag_next(&rest, &f)) {
        if (f.type != FLAG_FIXED)
            (void)printf("    --%.*s%s\n", STR_ARG(f.name), flag_value(f.type));
    }
}

/* One line a noun; words that stand alone are commands themselves. */
static void say_all(void)
{
    (void)printf("seneschal: identity, fleet and configuration of AI assistants\n\n");
    for (size_t i = 0; i < cli_commands_n; i++) {
        const struct cli_command *c = &cli_commands[i];
        bool first = i == 0 || !str_eq(str_from_cz(c->noun), str_from_cz(cli_commands[i - 1].noun));
        if (c->verb[0] == '\0') {
            (void)printf("  %-16s %s\n", c->noun, c->text);
            continue;
        }
        if (first)
            (void)printf("  %-16s", c->noun);
        (void)printf(" %s", c->verb);
        bool last = i + 1 == cli_commands_n ||
                    !str_eq(str_from_cz(c->noun), str_from_cz(cli_commands[i + 1].noun));
        if (last)
            (void)putchar('\n');
    }
    (void)printf("\nWith every command that calls a server:\n");
    for (size_t i = 0; i < ARRAY_LEN(common); i++)
        (void)printf("  %s\n", common[i]);
    (void)printf("\n`seneschal help NOUN` tells more.\n");
}

int cmd_help(struct cli *cli, int argc, char **argv)
{
    bool found = false;
    if (argc == 0) {
        say_all();
        return CLI_OK;
    }
    for (size_t i = 0; i < cli_commands_n; i++) {
        const struct cli_command *c = &cli_commands[i];
        bool noun = str_eq(str_from_cz(c->noun), str_from_cz(argv[0]));
        if (!noun || (argc > 1 && !str_eq(str_from_cz(c->verb), str_from_cz(argv[1]))))
            continue;
        found = true;
        say_command(c);
        say_flags(c);
    }
    if (!found)
        return cli_fail(cli, FAIL(&cli->why, E_USAGE, "there is no command `%s`", argv[0]));
    return CLI_OK;
}
