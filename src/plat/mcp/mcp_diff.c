/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/mcp/mcp_pin.h"

enum { POINTER_MAX = 64 * 1024 };

struct diff {
    struct arena *a;
    struct buf pointer;
    struct mcp_changes found;
};

static err_t diff_values(struct diff *d, const struct json *x, const struct json *y) MUST_USE;

static err_t value_copy(struct arena *a, const struct json *v, str_t *ret)
{
    struct buf b;
    if (v == NULL) {
        *ret = STR_NONE;
        return E_OK;
    }
    buf_init(&b, 2 * (size_t)MCP_TOOL_MAX);
    json_write_jcs(&b, v);
    err_t e = b.err == E_OK ? str_copy(a, buf_str(&b), ret) : b.err;
    buf_fini(&b);
    return e;
}

static err_t diff_note(struct diff *d, const struct json *x, const struct json *y)
{
    if (d->found.n == MCP_CHANGES_MAX) {
        d->found.more = true;
        return E_OK;
    }
    struct mcp_change c;
    TRY(d->pointer.err);
    TRY(str_copy(d->a, buf_str(&d->pointer), &c.pointer));
    TRY(value_copy(d->a, x, &c.before));
    TRY(value_copy(d->a, y, &c.after));
    d->found.row[d->found.n++] = c;
    return E_OK;
}

static err_t diff_member(struct diff *d, str_t name, const struct json *x, const struct json *y)
{
    size_t here = d->pointer.n;
    json_pointer_add(&d->pointer, name);
    TRY(diff_values(d, x, y));
    d->pointer.n = here;
    return E_OK;
}

/* Both lists are sorted by name. */
static err_t diff_objects(struct diff *d, const struct json *x, const struct json *y)
{
    struct json_pair *a = NULL;
    struct json_pair *b = NULL;
    size_t a_n = 0;
    size_t b_n = 0;
    TRY(json_members(d->a, x, &a, &a_n));
    TRY(json_members(d->a, y, &b, &b_n));
    for (size_t i = 0, k = 0; i < a_n || k < b_n;) {
        int c = i == a_n ? 1 : k == b_n ? -1 : str_cmp(a[i].name, b[k].name);
        if (c < 0)
            TRY(diff_member(d, a[i].name, a[i].value, NULL));
        else if (c > 0)
            TRY(diff_member(d, b[k].name, NULL, b[k].value));
        else
            TRY(diff_member(d, a[i].name, a[i].value, b[k].value));
        i += c <= 0 ? 1 : 0;
        k += c >= 0 ? 1 : 0;
    }
    return E_OK;
}

static err_t diff_arrays(struct diff *d, const struct json *x, const struct json *y)
{
    size_t n = json_count(x) > json_count(y) ? json_count(x) : json_count(y);
    for (size_t i = 0; i < n; i++) {
        size_t here = d->pointer.n;
        buf_addf(&d->pointer, "/%zu", i);
        TRY(diff_values(d, i < json_count(x) ? json_at(x, i) : NULL,
                        i < json_count(y) ? json_at(y, i) : NULL));
        d->pointer.n = here;
    }
    return E_OK;
}

/* Not deeper than JSON_DEPTH_MAX: json_parse() has counted. */
static err_t diff_values(struct diff *d, const struct json *x, const struct json *y)
{
    if (x == NULL || y == NULL || json_type(x) != json_type(y))
        return diff_note(d, x, y);
    if (json_type(x) == JSON_OBJECT)
        return diff_objects(d, x, y);
    if (json_type(x) == JSON_ARRAY)
        return diff_arrays(d, x, y);
    return json_equal(x, y) ? E_OK : diff_note(d, x, y);
}

err_t mcp_diff(struct arena *a, const struct json *before, const struct json *after,
               struct mcp_changes *ret)
{
    struct diff d = { .a = a };
    d.found.row = ARENA_ARRAY(a, struct mcp_change, MCP_CHANGES_MAX);
    if (d.found.row == NULL)
        return E_NO_MEMORY;
    buf_init(&d.pointer, POINTER_MAX);
    err_t e = diff_values(&d, before, after);
    if (e == E_OK)
        e = d.pointer.err;
    buf_fini(&d.pointer);
    TRY(e);
    *ret = d.found;
    return E_OK;
}
