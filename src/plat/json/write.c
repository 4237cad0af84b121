/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/json/jansson_api.h"

#include "base/fault.h"

#include <assert.h>

enum { WRITE_PAIRS_HERE = 16 }; /* objects up to this size are sorted without an allocation */

/* Which of the two forms. */
struct write_form {
    void (*real)(struct buf *b, double v);
    int (*order)(const void *a, const void *b); /* of pairs; NULL: by the bytes of their names */
};

static void write_value(struct buf *b, const struct json *v, const struct write_form *form);

static void write_array(struct buf *b, const struct json *v, const struct write_form *form)
{
    size_t n = json_count(v);
    buf_add_byte(b, '[');
    for (size_t i = 0; i < n && b->err == E_OK; i++) {
        if (i > 0)
            buf_add_byte(b, ',');
        write_value(b, json_at(v, i), form);
    }
    buf_add_byte(b, ']');
}

/* UTF-8 sorts as UTF-16 does, but for U+E000..U+FFFF (EE and EF), which come behind the surrogates
 * of what lies above them (F0 to F4). */
static unsigned utf16_rank(char c)
{
    unsigned char u = (unsigned char)c;
    return u == 0xee || u == 0xef ? u + 0x10U : u;
}

static int utf16_order(str_t a, str_t b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    for (size_t i = 0; i < n; i++) {
        if (a.p[i] != b.p[i])
            return utf16_rank(a.p[i]) < utf16_rank(b.p[i]) ? -1 : 1;
    }
    return (a.n > b.n) - (a.n < b.n);
}

static int utf16_pairs(const void *a, const void *b)
{
    return utf16_order(((const struct json_pair *)a)->name, ((const struct json_pair *)b)->name);
}

static void write_object(struct buf *b, const struct json *v, const struct write_form *form)
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
    if (form->order != NULL && n > 0)
        qsort(pairs, n, sizeof *pairs, form->order);
    buf_add_byte(b, '{');
    for (size_t i = 0; i < n && b->err == E_OK; i++) {
        if (i > 0)
            buf_add_byte(b, ',');
        json_text_put(b, pairs[i].name);
        buf_add_byte(b, ':');
        write_value(b, pairs[i].value, form);
    }
    buf_add_byte(b, '}');
    if (pairs != here)
        free(pairs);
}

static void write_value(struct buf *b, const struct json *v, const struct write_form *form)
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
        form->real(b, json_real_value(jansson_of(v)));
        return;
    case JSON_STRING:
        json_text_put(b, json_string(v));
        return;
    case JSON_ARRAY:
        write_array(b, v, form);
        return;
    case JSON_OBJECT:
        write_object(b, v, form);
        return;
    }
    assert(false);
}

void json_write(struct buf *b, const struct json *v)
{
    static const struct write_form plain = { .real = json_real_put };
    write_value(b, v, &plain);
}

void json_write_jcs(struct buf *b, const struct json *v)
{
    static const struct write_form jcs = { .real = json_real_put_es, .order = utf16_pairs };
    write_value(b, v, &jcs);
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
