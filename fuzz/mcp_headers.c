/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a head repeats of a message. The first line is a value: encoded it is a field, and decoded
 * that value again; as a field it either decodes, or is refused. The rest is a tool's schema: what
 * it marks is sent of any arguments, and agrees with them.
 */
#include "plat/mcp/mcp_headers.h"
#include "plat/mcp/mcp_trace.h"

#include <assert.h>

enum { ARENA_MAX = 1 << 22 };

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What is taken for a place in a trace is written as it was, but for version and flags. */
static void check_trace(str_t text)
{
    struct mcp_trace t;
    struct mcp_trace again;
    char out[MCP_TRACEPARENT];
    if (mcp_trace_parse(text, &t) != E_OK)
        return;
    mcp_trace_write(&t, out);
    assert(memcmp(out + 3, text.p + 3, sizeof out - 5) == 0);
    assert(mcp_trace_parse(str_of(out, sizeof out), &again) == E_OK);
    assert(memcmp(&t, &again, sizeof t) == 0);
}

static bool is_field(str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((s.p[i] < 0x20 && s.p[i] != '\t') || s.p[i] == 0x7f)
            return false;
    }
    return str_trim(s).n == s.n;
}

static void check_value(struct arena *a, str_t value)
{
    str_t field;
    str_t back;
    err_t e = mcp_header_encode(a, value, &field);
    assert(e == E_OK || (e == E_TOO_BIG && value.n > MCP_HEADER_MAX));
    if (e == E_OK) {
        assert(is_field(field));
        e = mcp_header_decode(a, field, &back);
        assert(str_is_utf8(value) ? e == E_OK && str_eq(back, value) : e == E_BAD_FIELD);
    }
    e = mcp_header_decode(a, value, &back);
    assert(e == E_OK || e == E_BAD_FIELD);
    assert(e != E_OK || str_is_utf8(back));
}

struct fields {
    struct mcp_field *row;
    size_t n;
};

static str_t field_of(void *arg, str_t name)
{
    const struct fields *f = arg;
    for (size_t i = 0; i < f->n; i++) {
        if (str_eq_nocase(f->row[i].name, name))
            return f->row[i].value;
    }
    return STR_NONE;
}

/* The schema stands for the arguments too: any value will do. */
static void check_schema(struct arena *a, const struct json *schema)
{
    struct mcp_params params;
    struct fields f = { 0 };
    struct diag why = { 0 };
    err_t e = mcp_params_read(a, schema, &why, &params);
    assert(e == E_OK || (e == E_BAD_FIELD && why.err == e) || e == E_NO_MEMORY);
    if (e != E_OK)
        return;
    for (size_t i = 0; i < params.n; i++)
        assert(params.row[i].path_n > 0 && str_starts(params.row[i].field, STR("Mcp-Param-")));
    const struct json *arguments =
        json_type(schema) == JSON_OBJECT ? json_member(schema, STR("properties")) : NULL;
    e = mcp_params_fill(a, &params, arguments, &f.row, &f.n);
    assert(e == E_OK || e == E_TOO_BIG || e == E_NO_MEMORY);
    if (e != E_OK)
        return;
    for (size_t i = 0; i < f.n; i++)
        assert(is_field(f.row[i].value));
    e = mcp_params_check(a, &params, arguments, field_of, &f, &why);
    assert(e == E_OK || e == E_NO_MEMORY);
    f.n = f.n > 0 ? f.n - 1 : 0; /* one is left out */
    struct fields all = f;
    e = mcp_params_check(a, &params, arguments, field_of, &all, &why);
    assert(e != E_INTERNAL);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    str_t text = str_of(p, n);
    size_t line = str_find(text, '\n');
    struct json *schema = NULL;
    struct arena *a = arena_new(ARENA_MAX);
    assert(a != NULL);
    check_value(a, str_sub(text, 0, line));
    check_trace(str_sub(text, 0, line));
    if (json_parse(str_sub(text, line + 1, n), NULL, &schema) == E_OK)
        check_schema(a, schema);
    json_free(schema);
    arena_free(a);
    return 0;
}
