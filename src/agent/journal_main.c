/* SPDX-License-Identifier: Apache-2.0 */
/* `seneschal agent journal`: the record for people, as a table, and for programs. */
#include "agent/agent_words.h"
#include "agent/journal.h"
#include "base/buf.h"
#include "plat/json/json.h"

enum journal_output { JOURNAL_TABLE, JOURNAL_JSON, JOURNAL_NDJSON, JOURNAL_OUTPUTS };
enum { CELL_MAX = 4096 };

static const char *const output_names[JOURNAL_OUTPUTS + 1] = { "table", "json", "ndjson", NULL };

static const char usage[] = "usage: seneschal agent journal --state DIR [-o table|json|ndjson]\n";

struct printing {
    enum journal_output output;
    size_t lines;
};

/* A member as text without quotes where it is text; "-" when it is not there. */
static void print_cell(const struct json *v, const char *end)
{
    struct buf b;
    buf_init(&b, CELL_MAX);
    if (v == NULL || json_type(v) == JSON_NULL)
        BUF_ADD(&b, "-");
    else
        json_write(&b, v); /* quoted: no control character reaches the terminal */
    (void)printf("%.*s%s", STR_ARG(buf_str(&b)), end);
    buf_fini(&b);
}

static void print_text(const struct json *line, str_t name, int width)
{
    const struct json *v = json_member(line, name);
    bool text = v != NULL && json_type(v) == JSON_STRING;
    str_t s = text ? json_string(v) : STR("-");
    for (size_t i = 0; i < s.n; i++)
        (void)putchar(s.p[i] >= ' ' && s.p[i] < 0x7f ? s.p[i] : '?');
    (void)printf("%*s", (int)s.n < width ? width - (int)s.n : 1, " ");
}

static void print_head(const struct json *line)
{
    print_text(line, STR("at"), 26);
    print_text(line, STR("event"), 16);
    print_text(line, STR("version"), 15);
}

static void print_table(const struct json *line)
{
    const struct json *changes = json_member(line, STR("changes"));
    const struct json *enabled = json_member(line, STR("enabled"));
    const struct json *more = json_member(line, STR("more"));
    bool list = changes != NULL && json_type(changes) == JSON_ARRAY;
    bool on = enabled != NULL && json_type(enabled) == JSON_BOOL && json_bool(enabled);
    print_head(line);
    const struct json *reason =
        json_member(line, STR("reason")); /* of an answer that was refused */
    const struct json *adapter = json_member(line, STR("adapter")); /* whose file was changed */
    if (reason != NULL)
        print_text(line, STR("reason"), 0);
    if (adapter != NULL) {
        print_text(line, STR("adapter"), 0);
        print_text(line, STR("path"), 0);
    }
    bool change = reason == NULL && adapter == NULL;
    (void)printf("%s\n", !change ? "" : on ? "enabled" : "disabled");
    for (size_t i = 0; list && i < json_count(changes); i++) {
        const struct json *c = json_at(changes, i);
        if (json_type(c) != JSON_OBJECT)
            continue;
        (void)printf("    ");
        print_cell(json_member(c, STR("pointer")), "  ");
        print_cell(json_member(c, STR("old")), " -> ");
        print_cell(json_member(c, STR("new")), "\n");
    }
    if (more != NULL && json_type(more) == JSON_INT)
        (void)printf("    and %lld more\n", (long long)json_int(more));
}

static err_t print_line(void *arg, str_t text)
{
    struct printing *p = arg;
    CLEANUP(json_freep) struct json *line = NULL;
    err_t e = json_parse(text, NULL, &line);
    if (e != E_OK || json_type(line) != JSON_OBJECT)
        return e == E_NO_MEMORY ? e : E_OK; /* cut by a crash */
    if (p->output == JOURNAL_TABLE)
        print_table(line);
    else if (p->output == JOURNAL_NDJSON)
        (void)printf("%.*s\n", STR_ARG(text));
    else
        (void)printf("%s%.*s", p->lines == 0 ? "[" : ",\n", STR_ARG(text));
    p->lines++;
    return E_OK;
}

int journal_main(int argc, char **argv)
{
    struct agent_words w = { .usage = usage, .outputs = output_names, .has_state = true };
    struct printing p = { .output = JOURNAL_TABLE };
    struct diag why = { 0 };
    enum agent_exit over;
    if (!agent_words_read(&w, argc, argv, &over))
        return (int)over;
    p.output = (enum journal_output)w.output;
    err_t e = journal_read(w.dir, print_line, &p, &why);
    if (e != E_OK) {
        (void)fprintf(stderr, "seneschal agent: %s\n",
                      why.text[0] != '\0' ? why.text : err_info(e)->text);
        return AGENT_EXIT_FAILED;
    }
    if (p.output == JOURNAL_JSON)
        (void)printf("%s]\n", p.lines == 0 ? "[" : "");
    return fflush(stdout) == 0 ? AGENT_EXIT_OK : AGENT_EXIT_FAILED;
}
