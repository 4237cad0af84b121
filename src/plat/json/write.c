/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/json/jansson_api.h"

#include "base/fault.h"

#include <assert.h>

enum { WRITE_PAIRS_HERE = 16 }; /* objects up to this size are sorted without an allocation */

static void write_array(struct buf *b, const struct json *v)
{
    size_t n = json_count(v);
    buf_add_byte(b, '[');
    for (size_t i = 0; i < n && b->err == E_OK; i++) {
        if (i > 0)
            buf_add_byte(b, ',');
        json_write(b, json_at(v, i));
    }
    buf_add_byte(b, ']');
}

static void write_object(struct buf *b, const struct json *v)
{
    struct json_pair here[WRITE_PAIRS_HERE];
    struct json_pair *pairs = here;
    size_t n = json_count(v);
    if (n > WRITE_PAIRS_HERE) {
        pairs = fault_here() ? NULL : calloc(n, sizeof *pairs);
        if (pairs == NULL) {
            b->err = b->err == E_OK ? E_NO_MEMORY : b->err;
            return;
        }
    }
    json_members_sorted(v, pairs);
    buf_add_byte(b, '{');
    for (size_t i = 0; i < n && b->err == E_OK; i++) {
        if (i > 0)
            buf_add_byte(b, ',');
        json_text_put(b, pairs[i].name);
        buf_add_byte(b, ':');
        json_write(b, pairs[i].value);
    }
    buf_add_byte(b, '}');
    if (pairs != here)
        free(pairs);
}

void json_write(struct buf *b, const struct json *v)
{
    switch (json_type(v)) {
    case JSON_NULL:
        BUF_ADD(b, "null");
        return;
    case JSON_BOOL:
        buf_add(b, json_bool(v) ? STR("true") : STR("false"));
        return;
    case JSON_INT:
        buf_add_i64(b, json_int(v));
        return;
    case JSON_REAL:
        json_real_put(b, json_real_value(jansson_of(v)));
        return;
    case JSON_STRING:
        json_text_put(b, json_string(v));
        return;
    case JSON_ARRAY:
        write_array(b, v);
        return;
    case JSON_OBJECT:
        write_object(b, v);
        return;
    }
    assert(false);
}

void json_pointer_add(struct buf *b, str_t name)
{
    buf_add_byte(b, '/');
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '~')
            BUF_ADD(b, "~0");
        else if (name.p[i] == '/')
            BUF_ADD(b, "~1");
        else
            buf_add_byte(b, name.p[i]);
    }
}
