/* SPDX-License-Identifier: Apache-2.0 */
/* `seneschal agent adapters`: the tables for people, for programs, and as docs/ADAPTERS.md has
 * them. */
#include "agent/adapt.h"
#include "agent/adapt_map.h"
#include "agent/agent_words.h"
#include "plat/json/out.h"

#include <assert.h>

static const char usage[] = "usage: seneschal agent adapters [-o table|json|markdown]\n";
enum { PRINT_MAX = 256 * 1024 };

static const char *const kind_names[ADAPT_KINDS] = {
    [ADAPT_TAKE] = "take",
    [ADAPT_SET] = "set",
    [ADAPT_ADD] = "add",
};

static bool is_kept(const struct adapt_product *p, const char *to)
{
    bool kept = false;
    for (size_t i = 0; i < p->kept_n; i++)
        kept = kept || strcmp(p->kept[i], to + 1) == 0;
    return kept;
}

static void table_row(const struct adapt_row *row, struct buf *b)
{
    if (row->kind == ADAPT_TAKE) {
        buf_addf(b, "  %-48s %s%s%s\n", row->from, adapt_type_name(row->type),
                 row->words[0] != '\0' ? ": " : "", row->words);
        return;
    }
    buf_addf(b, "  %-48s %s %s %s\n", "", row->to, row->kind == ADAPT_ADD ? "gets" : "=", row->put);
}

static void print_table(const struct adapt_product *p, struct buf *b)
{
    const char *from = "";
    buf_addf(b, "%s  (%s)\n  default: %s\n", p->name, p->title,
             p->path[0] != '\0' ? p->path : "none: json=PATH or json=PATH#/POINTER");
    for (size_t i = 0; i < p->rows_n; i++) {
        const struct adapt_row *row = &p->rows[i];
        if (row->kind != ADAPT_TAKE && strcmp(from, row->from) != 0)
            buf_addf(b, "  %s is %s:\n", row->from, row->when);
        from = row->from;
        table_row(row, b);
    }
    if (p->off_n > 0)
        BUF_ADD(b, "  off:\n");
    for (size_t i = 0; i < p->off_n; i++)
        buf_addf(b, "  %-48s %s = %s\n", "", p->off[i].to, p->off[i].put);
    BUF_ADD(b, "\n");
}

/* `|` ends a cell. */
static void put_cell(struct buf *b, const char *text)
{
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '|')
            BUF_ADD(b, "\\");
        buf_add_byte(b, *p);
    }
}

static void markdown_row(const struct adapt_product *p, const struct adapt_row *row, struct buf *b)
{
    buf_addf(b, "| `%s` | `%s` | ", row->from, row->to);
    if (row->kind == ADAPT_TAKE) {
        buf_add(b, str_from_cz(adapt_type_name(row->type)));
        if (row->words[0] != '\0') {
            BUF_ADD(b, ": ");
            put_cell(b, row->words);
        }
    } else {
        buf_addf(b, "%s: %s `%s`", row->when, row->kind == ADAPT_ADD ? "adds" : "sets", row->put);
    }
    buf_addf(b, " | %s%s |\n", row->text, is_kept(p, row->to) ? "; stays while off" : "");
}

static void print_markdown(const struct adapt_product *p, struct buf *b)
{
    if (p->rows_n == 0)
        return;
    buf_addf(b, "### `%s`: %s\n\n", p->name, p->title);
    buf_addf(b,
             "| system | file |\n|---|---|\n| Linux | `%s` |\n| macOS | `%s` |\n| Windows | `%s` "
             "|\n\n",
             p->path, p->macos, p->windows);
    BUF_ADD(b,
            "| in the configuration | in the file | value | what it does |\n|---|---|---|---|\n");
    for (size_t i = 0; i < p->rows_n; i++)
        markdown_row(p, &p->rows[i], b);
    BUF_ADD(b, "\n| while off | value | why |\n|---|---|---|\n");
    for (size_t i = 0; i < p->off_n; i++)
        buf_addf(b, "| `%s` | `%s` | %s |\n", p->off[i].to, p->off[i].put, p->off[i].text);
    BUF_ADD(b, "\n");
}

static void json_row(struct json_out *o, const struct adapt_row *row)
{
    json_out_open(o, '{');
    JSON_OUT(o, "kind", str, str_from_cz(kind_names[row->kind]));
    JSON_OUT(o, "from", str, str_from_cz(row->from));
    JSON_OUT(o, "to", str, str_from_cz(row->to));
    JSON_OUT(o, "type", str, str_from_cz(adapt_type_name(row->type)));
    if (row->words[0] != '\0')
        JSON_OUT(o, "words", str, str_from_cz(row->words));
    if (row->kind != ADAPT_TAKE) {
        JSON_OUT(o, "when", raw, str_from_cz(row->when));
        JSON_OUT(o, "put", raw, str_from_cz(row->put));
    }
    JSON_OUT(o, "text", str, str_from_cz(row->text));
    json_out_close(o, '}');
}

static void print_json(const struct adapt_product *p, struct buf *b)
{
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "name", str, str_from_cz(p->name));
    JSON_OUT(&o, "title", str, str_from_cz(p->title));
    JSON_OUT(&o, "path", str, p->path[0] != '\0' ? str_from_cz(p->path) : STR_NONE);
    json_out_name(&o, STR("rows"));
    json_out_open(&o, '[');
    for (size_t i = 0; i < p->rows_n; i++)
        json_row(&o, &p->rows[i]);
    json_out_close(&o, ']');
    json_out_name(&o, STR("off"));
    json_out_open(&o, '[');
    for (size_t i = 0; i < p->off_n; i++) {
        json_out_open(&o, '{');
        JSON_OUT(&o, "to", str, str_from_cz(p->off[i].to));
        JSON_OUT(&o, "put", raw, str_from_cz(p->off[i].put));
        json_out_close(&o, '}');
    }
    json_out_close(&o, ']');
    json_out_close(&o, '}');
}

static const char *const output_names[] = { "table", "json", "markdown", NULL };

static const struct output {
    void (*print)(const struct adapt_product *p, struct buf *b);
    const char *begin;
    const char *between;
    const char *end;
} outputs[] = {
    { print_table, "", "", "" },
    { print_json, "[", ",\n", "]\n" },
    { print_markdown, "", "", "" },
};
static_assert(ARRAY_LEN(output_names) == ARRAY_LEN(outputs) + 1, "a name for each");

int adapters_main(int argc, char **argv)
{
    struct agent_words w = { .usage = usage, .outputs = output_names };
    enum agent_exit over;
    size_t n = 0;
    struct buf b;
    if (!agent_words_read(&w, argc, argv, &over))
        return (int)over;
    const struct output *output = &outputs[w.output];
    const struct adapt_product *products = adapt_products(&n);
    buf_init(&b, PRINT_MAX);
    for (size_t i = 0; i < n; i++) {
        buf_add(&b, str_from_cz(i == 0 ? output->begin : output->between));
        output->print(&products[i], &b);
    }
    buf_add(&b, str_from_cz(output->end));
    bool good = b.err == E_OK && fwrite(b.p, 1, b.n, stdout) == b.n && fflush(stdout) == 0;
    buf_fini(&b);
    return good ? AGENT_EXIT_OK : AGENT_EXIT_FAILED;
}
