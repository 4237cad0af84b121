/* SPDX-License-Identifier: Apache-2.0 */
/* `tool list`, `tool call`: the gateway as the command line uses it. */
#include "app/cli_mcp.h"
#include "app/cli_print.h"
#include "app/cli_say.h"
#include "app/near.h"
#include "base/num.h"

#include <unistd.h>

enum { PAGES_MAX = 100, WAIT_MS = 250 };

struct tooling {
    struct cli *cli;
    struct cli_options options;
    struct cli_mcp mcp;
    const char *upstream; /* NULL: all of them */
    char **words;         /* what is neither option nor flag */
    int words_n;
};

static void tooling_fini(struct tooling *t)
{
    cli_mcp_close(&t->mcp);
}

static err_t words_read(struct tooling *t, int argc, char **argv)
{
    int used = 0;
    cli_options_init(&t->options);
    t->words = argv;
    for (int i = 0; i < argc; i += used) {
        TRY(cli_option_take(t->cli, &t->options, argc, argv, i, &used));
        if (used > 0)
            continue;
        used = 1;
        if (cli_is_flag(argv[i], STR("upstream")))
            TRY(cli_value(t->cli, argc, argv, i, &t->upstream, &used));
        else if (argv[i][0] == '-' && argv[i][1] != '\0')
            return FAIL(&t->cli->why, E_USAGE, "`%s` is not known here", argv[i]);
        else
            argv[t->words_n++] = argv[i];
    }
    return E_OK;
}

/* ---- the tools that the caller may see ---- */

static err_t page_get(struct tooling *t, str_t cursor, struct json **ret)
{
    CLEANUP(json_freep) struct json *params = json_new_object();
    if (params == NULL)
        return E_NO_MEMORY;
    if (cursor.n > 0)
        TRY(json_set(params, STR("cursor"), json_new_string(cursor)));
    struct json *given = params;
    params = NULL;
    return cli_mcp_ask(&t->mcp, "tools/list", STR_NONE, given, ret);
}

/* All of them, each a copy. */
static err_t tools_get(struct tooling *t, struct json *all)
{
    str_t cursor = STR("");
    for (int i = 0; i < PAGES_MAX; i++) {
        CLEANUP(json_freep) struct json *page = NULL;
        TRY(page_get(t, cursor, &page));
        for (size_t k = 0; k < say_count(page, "tools"); k++) {
            struct json *copy = json_clone(say_at(page, "tools", k));
            TRY(copy == NULL ? E_NO_MEMORY : json_push(all, copy));
        }
        if (say_member(page, "nextCursor").n == 0)
            return E_OK;
        TRY(str_copy(t->cli->arena, say_member(page, "nextCursor"), &cursor));
    }
    return FAIL(&t->cli->why, E_TOO_BIG, "the list does not end: name a server, --upstream NAME");
}

static const struct json *member(const struct json *o, const char *name, enum json_type type)
{
    const struct json *v =
        o == NULL || json_type(o) != JSON_OBJECT ? NULL : json_member(o, str_from_cz(name));
    return v != NULL && json_type(v) == type ? v : NULL;
}

/* What people look for in a list: the arguments, those that may be left out in brackets. */
static err_t put_arguments(struct arena *a, struct json *tool)
{
    const struct json *schema = member(tool, "inputSchema", JSON_OBJECT);
    const struct json *properties = member(schema, "properties", JSON_OBJECT);
    const struct json *required = member(schema, "required", JSON_ARRAY);
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct json_pair *pairs = NULL;
    size_t n = 0;
    if (properties != NULL)
        TRY(json_members(a, properties, &pairs, &n));
    buf_init(&b, KIB(64));
    for (size_t i = 0; i < n; i++) {
        bool wanted = false;
        for (size_t k = 0; required != NULL && k < json_count(required); k++) {
            const struct json *name = json_at(required, k);
            wanted = wanted ||
                     (json_type(name) == JSON_STRING && str_eq(json_string(name), pairs[i].name));
        }
        buf_addf(&b, wanted ? "%s%.*s" : "%s[%.*s]", i == 0 ? "" : " ", STR_ARG(pairs[i].name));
    }
    TRY(b.err);
    return json_set(tool, STR("arguments"), json_new_string(buf_str(&b)));
}

static err_t list_run(struct tooling *t, int argc, char **argv)
{
    CLEANUP(json_freep) struct json *all = json_new_array();
    TRY(words_read(t, argc, argv));
    if (t->words_n > 0)
        return FAIL(&t->cli->why, E_USAGE, "`%s`: one word too many", t->words[0]);
    TRY(cli_mcp_open(t->cli, &t->options, t->upstream, &t->mcp));
    TRY(all == NULL ? E_NO_MEMORY : tools_get(t, all));
    struct cli_printer p = { .arena = t->cli->arena,
                             .output = t->options.output,
                             .columns = STR("name arguments description") };
    bool people = p.output == OUTPUT_TABLE || p.output == OUTPUT_CSV;
    for (size_t i = 0; people && i < json_count(all); i++)
        TRY(put_arguments(t->cli->arena, json_at_mut(all, i)));
    TRY(cli_print_rows(&p, all));
    if (json_count(all) == 0)
        (void)fprintf(stderr, "no tool %s is open to you: ask an administrator\n",
                      t->upstream != NULL ? "of this server, if there is one," : "here");
    return cli_print_end(&p);
}

int cmd_tool_list(struct cli *cli, int argc, char **argv)
{
    CLEANUP(tooling_fini) struct tooling t = { .cli = cli };
    err_t e = list_run(&t, argc, argv);
    return e == E_OK ? CLI_OK : cli_fail(cli, e);
}

/* ---- arguments ---- */

/* What the tool's schema wants there, where that is no text; else absent. */
static str_t wanted_type(const struct json *tool, str_t name)
{
    const struct json *properties =
        member(member(tool, "inputSchema", JSON_OBJECT), "properties", JSON_OBJECT);
    const struct json *row = properties == NULL ? NULL : json_member(properties, name);
    const struct json *type = member(row, "type", JSON_STRING);
    return type == NULL || str_eq(json_string(type), STR("string")) ? STR_NONE : json_string(type);
}

static err_t word_add(struct tooling *t, const struct json *tool, const char *word,
                      struct json *arguments)
{
    str_t text = str_from_cz(word);
    size_t at = str_find(text, '=');
    struct json *value = NULL;
    if (at == 0 || at == text.n)
        return FAIL(&t->cli->why, E_USAGE, "`%s`: want KEY=VALUE, KEY:=JSON or one JSON object",
                    word);
    bool json = text.p[at - 1] == ':';
    str_t name = str_sub(text, 0, json ? at - 1 : at);
    str_t rest = str_sub(text, at + 1, text.n);
    str_t type = wanted_type(tool, name);
    if ((json || type.n > 0) && json_parse(rest, NULL, &value) != E_OK)
        return FAIL(&t->cli->why, E_USAGE, "%.*s: `%.*s` is not JSON%s%.*s", STR_ARG(name),
                    STR_ARG(rest), type.n > 0 ? ", and the tool wants this type here: " : "",
                    STR_ARG(type));
    if (value == NULL)
        value = json_new_string(rest);
    return value == NULL ? E_NO_MEMORY : json_set(arguments, name, value);
}

/* The tool's own words about its arguments; NULL: it is not listed, and the call will say so. */
static const struct json *tool_find(const struct json *all, str_t name)
{
    for (size_t i = 0; i < json_count(all); i++) {
        if (str_eq(say_member(json_at(all, i), "name"), name))
            return json_at(all, i);
    }
    return NULL;
}

/* Some tools want arguments in the head too (x-mcp-header of their schema). A mark that breaks the
 * rules leaves such a tool out for clients: so here. */
static err_t fields_make(struct tooling *t, const struct json *tool, const struct json *arguments)
{
    const struct json *schema = member(tool, "inputSchema", JSON_OBJECT);
    struct mcp_params marked;
    struct mcp_field *fields;
    if (schema == NULL)
        return E_OK;
    err_t e = mcp_params_read(t->cli->arena, schema, &t->cli->why, &marked);
    if (e == E_OK)
        e = mcp_params_fill(t->cli->arena, &marked, arguments, &fields, &t->mcp.fields_n);
    if (e == E_TOO_BIG)
        return FAIL(&t->cli->why, E_USAGE, "an argument is too long for the head of a request");
    TRY(e);
    t->mcp.fields = fields;
    return E_OK;
}

static err_t words_parse(struct tooling *t, const struct json *tool, struct json **ret)
{
    CLEANUP(json_freep) struct json *arguments = NULL;
    if (t->words_n == 2 && t->words[1][0] == '{') {
        if (json_parse(str_from_cz(t->words[1]), NULL, ret) != E_OK)
            return FAIL(&t->cli->why, E_USAGE, "`%s`: the arguments are no JSON", t->words[1]);
        return E_OK;
    }
    arguments = json_new_object();
    if (arguments == NULL)
        return E_NO_MEMORY;
    for (int i = 1; i < t->words_n; i++)
        TRY(word_add(t, tool, t->words[i], arguments));
    *ret = arguments;
    arguments = NULL;
    return E_OK;
}

/* Without arguments nothing needs to be known of the tool. */
static err_t arguments_read(struct tooling *t, struct json **ret)
{
    CLEANUP(json_freep) struct json *all = json_new_array();
    CLEANUP(json_freep) struct json *arguments = NULL;
    if (all == NULL)
        return E_NO_MEMORY;
    if (t->words_n > 1)
        TRY(tools_get(t, all));
    const struct json *tool = tool_find(all, str_from_cz(t->words[0]));
    TRY(words_parse(t, tool, &arguments));
    TRY(fields_make(t, tool, arguments));
    *ret = arguments;
    arguments = NULL;
    return E_OK;
}

/* ---- the call ---- */

/* Lines as they are, but nothing that a terminal would obey. */
static void put_lines(struct buf *b, str_t text)
{
    str_t line;
    while (str_split(&text, '\n', &line)) {
        cli_shown(b, line);
        buf_add_byte(b, '\n');
    }
}

static void put_block(struct buf *b, const struct json *block)
{
    str_t type = say_member(block, "type");
    if (str_eq(type, STR("text"))) {
        put_lines(b, say_member(block, "text"));
        return;
    }
    BUF_ADD(b, "[");
    cli_shown(b, type);
    BUF_ADD(b, " ");
    cli_shown(b, say_member(block, "mimeType"));
    buf_addf(b, ", %zu characters of base64: -o json shows them]\n", say_member(block, "data").n);
}

static err_t say_result(const struct json *result)
{
    const struct json *structured = json_member(result, STR("structuredContent"));
    size_t n = say_count(result, "content");
    struct buf b;
    buf_init(&b, SAY_MAX);
    for (size_t i = 0; i < n; i++)
        put_block(&b, say_at(result, "content", i));
    if (n == 0 && structured != NULL) {
        json_write(&b, structured);
        buf_add_byte(&b, '\n');
    }
    return say_out(&b);
}

static err_t params_of(struct tooling *t, const struct json *arguments, str_t state,
                       struct json **ret)
{
    CLEANUP(json_freep) struct json *params = json_new_object();
    struct json *copy = json_clone(arguments);
    if (params == NULL || copy == NULL) {
        json_free(copy);
        return E_NO_MEMORY;
    }
    TRY(json_set(params, STR("arguments"), copy));
    TRY(json_set(params, STR("name"), json_new_string(str_from_cz(t->words[0]))));
    if (state.n > 0)
        TRY(json_set(params, STR("requestState"), json_new_string(state)));
    *ret = params;
    params = NULL;
    return E_OK;
}

/* Answered "not yet" without a question: a person decides about it, and we come back. */
static bool is_waiting(const struct json *result)
{
    return str_eq(say_member(result, "resultType"), STR("input_required")) &&
           json_member(result, STR("inputRequests")) == NULL;
}

static err_t call_until(struct tooling *t, const struct json *arguments, struct json **ret)
{
    str_t state = STR("");
    for (;;) {
        struct json *params = NULL;
        CLEANUP(json_freep) struct json *result = NULL;
        TRY(params_of(t, arguments, state, &params));
        TRY(cli_mcp_ask(&t->mcp, "tools/call", str_from_cz(t->words[0]), params, &result));
        if (!is_waiting(result)) {
            *ret = result;
            result = NULL;
            return E_OK;
        }
        if (state.n == 0)
            (void)fprintf(stderr,
                          "seneschal: the call waits for somebody's yes; Ctrl-C gives up\n");
        TRY(str_copy(t->cli->arena, say_member(result, "requestState"), &state));
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
        (void)usleep(WAIT_MS * 1000);
    }
}

/* A name that nobody has may be one that somebody has, misspelt, or SERVER/TOOL. */
static err_t suggest(struct tooling *t, err_t e)
{
    CLEANUP(json_freep) struct json *all = json_new_array();
    struct cli *cli = t->cli;
    struct near near = { .wanted = str_from_cz(t->words[0]) };
    const struct diag why = cli->why;
    const char *hint = cli->hint;
    str_t text;
    bool got = e == E_NOT_FOUND && all != NULL && tools_get(t, all) == E_OK;
    for (size_t i = 0; got && i < json_count(all); i++)
        near_offer(&near, say_member(json_at(all, i), "name"));
    cli->why = why;
    cli->hint = hint;
    if (near.best.p != NULL &&
        str_format(cli->arena, &text, "did you mean %.*s?", STR_ARG(near.best)) == E_OK)
        cli->hint = str_cz(cli->arena, text);
    return e;
}

static err_t call_run(struct tooling *t, int argc, char **argv)
{
    CLEANUP(json_freep) struct json *arguments = NULL;
    CLEANUP(json_freep) struct json *result = NULL;
    struct cli *cli = t->cli;
    TRY(words_read(t, argc, argv));
    if (t->words_n == 0)
        return FAIL(&cli->why, E_USAGE, "want NAME [JSON | KEY=VALUE ...]");
    TRY(cli_mcp_open(cli, &t->options, t->upstream, &t->mcp));
    TRY(arguments_read(t, &arguments));
    if (t->options.dry_run)
        return cli_print_object(&(struct cli_printer){ .arena = cli->arena, .output = OUTPUT_JSON },
                                arguments);
    err_t e = call_until(t, arguments, &result);
    TRY(e == E_OK ? E_OK : suggest(t, e));
    if (str_eq(say_member(result, "resultType"), STR("input_required"))) {
        cli->hint = "an MCP client in front of a person can: see docs/GATEWAY.md";
        return FAIL(&cli->why, E_CONFLICT, "the tool asks questions, which this command cannot");
    }
    struct cli_printer p = { .arena = cli->arena, .output = t->options.output };
    bool people = p.output == OUTPUT_TABLE || p.output == OUTPUT_CSV;
    TRY(people ? say_result(result) : cli_print_object(&p, result));
    return say_bool(result, "isError") ? FAIL(&cli->why, E_IO, "the tool says that it failed")
                                       : E_OK;
}

int cmd_tool_call(struct cli *cli, int argc, char **argv)
{
    CLEANUP(tooling_fini) struct tooling t = { .cli = cli };
    err_t e = call_run(&t, argc, argv);
    return e == E_OK ? CLI_OK : cli_fail(cli, e);
}
