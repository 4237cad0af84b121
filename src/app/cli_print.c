/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli_print.h"

enum { PRINT_MAX = 256 * 1024 * 1024, COLUMNS_MAX = 16, CELL_WIDTH_MAX = 60 };

static err_t flush_out(struct buf *b)
{
    err_t e = b->err;
    if (e == E_OK &&
        (fwrite(b->p != NULL ? b->p : "", 1, b->n, stdout) != b->n || fflush(stdout) != 0))
        e = E_IO;
    buf_fini(b);
    return e;
}

/* What stands at "a.b"; NULL: nothing. */
static const struct json *member_at(const struct json *row, str_t column)
{
    str_t name;
    while (row != NULL && str_split(&column, '.', &name))
        row = json_type(row) == JSON_OBJECT ? json_member(row, name) : NULL;
    return row != NULL && json_type(row) == JSON_NULL ? NULL : row;
}

static err_t cell_text(struct arena *a, const struct json *v, str_t *ret)
{
    struct buf b;
    *ret = STR("");
    if (v == NULL)
        return E_OK;
    if (json_type(v) == JSON_STRING)
        return str_copy(a, json_string(v), ret);
    buf_init(&b, PRINT_MAX);
    json_write(&b, v);
    err_t e = b.err != E_OK ? b.err : str_copy(a, buf_str(&b), ret);
    buf_fini(&b);
    return e;
}

/* Text from machines goes to a terminal: no control character may get through (C0, DEL, C1). */
void cli_shown(struct buf *b, str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool c1 = c == 0xc2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xa0;
        if (c < 0x20 || c == 0x7f || c1) {
            buf_add_byte(b, '?');
            i += c1 ? 1 : 0;
        } else {
            buf_add_byte(b, (char)c);
        }
    }
}

/* Characters, not bytes, as far as a terminal of one column each goes. */
static size_t width_of(str_t s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

/* A text may be wider than its column: the next one still begins apart from it. */
static void add_cell(struct buf *b, str_t text, size_t width, bool last)
{
    size_t n = text.n > 0 ? width_of(text) : 1;
    cli_shown(b, text.n > 0 ? text : STR("-"));
    for (width = width > n ? width : n; n < width + 2 && !last; n++)
        buf_add_byte(b, ' ');
}

static size_t split_columns(str_t columns, str_t out[static COLUMNS_MAX])
{
    size_t n = 0;
    while (n < COLUMNS_MAX && columns.n > 0 && str_split(&columns, ' ', &out[n]))
        n++;
    return n;
}

static err_t print_table(struct cli_printer *p, const struct json *items)
{
    str_t names[COLUMNS_MAX];
    size_t width[COLUMNS_MAX] = { 0 };
    size_t cols = split_columns(p->columns, names);
    size_t rows = json_count(items);
    str_t *cells = ARENA_ARRAY(p->arena, str_t, rows * cols + 1);
    struct buf b;
    if (cells == NULL)
        return E_NO_MEMORY;
    for (size_t c = 0; c < cols; c++)
        width[c] = names[c].n;
    for (size_t i = 0; i < rows * cols; i++) {
        size_t c = i % cols;
        TRY(cell_text(p->arena, member_at(json_at(items, i / cols), names[c]), &cells[i]));
        size_t w = width_of(cells[i]);
        w = w > CELL_WIDTH_MAX ? CELL_WIDTH_MAX : w;
        width[c] = w > width[c] ? w : width[c];
    }
    buf_init(&b, PRINT_MAX);
    for (size_t c = 0; c < cols && p->rows == 0; c++)
        add_cell(&b, names[c], width[c], c + 1 == cols);
    if (p->rows == 0)
        buf_add_byte(&b, '\n');
    for (size_t i = 0; i < rows * cols; i++) {
        bool last = i % cols + 1 == cols;
        add_cell(&b, cells[i], width[i % cols], last);
        if (last)
            buf_add_byte(&b, '\n');
    }
    return flush_out(&b);
}

/* RFC 4180; a cell that a spreadsheet would run is led by an apostrophe (SAFETY, audit exports). */
static void add_csv(struct buf *b, str_t text)
{
    bool formula = text.n > 0 && strchr("=+-@\t\r", text.p[0]) != NULL;
    bool quote = formula;
    for (size_t i = 0; i < text.n; i++)
        quote = quote || strchr("\",\r\n", text.p[i]) != NULL;
    if (quote)
        buf_add_byte(b, '"');
    if (formula)
        buf_add_byte(b, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            buf_add_byte(b, '"');
        buf_add_byte(b, text.p[i]);
    }
    if (quote)
        buf_add_byte(b, '"');
}

static err_t print_csv(struct cli_printer *p, const struct json *items)
{
    str_t names[COLUMNS_MAX];
    size_t cols = split_columns(p->columns, names);
    struct buf b;
    str_t text;
    err_t e = E_OK;
    buf_init(&b, PRINT_MAX);
    for (size_t c = 0; c < cols && p->rows == 0; c++) {
        add_csv(&b, names[c]);
        buf_add(&b, c + 1 == cols ? STR("\r\n") : STR(","));
    }
    for (size_t i = 0; e == E_OK && i < json_count(items) * cols; i++) {
        size_t c = i % cols;
        e = cell_text(p->arena, member_at(json_at(items, i / cols), names[c]), &text);
        if (e == E_OK)
            add_csv(&b, text);
        buf_add(&b, c + 1 == cols ? STR("\r\n") : STR(","));
    }
    if (e != E_OK)
        buf_fini(&b);
    return e != E_OK ? e : flush_out(&b);
}

static err_t print_json(const struct cli_printer *p, const struct json *items)
{
    struct buf b;
    buf_init(&b, PRINT_MAX);
    for (size_t i = 0; i < json_count(items); i++) {
        if (p->output == OUTPUT_JSON)
            buf_add(&b, p->rows + i == 0 ? STR("[") : STR(",\n "));
        json_write(&b, json_at(items, i));
        if (p->output == OUTPUT_NDJSON)
            buf_add_byte(&b, '\n');
    }
    return flush_out(&b);
}

err_t cli_print_rows(struct cli_printer *p, const struct json *items)
{
    err_t e = E_OK;
    if (p->output == OUTPUT_TABLE)
        e = print_table(p, items);
    else if (p->output == OUTPUT_CSV)
        e = print_csv(p, items);
    else
        e = print_json(p, items);
    p->rows += json_count(items);
    return e;
}

err_t cli_print_end(struct cli_printer *p)
{
    struct buf b;
    buf_init(&b, KIB(1));
    if (p->output == OUTPUT_JSON)
        buf_add(&b, p->rows == 0 ? STR("[]\n") : STR("]\n"));
    return flush_out(&b);
}

/* "name   value" for each member that says something. */
static err_t print_lines(struct cli_printer *p, const struct json *object)
{
    struct json_pair *pairs = NULL;
    size_t n = 0;
    size_t width = 0;
    struct buf b;
    str_t text;
    err_t e = E_OK;
    TRY(json_members(p->arena, object, &pairs, &n));
    for (size_t i = 0; i < n; i++)
        width = pairs[i].name.n > width ? pairs[i].name.n : width;
    buf_init(&b, PRINT_MAX);
    for (size_t i = 0; e == E_OK && i < n; i++) {
        add_cell(&b, pairs[i].name, width, false);
        bool null = json_type(pairs[i].value) == JSON_NULL;
        e = cell_text(p->arena, null ? NULL : pairs[i].value, &text);
        if (e == E_OK)
            add_cell(&b, text, 0, true);
        buf_add_byte(&b, '\n');
    }
    if (e != E_OK)
        buf_fini(&b);
    return e != E_OK ? e : flush_out(&b);
}

err_t cli_print_object(struct cli_printer *p, const struct json *object)
{
    struct buf b;
    if (p->output == OUTPUT_JSON || p->output == OUTPUT_NDJSON) {
        buf_init(&b, PRINT_MAX);
        json_write(&b, object);
        buf_add_byte(&b, '\n');
        return flush_out(&b);
    }
    if (p->columns.n == 0)
        return print_lines(p, object);
    CLEANUP(json_freep) struct json *one = json_new_array();
    struct json *copy = json_clone(object);
    if (one == NULL || copy == NULL) {
        json_free(copy);
        return E_NO_MEMORY;
    }
    TRY(json_push(one, copy));
    return p->output == OUTPUT_CSV ? print_csv(p, one) : print_table(p, one);
}

int cli_print_raw(struct cli *cli, str_t bytes, bool line)
{
    size_t n = bytes.n > 0 ? fwrite(bytes.p, 1, bytes.n, stdout) : 0;
    if (line && bytes.n > 0 && bytes.p[bytes.n - 1] != '\n')
        (void)putchar('\n');
    if (n != bytes.n || fflush(stdout) != 0)
        return cli_fail(cli, FAIL(&cli->why, E_IO, "standard output: cannot be written"));
    return CLI_OK;
}
