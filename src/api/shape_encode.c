/* SPDX-License-Identifier: Apache-2.0 */
/* Encoding by shape: a C struct into a JSON object. */
#include "api/shape.h"

#include "base/num.h"

static bool field_is_absent(const struct field *f, const void *at)
{
    switch (f->kind) {
    case K_STR:
        return ((const str_t *)at)->p == NULL;
    case K_TIME:
        return !ts_is_set(*(const ts_t *)at);
    case K_ID:
        return !oid_is_set(*(const oid_t *)at);
    case K_OPT_I64:
        return !((const opt_i64_t *)at)->set;
    case K_OPT_BOOL:
        return !((const opt_bool_t *)at)->set;
    case K_OPT_MILLI:
        return !((const opt_milli_t *)at)->set;
    case K_JSON:
        return ((const json_text_t *)at)->text.p == NULL;
    case K_STRS:
        return ((const struct strs *)at)->v == NULL;
    case K_ROWS:
        return ((const struct rows *)at)->v == NULL;
    case K_OBJ:
        return ((const struct obj *)at)->v == NULL;
    case K_I64:
    case K_BOOL:
        return false;
    }
    return false;
}

static void encode_strs(struct json_out *o, const struct strs *list)
{
    json_out_open(o, '[');
    for (size_t i = 0; i < list->n; i++)
        json_out_str(o, list->v[i]);
    json_out_close(o, ']');
}

static void encode_milli(struct json_out *o, opt_milli_t v)
{
    char text[NUM_MILLI_TEXT];
    num_format_milli(v.v, text);
    json_out_raw(o, str_from_cz(text));
}

static void encode_rows(struct json_out *o, const struct shape *s, const struct rows *rows)
{
    json_out_open(o, '[');
    for (size_t i = 0; i < rows->n; i++)
        shape_encode(o, s, (const char *)rows->v + i * s->size);
    json_out_close(o, ']');
}

/* Nested shapes are our own tables': their depth is bounded by them. */
static void encode_value(struct json_out *o, const struct field *f, const void *at)
{
    switch (f->kind) {
    case K_STR:
        json_out_str(o, *(const str_t *)at);
        return;
    case K_I64:
        json_out_i64(o, *(const int64_t *)at);
        return;
    case K_OPT_I64:
        json_out_i64(o, ((const opt_i64_t *)at)->v);
        return;
    case K_BOOL:
        json_out_bool(o, *(const bool *)at);
        return;
    case K_OPT_BOOL:
        json_out_bool(o, ((const opt_bool_t *)at)->v);
        return;
    case K_OPT_MILLI:
        encode_milli(o, *(const opt_milli_t *)at);
        return;
    case K_TIME:
        json_out_ts(o, *(const ts_t *)at);
        return;
    case K_ID:
        json_out_id(o, *(const oid_t *)at);
        return;
    case K_JSON:
        json_out_raw(o, ((const json_text_t *)at)->text);
        return;
    case K_STRS:
        encode_strs(o, at);
        return;
    case K_ROWS:
        encode_rows(o, f->of, at);
        return;
    case K_OBJ:
        shape_encode(o, f->of, ((const struct obj *)at)->v);
        return;
    }
}

/* Absent lists are empty lists, other absent members null. */
static void encode_absent(struct json_out *o, const struct field *f)
{
    if (f->kind == K_STRS || f->kind == K_ROWS) {
        json_out_open(o, '[');
        json_out_close(o, ']');
        return;
    }
    json_out_null(o);
}

void shape_encode(struct json_out *o, const struct shape *s, const void *from)
{
    json_out_open(o, '{');
    for (size_t i = 0; i < s->n; i++) {
        const struct field *f = &s->fields[i];
        const void *at = (const char *)from + f->at;
        bool absent = field_is_absent(f, at);
        if (absent && f->omit)
            continue;
        json_out_name(o, str_from_cz(f->name));
        if (absent)
            encode_absent(o, f);
        else
            encode_value(o, f, at);
    }
    json_out_close(o, '}');
}
