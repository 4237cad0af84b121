/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/toml_out.h"

#include <assert.h>

enum { TOML_DEPTH_MAX = JSON_DEPTH_MAX + 2 };

/* An object or array that is being written; how far it has been walked. */
struct frame {
    struct json_pair *pairs; /* of an object, sorted */
    const struct json *array;
    size_t n, at;
    size_t path_n; /* a table: of its header */
};

struct toml {
    struct arena *a;
    struct buf *b;
    struct buf path; /* of the table that is being written: a.b."c d" */
    struct frame tables[TOML_DEPTH_MAX];
    size_t depth;
    struct frame values[TOML_DEPTH_MAX];
    size_t nested;
};

static bool key_is_bare(str_t key)
{
    bool bare = key.n > 0;
    for (size_t i = 0; bare && i < key.n; i++) {
        char c = key.p[i];
        bare = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    }
    return bare;
}

/* TOML 1.0, String: control characters other than tab must be escaped; what is left is UTF-8. */
static void toml_string(struct buf *b, str_t s)
{
    static const struct {
        char c;
        const char *text;
    } shorts[] = { { '\b', "\\b" }, { '\t', "\\t" }, { '\n', "\\n" }, { '\f', "\\f" },
                   { '\r', "\\r" }, { '"', "\\\"" }, { '\\', "\\\\" } };
    buf_add_byte(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        const char *text = NULL;
        for (size_t k = 0; k < ARRAY_LEN(shorts); k++) {
            if (shorts[k].c == s.p[i])
                text = shorts[k].text;
        }
        if (text != NULL)
            buf_add(b, str_from_cz(text));
        else if (c < ' ' || c == 0x7f)
            buf_addf(b, "\\u%04X", (unsigned)c);
        else
            buf_add_byte(b, s.p[i]);
    }
    buf_add_byte(b, '"');
}

static void toml_key(struct buf *b, str_t key)
{
    if (key_is_bare(key))
        buf_add(b, key);
    else
        toml_string(b, key);
}

static err_t frame_make(struct arena *a, const struct json *v, struct frame *ret)
{
    struct frame f = { .n = json_count(v) };
    if (json_type(v) == JSON_OBJECT)
        TRY(json_members(a, v, &f.pairs, &f.n));
    else
        f.array = v;
    *ret = f;
    return E_OK;
}

static bool is_container(const struct json *v)
{
    return json_type(v) == JSON_ARRAY || json_type(v) == JSON_OBJECT;
}

static err_t toml_scalar(struct buf *b, const struct json *v)
{
    if (json_type(v) == JSON_NULL)
        return E_BAD_FIELD;
    if (json_type(v) == JSON_STRING)
        toml_string(b, json_string(v));
    else
        json_write(b, v); /* true, 12 and 1.5e300 are spelled alike in both languages */
    return E_OK;
}

static err_t value_enter(struct toml *t, const struct json *v)
{
    assert(t->nested < TOML_DEPTH_MAX); /* json_parse bounds the depth of a value */
    TRY(frame_make(t->a, v, &t->values[t->nested++]));
    buf_add_byte(t->b, json_type(v) == JSON_ARRAY ? '[' : '{');
    return E_OK;
}

/* The next element of the innermost array or inline table, or its end. */
static err_t value_step(struct toml *t)
{
    struct frame *f = &t->values[t->nested - 1];
    if (f->at == f->n) {
        buf_add_byte(t->b, f->array != NULL ? ']' : '}');
        t->nested--;
        return E_OK;
    }
    if (f->at > 0)
        BUF_ADD(t->b, ", ");
    assert(f->array != NULL || f->pairs != NULL);
    const struct json *v = f->array != NULL ? json_at(f->array, f->at) : f->pairs[f->at].value;
    if (f->array == NULL) {
        toml_key(t->b, f->pairs[f->at].name);
        BUF_ADD(t->b, " = ");
    }
    f->at++;
    return is_container(v) ? value_enter(t, v) : toml_scalar(t->b, v);
}

static err_t toml_value(struct toml *t, const struct json *v)
{
    if (!is_container(v))
        return toml_scalar(t->b, v);
    TRY(value_enter(t, v));
    while (t->nested > 0)
        TRY(value_step(t));
    return E_OK;
}

/* Its header, and those of its members that need none: they must come before the first one that
 * does. */
static err_t table_enter(struct toml *t, const struct json *v)
{
    assert(t->depth < TOML_DEPTH_MAX);
    struct frame *f = &t->tables[t->depth++];
    TRY(frame_make(t->a, v, f));
    f->path_n = t->path.n;
    if (t->path.n > 0)
        buf_addf(t->b, "%s[%.*s]\n", t->b->n > 0 ? "\n" : "", STR_ARG(buf_str(&t->path)));
    for (size_t i = 0; i < f->n; i++) {
        if (json_type(f->pairs[i].value) == JSON_OBJECT)
            continue;
        toml_key(t->b, f->pairs[i].name);
        BUF_ADD(t->b, " = ");
        TRY(toml_value(t, f->pairs[i].value));
        buf_add_byte(t->b, '\n');
    }
    return E_OK;
}

static err_t table_step(struct toml *t)
{
    struct frame *f = &t->tables[t->depth - 1];
    while (f->at < f->n && json_type(f->pairs[f->at].value) != JSON_OBJECT)
        f->at++;
    if (f->at == f->n) {
        t->depth--;
        return E_OK;
    }
    const struct json_pair *pair = &f->pairs[f->at++];
    t->path.n = f->path_n;
    if (f->path_n > 0)
        buf_add_byte(&t->path, '.');
    toml_key(&t->path, pair->name);
    TRY(t->path.err);
    return table_enter(t, pair->value);
}

err_t toml_write(struct arena *a, const struct json *v, struct buf *b)
{
    struct toml *t = ARENA_NEW(a, struct toml);
    if (t == NULL)
        return E_NO_MEMORY;
    t->a = a;
    t->b = b;
    buf_init(&t->path, b->max);
    assert(json_type(v) == JSON_OBJECT);
    err_t e = table_enter(t, v);
    while (e == E_OK && t->depth > 0)
        e = table_step(t);
    buf_fini(&t->path);
    return e != E_OK ? e : b->err;
}
