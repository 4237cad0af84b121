/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli_complete.h"

#include "app/cli_call.h"
#include "app/cli_wants.h"
#include "app/config.h"
#include "app/options.h"

/* clang-format off */
static const struct agent_flag {
    const char *name;
    const char *values; /* "": takes none */
    const char *text;
} agent_flags[] = {
#define AGENT_OPTION(code, flag, env, type, value, dflt, text) { flag, value, text },
#include "agent/agent_options.def"
#undef AGENT_OPTION
};
/* clang-format on */

struct completing {
    struct cli *cli;
    struct buf *to;
    const struct cli_command *cmd; /* NULL: not yet named */
    str_t last;                    /* what is being typed */
    str_t flag;                    /* the name of a flag that waits for its value; absent: none */
};

static void offer(struct completing *c, const char *dashes, str_t word, const char *text)
{
    size_t n = strlen(dashes);
    str_t tail = str_sub(c->last, n, c->last.n);
    if (!str_starts(c->last, str_sub(str_from_cz(dashes), 0, c->last.n)) || !str_starts(word, tail))
        return;
    buf_add(c->to, str_from_cz(dashes));
    buf_add(c->to, word);
    buf_addf(c->to, "\t%s\n", text);
}

/* What a value may be: words, true or false, or names of files. */
static void offer_values(struct completing *c, str_t wants)
{
    str_t word;
    if (str_eq(wants, STR("FILE")) || str_eq(wants, STR("PATH")))
        BUF_ADD(c->to, ":file\n");
    if (str_eq(wants, STR("DIR")))
        BUF_ADD(c->to, ":dir\n");
    if (!cli_wants_words(wants))
        return;
    while (str_split(&wants, '|', &word)) {
        if (word.n > 0)
            offer(c, "", word, "");
    }
}

/* Does this flag of any table wait for a value? Then what it wants; absent: there is no such flag,
 * "": it takes none. */
static err_t flag_wants(struct completing *c, str_t name, str_t *ret)
{
    const struct cli_command *cmd = c->cmd;
    str_t rest = str_from_cz(cmd->flags);
    struct cli_flag f;
    *ret = STR_NONE;
    while (cli_flag_next(&rest, &f)) {
        if (f.type != FLAG_FIXED && str_eq(f.name, name))
            return cli_flag_wants(c->cli->arena, cmd, &f, ret);
    }
    for (size_t i = 0; cmd->takes == TAKES_CALL && i < cli_options_n; i++) {
        if (str_eq(name, str_from_cz(cli_options_table[i].name)))
            *ret = str_from_cz(cli_options_table[i].values);
    }
    for (size_t i = 0; cmd->takes == TAKES_AGENT && i < ARRAY_LEN(agent_flags); i++) {
        if (str_eq(name, str_from_cz(agent_flags[i].name)))
            *ret = str_from_cz(agent_flags[i].values);
    }
    for (size_t i = 0; cmd->takes == TAKES_SETTINGS && i < CONF_COUNT; i++) {
        char flag[OPTIONS_FLAG_MAX];
        options_flag_name(str_from_cz(conf_infos[i].name), flag);
        if (str_eq(name, str_from_cz(flag)))
            *ret = str_from_cz(conf_wants((enum conf)i));
    }
    return E_OK;
}

static void offer_flags(struct completing *c)
{
    const struct cli_command *cmd = c->cmd;
    str_t rest = str_from_cz(cmd->flags);
    struct cli_flag f;
    while (cli_flag_next(&rest, &f)) {
        if (f.type != FLAG_FIXED)
            offer(c, "--", f.name, cli_flag_doc(cmd, &f));
    }
    for (size_t i = 0; cmd->takes == TAKES_CALL && i < cli_options_n; i++)
        offer(c, "--", str_from_cz(cli_options_table[i].name), cli_options_table[i].text);
    for (size_t i = 0; cmd->takes == TAKES_AGENT && i < ARRAY_LEN(agent_flags); i++)
        offer(c, "--", str_from_cz(agent_flags[i].name), agent_flags[i].text);
    for (size_t i = 0; cmd->takes == TAKES_SETTINGS && i < CONF_COUNT; i++) {
        char flag[OPTIONS_FLAG_MAX];
        options_flag_name(str_from_cz(conf_infos[i].name), flag);
        offer(c, "--", str_from_cz(flag), conf_infos[i].text);
    }
    if (cmd->takes != TAKES_AGENT)
        offer(c, "--", STR("help"), "what it takes");
}

/* Nouns, or the verbs of one. */
static void offer_commands(struct completing *c, str_t noun)
{
    const char *before = "";
    for (size_t i = 0; i < cli_commands_n; i++) {
        const struct cli_command *k = &cli_commands[i];
        bool again = str_eq(str_from_cz(before), str_from_cz(k->noun));
        before = k->noun;
        if (noun.p != NULL && str_eq(noun, str_from_cz(k->noun)))
            offer(c, "", str_from_cz(k->verb), k->text);
        else if (noun.p == NULL && !again)
            offer(c, "", str_from_cz(k->noun), k->verb[0] == '\0' ? k->text : "");
    }
}

/* The n-th word that the command wants, where it is one of several. */
static void offer_word(struct completing *c, size_t n)
{
    str_t rest = str_from_cz(c->cmd->words);
    str_t word = STR_NONE;
    for (size_t i = 0; i <= n; i++) {
        if (rest.n == 0 || !str_split(&rest, ' ', &word))
            return;
    }
    if (str_eq(word, STR("[NOUN]")))
        offer_commands(c, STR_NONE);
    else
        offer_values(c, word);
}

/* One of the common options may stand in front of the command. */
static err_t read_flag(struct completing *c, str_t word)
{
    struct cli_command any = { .flags = "", .takes = TAKES_CALL };
    const struct cli_command *cmd = c->cmd;
    str_t name = str_eq(word, STR("-o")) ? STR("output") : str_sub(word, 2, word.n);
    str_t wants;
    if (str_find(word, '=') < word.n)
        return E_OK;
    c->cmd = cmd != NULL ? cmd : &any;
    err_t e = flag_wants(c, name, &wants);
    c->cmd = cmd;
    if (e == E_OK && wants.n > 0)
        c->flag = name;
    return e;
}

/* The words before the last: which command, how many words of its own, which flag waits. */
static err_t read_before(struct completing *c, int argc, char **words, str_t *ret_noun,
                         size_t *ret_words)
{
    char *named[2] = { NULL, NULL };
    int n = 0;
    int used;
    for (int i = 0; i + 1 < argc; i++) {
        str_t word = str_from_cz(words[i]);
        if (str_eq(word, STR("="))) /* bash splits --flag=value there */
            continue;
        if (c->flag.p != NULL) {
            c->flag = STR_NONE; /* its value */
        } else if (str_starts(word, STR("-"))) {
            TRY(read_flag(c, word));
        } else if (c->cmd != NULL) {
            (*ret_words)++;
        } else if (n < 2) {
            named[n++] = words[i];
            c->cmd = cli_find(n, named, &used);
        }
    }
    *ret_noun = str_from_cz(named[0]);
    return E_OK;
}

/* --flag=val in one word, as zsh and fish have it: what is typed is the value. */
static void take_joined(struct completing *c)
{
    size_t at = str_starts(c->last, STR("--")) ? str_find(c->last, '=') : c->last.n;
    if (str_eq(c->last, STR("=")))
        c->last = STR("");
    if (at >= c->last.n)
        return;
    BUF_ADD(c->to, ":joined\n");
    c->flag = str_sub(c->last, 2, at - 2);
    c->last = str_sub(c->last, at + 1, c->last.n);
}

err_t cli_complete(struct cli *cli, int argc, char **words, struct buf *to)
{
    struct cli_command any = { .flags = "", .takes = TAKES_CALL };
    struct completing c = { .cli = cli, .to = to };
    size_t had = 0;
    str_t noun = STR_NONE;
    str_t wants;
    if (argc == 0)
        return E_OK;
    c.last = str_from_cz(words[argc - 1]);
    TRY(read_before(&c, argc, words, &noun, &had));
    take_joined(&c);
    bool named = c.cmd != NULL;
    bool flag = str_starts(c.last, STR("-"));
    c.cmd = named ? c.cmd : &any;
    if (c.flag.p != NULL) {
        TRY(flag_wants(&c, c.flag, &wants));
        offer_values(&c, wants.p != NULL ? wants : STR(""));
        return to->err;
    }
    if (!named && !flag)
        offer_commands(&c, noun);
    if (named && !flag)
        offer_word(&c, had);
    if (flag || (named && to->n == 0))
        offer_flags(&c);
    return to->err;
}
