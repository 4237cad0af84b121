/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/mcp/mcp_edit.h"

#include "plat/json/out.h"
#include "plat/mcp/scan.h"

#include <assert.h>

static_assert(MCP_EDITS_MAX <= 32, "one bit for each");

/* Where an object that is edited stands: under which member of which other one. */
static const struct place {
    enum mcp_at parent; /* itself: the top */
    str_t name;
} places[MCP_AT_COUNT] = {
    [MCP_AT_SELF] = { MCP_AT_SELF, { "", 0 } },
    [MCP_AT_META] = { MCP_AT_SELF, { "_meta", 5 } },
    [MCP_AT_PARAMS] = { MCP_AT_SELF, { "params", 6 } },
    [MCP_AT_PARAMS_META] = { MCP_AT_PARAMS, { "_meta", 5 } },
    [MCP_AT_RESULT] = { MCP_AT_SELF, { "result", 6 } },
    [MCP_AT_RESULT_META] = { MCP_AT_RESULT, { "_meta", 5 } },
};

struct splice {
    struct arena *a;
    const struct mcp_edit *edits;
    size_t n;
    struct buf *out;
};

/* One object on its way out. */
struct level {
    struct splice *all;
    enum mcp_at at;
    bool comma;       /* a member is out already */
    uint32_t edited;  /* edits that have found their member: a bit each */
    uint32_t entered; /* objects inside that were there: a bit for each enum mcp_at */
};

static err_t level_copy(struct splice *all, struct mcp_scan *s, enum mcp_at at) MUST_USE;
static void level_add_missing(struct level *l);

err_t mcp_edit(struct arena *a, str_t object, const struct mcp_edit *edits, size_t n,
               struct buf *out)
{
    struct splice all = { .a = a, .edits = edits, .n = n, .out = out };
    struct mcp_scan s = mcp_scan_of(object);
    assert(n <= MCP_EDITS_MAX);
    mcp_scan_blank(&s);
    buf_add(out, str_of(object.p, (size_t)(s.p - object.p)));
    TRY(level_copy(&all, &s, MCP_AT_SELF));
    const char *rest = s.p;
    mcp_scan_blank(&s);
    if (s.p != s.end)
        return E_BAD_JSON;
    buf_add(out, str_of(rest, (size_t)(s.p - rest)));
    return out->err;
}

/* Does anything become of the objects at or inside `at`? `sets`: only edits that set count. */
static bool is_touched(const struct splice *all, enum mcp_at at, bool sets)
{
    for (size_t i = 0; i < all->n; i++) {
        enum mcp_at in = all->edits[i].at;
        bool inside = in == at || (in != MCP_AT_SELF && places[in].parent == at);
        if (inside && (!sets || all->edits[i].value.p != NULL))
            return true;
    }
    return false;
}

/* The first edit of this member; n: none. */
static size_t edit_of(const struct level *l, str_t name)
{
    for (size_t i = 0; i < l->all->n; i++) {
        const struct mcp_edit *e = &l->all->edits[i];
        if (e->at == l->at && (e->prefixed ? str_starts(name, e->name) : str_eq(name, e->name)))
            return i;
    }
    return l->all->n;
}

/* The object that stands under this name and is edited inside; MCP_AT_COUNT: none. */
static enum mcp_at inner_of(const struct level *l, str_t name)
{
    for (enum mcp_at at = MCP_AT_META; at < MCP_AT_COUNT; at++) {
        if (places[at].parent == l->at && str_eq(places[at].name, name) &&
            is_touched(l->all, at, false))
            return at;
    }
    return MCP_AT_COUNT;
}

static void level_comma(struct level *l)
{
    if (l->comma)
        buf_add_byte(l->all->out, ',');
    l->comma = true;
}

/* One member: `lead` is its text up to its value. */
static err_t member_copy(struct level *l, struct mcp_scan *s, str_t name, str_t lead)
{
    size_t i = edit_of(l, name);
    enum mcp_at inner = inner_of(l, name);
    str_t raw = STR_NONE;
    if (i < l->all->n) {
        const struct mcp_edit *e = &l->all->edits[i];
        l->edited |= UINT32_C(1) << i;
        TRY(mcp_scan_value(s, &raw));
        if (e->value.p == NULL) {
            mcp_scan_blank(s);
            return E_OK;
        }
        raw = e->value;
    } else if (inner == MCP_AT_COUNT) {
        TRY(mcp_scan_value(s, &raw));
    }
    level_comma(l);
    buf_add(l->all->out, lead);
    if (i < l->all->n || inner == MCP_AT_COUNT) {
        buf_add(l->all->out, raw);
    } else {
        l->entered |= UINT32_C(1) << inner;
        TRY(level_copy(l->all, s, inner));
    }
    const char *blank = s->p;
    mcp_scan_blank(s);
    buf_add(l->all->out, str_of(blank, (size_t)(s->p - blank)));
    return E_OK;
}

/* Not deeper than `places`. */
static err_t level_copy(struct splice *all, struct mcp_scan *s, enum mcp_at at)
{
    struct level l = { .all = all, .at = at };
    MCP_WALK w;
    if (!mcp_scan_at(s, '{'))
        return E_BAD_FIELD;
    TRY(mcp_walk_open(&w, all->a, s));
    buf_add_byte(all->out, '{');
    for (;;) {
        str_t name;
        bool first = w.n == 0;
        const char *from = s->p;
        TRY(mcp_walk_next(&w, &name));
        if (name.p == NULL) {
            if (first)
                buf_add(all->out, str_of(from, (size_t)(s->p - 1 - from))); /* blanks of "{ }" */
            break;
        }
        if (!first)
            from++; /* the comma is written where it is wanted */
        TRY(member_copy(&l, s, name, str_of(from, (size_t)(s->p - from))));
    }
    level_add_missing(&l);
    buf_add_byte(all->out, '}');
    return E_OK;
}

static void put_name(struct level *l, str_t name)
{
    struct json_out o = json_out_to(l->all->out);
    level_comma(l);
    json_out_str(&o, name);
    buf_add_byte(l->all->out, ':');
}

/* Has an earlier edit of the same member counted? */
static bool is_repeated(const struct level *l, size_t i)
{
    return edit_of(l, l->all->edits[i].name) != i;
}

/* What was to be set and is not there yet. Not deeper than `places`. */
static void level_add_missing(struct level *l)
{
    struct splice *all = l->all;
    for (size_t i = 0; i < all->n; i++) {
        const struct mcp_edit *e = &all->edits[i];
        if (e->at != l->at || e->value.p == NULL || (l->edited >> i & 1) != 0 || is_repeated(l, i))
            continue;
        put_name(l, e->name);
        buf_add(all->out, e->value);
    }
    for (enum mcp_at at = MCP_AT_META; at < MCP_AT_COUNT; at++) {
        bool missing = places[at].parent == l->at && (l->entered >> at & 1) == 0;
        if (!missing || !is_touched(all, at, true) || edit_of(l, places[at].name) < all->n)
            continue;
        struct level inner = { .all = all, .at = at };
        put_name(l, places[at].name);
        buf_add_byte(all->out, '{');
        level_add_missing(&inner);
        buf_add_byte(all->out, '}');
    }
}

err_t mcp_raw_text(struct arena *a, str_t text, str_t *ret)
{
    struct buf b;
    buf_init(&b, 6 * text.n + 2); /* each byte as \u00xx, and two quotes */
    struct json_out o = json_out_to(&b);
    json_out_str(&o, text);
    err_t e = b.err == E_OK ? str_copy(a, buf_str(&b), ret) : b.err;
    buf_fini(&b);
    return e;
}
