/* SPDX-License-Identifier: Apache-2.0 */
/* A mapped configuration as the bytes of a file, and back. */
#include "agent/adapt_map.h"
#include "agent/toml_out.h"

#include <assert.h>

enum { BYTES_TEXT_MAX = 4 * 1024 * 1024 };

/* Objects and arrays become the text of their JSON. */
static err_t flatten(struct arena *a, const struct json *v, struct json **ret)
{
    CLEANUP(json_freep) struct json *out = json_clone(v);
    struct json_pair *pairs;
    size_t n = 0;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(json_members(a, v, &pairs, &n));
    for (size_t i = 0; i < n; i++) {
        struct buf b;
        if (json_type(pairs[i].value) != JSON_OBJECT && json_type(pairs[i].value) != JSON_ARRAY)
            continue;
        buf_init(&b, BYTES_TEXT_MAX);
        json_write(&b, pairs[i].value);
        err_t e = b.err;
        if (e == E_OK)
            e = json_set(out, pairs[i].name, json_new_string(buf_str(&b)));
        buf_fini(&b);
        TRY(e);
    }
    *ret = out;
    out = NULL;
    return E_OK;
}

err_t adapt_encode(struct arena *a, enum adapt_format format, const struct json *v, struct buf *b)
{
    CLEANUP(json_freep) struct json *flat = NULL;
    switch (format) {
    case ADAPT_TOML:
        BUF_ADD(b, "# Written by the Seneschal agent, which undoes every other change: "
                   "seneschal-agent(1).\n");
        return toml_write(a, v, b);
    case ADAPT_FLAT:
        TRY(flatten(a, v, &flat));
        json_write(b, flat);
        break;
    case ADAPT_JSON:
        json_write(b, v);
        break;
    }
    buf_add_byte(b, '\n');
    return b->err;
}

/* The texts of JSON as what they say, so that a change in them has a pointer of its own. */
static err_t unflatten(struct arena *a, struct json *v)
{
    struct json_pair *pairs;
    size_t n = 0;
    TRY(json_members(a, v, &pairs, &n));
    for (size_t i = 0; i < n; i++) {
        struct json *inner = NULL;
        str_t s = json_type(pairs[i].value) == JSON_STRING ? json_string(pairs[i].value) : STR("");
        if (s.n == 0 || (s.p[0] != '{' && s.p[0] != '['))
            continue;
        err_t e = json_parse(s, NULL, &inner);
        if (e == E_OK)
            e = json_set(v, pairs[i].name, inner);
        if (e == E_NO_MEMORY)
            return e;
    }
    return E_OK;
}

err_t adapt_decode(struct arena *a, enum adapt_format format, str_t text, struct json **ret)
{
    struct json *v = NULL;
    *ret = NULL;
    if (format == ADAPT_TOML)
        return toml_lines(a, text, ret);
    err_t e = json_parse(text, NULL, &v);
    if (e == E_OK && format == ADAPT_FLAT && json_type(v) == JSON_OBJECT)
        e = unflatten(a, v);
    if (e == E_OK)
        *ret = v;
    else
        json_free(v);
    return e == E_NO_MEMORY ? e : E_OK;
}
