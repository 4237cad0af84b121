/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/agent_options.h"
#include "app/cli_call.h"
#include "app/cli_wants.h"
#include "app/config.h"
#include "app/options.h"

enum { COLUMN = 32 };

/* "  --name WHAT", then the text in its column, or on the next line where it does not fit. */
static void say_row(str_t left, const char *text)
{
    (void)printf("    %.*s", STR_ARG(left));
    if (text[0] != '\0' && left.n + 1 < COLUMN)
        (void)printf("%*s%s", (int)(COLUMN - left.n), "", text);
    else if (text[0] != '\0')
        (void)printf("\n%*s%s", COLUMN + 4, "", text);
    (void)putchar('\n');
}

static void say_words(const struct cli_command *c)
{
    str_t rest = str_from_cz(c->words);
    str_t word;
    while (rest.n > 0 && str_split(&rest, ' ', &word)) {
        bool choice = str_find(word, '|') < word.n;
        (void)putchar(' ');
        for (size_t i = 0; i < word.n; i++) {
            char p = word.p[i];
            (void)putchar(!choice && p >= 'a' && p <= 'z' ? p - 'a' + 'A' : p);
        }
    }
}

static err_t say_flags(struct cli *cli, const struct cli_command *c)
{
    str_t rest = str_from_cz(c->flags);
    struct cli_flag f;
    while (cli_flag_next(&rest, &f)) {
        str_t wants;
        str_t left;
        if (f.type == FLAG_FIXED)
            continue;
        TRY(cli_flag_wants(cli->arena, c, &f, &wants));
        bool again = f.type == FLAG_LIST || f.type == FLAG_PAIRS || f.type == FLAG_ROWS;
        TRY(str_format(cli->arena, &left, "--%.*s%s%.*s%s", STR_ARG(f.name), wants.n > 0 ? " " : "",
                       STR_ARG(wants), again ? " ..." : ""));
        say_row(left, cli_flag_doc(c, &f));
    }
    return E_OK;
}

static err_t say_common(struct cli *cli)
{
    for (size_t i = 0; i < cli_options_n; i++) {
        const struct cli_option_info *o = &cli_options_table[i];
        str_t left;
        str_t text;
        TRY(str_format(cli->arena, &left, "%s%s--%s%s%s", o->letter,
                       o->letter[0] != '\0' ? ", " : "", o->name, o->values[0] != '\0' ? " " : "",
                       o->values));
        TRY(str_format(cli->arena, &text, "%s%s%s%s%s", o->text, o->env[0] != '\0' ? "; or " : "",
                       o->env, o->dflt[0] != '\0' ? "; default " : "", o->dflt));
        say_row(left, text.p);
    }
    return E_OK;
}

static err_t say_settings(struct cli *cli)
{
    (void)printf("\nSettings, also in the file of --config and in the environment:\n");
    for (size_t i = 0; i < CONF_COUNT; i++) {
        char name[OPTIONS_FLAG_MAX];
        str_t left;
        options_flag_name(str_from_cz(conf_infos[i].name), name);
        TRY(str_format(cli->arena, &left, "--%s %s", name, conf_wants((enum conf)i)));
        say_row(left, conf_infos[i].text);
    }
    return E_OK;
}

static err_t say_command(struct cli *cli, const struct cli_command *c)
{
    (void)printf("seneschal %s%s%s", c->noun, c->verb[0] != '\0' ? " " : "", c->verb);
    say_words(c);
    (void)printf("\n  %s\n", c->text);
    return say_flags(cli, c);
}

/* One line a noun; words that stand alone are commands themselves. */
static err_t say_all(struct cli *cli)
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
    TRY(say_common(cli));
    (void)printf("\n`seneschal help NOUN [VERB]` tells more; so does --help behind any command.\n");
    return E_OK;
}

/* What stands below the command's own flags. */
static err_t say_takes(struct cli *cli, enum cli_takes takes, bool one)
{
    if (takes == TAKES_SETTINGS)
        return say_settings(cli);
    if (takes == TAKES_CALL && one) {
        (void)printf("\nOptions of every call:\n");
        return say_common(cli);
    }
    return E_OK;
}

static err_t say_noun(struct cli *cli, int argc, char **argv)
{
    size_t found = 0;
    enum cli_takes takes = TAKES_NOTHING;
    for (size_t i = 0; i < cli_commands_n; i++) {
        const struct cli_command *c = &cli_commands[i];
        bool noun = str_eq(str_from_cz(c->noun), str_from_cz(argv[0]));
        if (!noun ||
            (argc > 1 && c->verb[0] != '\0' && !str_eq(str_from_cz(c->verb), str_from_cz(argv[1]))))
            continue;
        found++;
        takes = c->takes;
        TRY(say_command(cli, c));
    }
    if (found == 0)
        return cli_no_command(cli, argc, argv);
    return say_takes(cli, takes, found == 1);
}

int cmd_help(struct cli *cli, int argc, char **argv)
{
    bool flag = argc > 0 && str_starts(str_from_cz(argv[0]), STR("-"));
    if (argc == 1 && str_eq(str_from_cz(argv[0]), STR("--tables")))
        return cli_print_tables(cli);
    if (argc > 0 && str_eq(str_from_cz(argv[0]), STR("agent"))) {
        agent_options_help(stdout);
        return CLI_OK;
    }
    err_t e = argc == 0 || flag ? say_all(cli) : say_noun(cli, argc, argv);
    return e == E_OK ? CLI_OK : cli_fail(cli, e);
}
