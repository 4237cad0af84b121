/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding by shape: a JSON object, or a query string, into a C struct. */
#include "api/shape.h"

#include "api/shape_text.h"
#include "base/num.h"

#include <assert.h>

enum { TEXT_MAX_DEFAULT = 256, LIST_MAX_DEFAULT = 100, JSON_TEXT_MAX_DEFAULT = 16 * 1024 };
enum { ONEOF_TEXT_MAX = 160 }; /* a reason is one line: where more may stand it names the page */
static const int64_t number_max_default =
    INT64_C(9007199254740992); /* 2^53, RFC 7493 section 2.2 */

static void *member_of(void *to, const struct field *f)
{
    return (char *)to + f->at;
}

static err_t want(struct diag *why, const struct field *f, const char *what)
{
    return diag_set_field(why, E_BAD_FIELD, f->name, "%s", what);
}

static err_t words_join(struct arena *a, const struct field *f, const char *last, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, ONEOF_TEXT_MAX);
    for (const char *const *v = f->oneof; *v != NULL; v++)
        buf_addf(&b, "%s%s", v == f->oneof ? "" : v[1] == NULL ? last : ", ", *v);
    TRY(b.err);
    return str_copy(a, buf_str(&b), ret);
}

/* "want http, sse, stdio or demo". */
static err_t want_one_of(struct arena *a, const struct field *f, struct diag *why)
{
    str_t text;
    str_t said;
    if (diag_is_taken(why))
        return E_BAD_FIELD;
    if (words_join(a, f, " or ", &text) != E_OK ||
        words_join(a, f, message_in(why->messages, N_(" or ")), &said) != E_OK)
        return want(why, f, N_("want one of the values that the documentation lists"));
    if (f->several) {
        (void)diag_set_field(why, E_BAD_FIELD, f->name, "want %.*s; several by commas",
                             STR_ARG(text));
        diag_say(why, "want %.*s; several by commas", STR_ARG(said));
    } else {
        (void)diag_set_field(why, E_BAD_FIELD, f->name, "want %.*s", STR_ARG(text));
        diag_say(why, "want %.*s", STR_ARG(said));
    }
    return E_BAD_FIELD;
}

static bool text_is_listed(const struct field *f, str_t s)
{
    str_t word;
    if (!f->several)
        return text_is_one_of(f->oneof, s);
    while (str_split(&s, ',', &word)) {
        if (!text_is_one_of(f->oneof, word))
            return false;
    }
    return true;
}

static err_t decode_text(struct arena *a, const struct field *f, str_t s, struct diag *why,
                         str_t *ret)
{
    size_t max = f->max > 0 ? (size_t)f->max : TEXT_MAX_DEFAULT;
    if (f->trim || f->text == TEXT_MACHINE_ID)
        s = str_trim(s);
    if (s.n != max && max == (size_t)f->min)
        return diag_set_field(why, E_BAD_FIELD, f->name, "want %zu bytes of text", max);
    if (s.n < (size_t)f->min || s.n > max)
        return diag_set_field(why, E_BAD_FIELD, f->name, "want %lld to %zu bytes of text",
                              (long long)f->min, max);
    if (!text_obeys(f->text, s))
        return want(why, f, text_rule_wants(f->text));
    if (f->oneof != NULL && !text_is_listed(f, s))
        return want_one_of(a, f, why);
    return str_copy(a, s, ret);
}

static err_t check_number(const struct field *f, int64_t v, struct diag *why)
{
    int64_t max = f->max != 0 ? f->max : number_max_default;
    int64_t min = f->min != 0 || f->max != 0 ? f->min : -number_max_default;
    if (v >= min && v <= max)
        return E_OK;
    return diag_set_field(why, E_BAD_FIELD, f->name, "want a whole number from %lld to %lld",
                          (long long)min, (long long)max);
}

static err_t decode_number(const struct field *f, const struct json *v, struct diag *why,
                           int64_t *ret)
{
    if (json_type(v) != JSON_INT)
        return want(why, f, N_("want a whole number"));
    TRY(check_number(f, json_int(v), why));
    *ret = json_int(v);
    return E_OK;
}

static err_t decode_bool(const struct field *f, const struct json *v, struct diag *why, bool *ret)
{
    if (json_type(v) != JSON_BOOL)
        return want(why, f, N_("want true or false"));
    *ret = json_bool(v);
    return E_OK;
}

/* The text tells exactly what a binary fraction would round. */
static err_t decode_milli(const struct field *f, const struct json *v, struct diag *why,
                          opt_milli_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    int64_t milli = 0;
    buf_init(&b, NUM_MILLI_TEXT);
    bool number = json_type(v) == JSON_INT || json_type(v) == JSON_REAL;
    if (number)
        json_write(&b, v);
    if (!number || b.err != E_OK || num_parse_milli(buf_str(&b), &milli) != E_OK)
        return want(why, f, N_("want a number with up to three decimals"));
    if (milli < f->min * 1000 || milli > f->max * 1000)
        return diag_set_field(why, E_BAD_FIELD, f->name, "want a number from %lld to %lld",
                              (long long)f->min, (long long)f->max);
    *ret = (opt_milli_t){ true, milli };
    return E_OK;
}

static err_t decode_strs(struct arena *a, const struct field *f, const struct json *v,
                         struct diag *why, struct strs *ret)
{
    size_t max = f->max > 0 ? (size_t)f->max : LIST_MAX_DEFAULT;
    if (json_type(v) != JSON_ARRAY || json_count(v) > max)
        return diag_set_field(why, E_BAD_FIELD, f->name, "want a list of at most %zu texts", max);
    struct field item = *f;
    item.max = f->item_max;
    item.min = 1;
    str_t *list = ARENA_ARRAY(a, str_t, json_count(v));
    if (list == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < json_count(v); i++) {
        if (json_type(json_at(v, i)) != JSON_STRING)
            return want(why, f, N_("want a list of texts"));
        TRY(decode_text(a, &item, json_string(json_at(v, i)), why, &list[i]));
    }
    *ret = (struct strs){ list, json_count(v) };
    return E_OK;
}

/* Labels: an object of short texts, so that they can be selected by. */
static bool labels_obey(struct arena *a, const struct json *v)
{
    enum { LABELS_MAX = 64, LABEL_NAME_MAX = 64, LABEL_VALUE_MAX = 256 };
    struct json_pair *pairs;
    size_t n;
    if (json_type(v) != JSON_OBJECT || json_members(a, v, &pairs, &n) != E_OK || n > LABELS_MAX)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (json_type(pairs[i].value) != JSON_STRING)
            return false;
        str_t value = json_string(pairs[i].value);
        if (pairs[i].name.n == 0 || pairs[i].name.n > LABEL_NAME_MAX || value.n > LABEL_VALUE_MAX)
            return false;
        if (!text_obeys(TEXT_LINE, pairs[i].name) || !text_obeys(TEXT_LINE, value))
            return false;
    }
    return true;
}

static err_t decode_json(struct arena *a, const struct field *f, const struct json *v,
                         struct diag *why, json_text_t *ret)
{
    if (f->json > JSON_VALUE && json_type(v) != JSON_OBJECT)
        return want(why, f, N_("want an object"));
    if (f->json == JSON_LABELS && !labels_obey(a, v))
        return want(why, f, N_("want an object of at most 64 texts"));
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, f->max > 0 ? (size_t)f->max : JSON_TEXT_MAX_DEFAULT);
    json_write(&b, v);
    if (b.err == E_TOO_BIG)
        return diag_set_field(why, E_BAD_FIELD, f->name, "want at most %zu bytes of JSON", b.max);
    TRY(b.err);
    return str_copy(a, buf_str(&b), &ret->text);
}

static err_t decode_time(const struct field *f, const struct json *v, struct diag *why, ts_t *ret)
{
    if (json_type(v) != JSON_STRING || ts_parse(json_string(v), ret) != E_OK)
        return want(why, f, N_("want a time of RFC 3339, such as 2026-01-31T12:00:00Z"));
    return E_OK;
}

static err_t decode_id(const struct field *f, const struct json *v, struct diag *why, oid_t *ret)
{
    if (json_type(v) != JSON_STRING || oid_parse(json_string(v), ret) != E_OK)
        return want(why, f, N_("want an id: a UUID as text"));
    return E_OK;
}

static err_t decode_str(struct arena *a, const struct field *f, const struct json *v,
                        struct diag *why, str_t *ret)
{
    if (json_type(v) != JSON_STRING)
        return want(why, f, N_("want a text"));
    return decode_text(a, f, json_string(v), why, ret);
}

static err_t shape_fill(struct arena *a, const struct shape *s, const struct json *v,
                        struct diag *why, void *to);

/* Nested shapes of our own tables: their depth is the tables', not the input's. */
static err_t decode_obj(struct arena *a, const struct field *f, const struct json *v,
                        struct diag *why, struct obj *ret)
{
    void *to = arena_alloc(a, f->of->size);
    if (to == NULL)
        return E_NO_MEMORY;
    if (json_type(v) != JSON_OBJECT)
        return want(why, f, N_("want an object"));
    TRY(shape_fill(a, f->of, v, why, to));
    ret->v = to;
    return E_OK;
}

static err_t decode_rows(struct arena *a, const struct field *f, const struct json *v,
                         struct diag *why, struct rows *ret)
{
    size_t max = f->max > 0 ? (size_t)f->max : LIST_MAX_DEFAULT;
    if (json_type(v) != JSON_ARRAY || json_count(v) > max)
        return diag_set_field(why, E_BAD_FIELD, f->name, "want a list of at most %zu objects", max);
    char *rows = arena_array(a, json_count(v), f->of->size);
    if (rows == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < json_count(v); i++) {
        if (json_type(json_at(v, i)) != JSON_OBJECT)
            return want(why, f, N_("want a list of objects"));
        TRY(shape_fill(a, f->of, json_at(v, i), why, rows + i * f->of->size));
    }
    *ret = (struct rows){ rows, json_count(v) };
    return E_OK;
}

/* null is absent; of a text it is "", and of a flag that `clears` its own, so that a PATCH can
 * clear it. */
static void decode_null(const struct field *f, void *to)
{
    if (f->kind == K_STR)
        *(str_t *)to = STR("");
    else if (f->kind == K_OPT_BOOL && f->clears)
        *(opt_bool_t *)to = (opt_bool_t){ .set = false, .v = true };
}

static err_t decode_field(struct arena *a, const struct field *f, const struct json *v,
                          struct diag *why, void *to)
{
    if (json_type(v) == JSON_NULL && f->kind != K_JSON && !f->req) {
        decode_null(f, to);
        return E_OK;
    }
    switch (f->kind) {
    case K_STR:
        return decode_str(a, f, v, why, to);
    case K_I64:
        return decode_number(f, v, why, to);
    case K_OPT_I64:
        ((opt_i64_t *)to)->set = true;
        return decode_number(f, v, why, &((opt_i64_t *)to)->v);
    case K_BOOL:
        return decode_bool(f, v, why, to);
    case K_OPT_BOOL:
        ((opt_bool_t *)to)->set = true;
        return decode_bool(f, v, why, &((opt_bool_t *)to)->v);
    case K_OPT_MILLI:
        return decode_milli(f, v, why, to);
    case K_TIME:
        return decode_time(f, v, why, to);
    case K_ID:
        return decode_id(f, v, why, to);
    case K_JSON:
        return decode_json(a, f, v, why, to);
    case K_STRS:
        return decode_strs(a, f, v, why, to);
    case K_ROWS:
        return decode_rows(a, f, v, why, to);
    case K_OBJ:
        return decode_obj(a, f, v, why, to);
    }
    assert(!"a kind without a decoder");
    return E_INTERNAL;
}

static const struct field *shape_field(const struct shape *s, str_t name)
{
    for (size_t i = 0; i < s->n; i++) {
        if (str_eq(str_from_cz(s->fields[i].name), name))
            return &s->fields[i];
    }
    return NULL;
}

static err_t unknown_field(struct diag *why, str_t name)
{
    char shown[DIAG_FIELD_MAX];
    (void)snprintf(shown, sizeof shown, "%.*s", STR_ARG(name)); /* cut off where it is long */
    return diag_set_field(why, E_UNKNOWN_FIELD, shown, "there is no such field here");
}

static err_t shape_fill(struct arena *a, const struct shape *s, const struct json *v,
                        struct diag *why, void *to)
{
    struct json_pair *pairs;
    size_t n;
    TRY(json_members(a, v, &pairs, &n));
    for (size_t i = 0; i < n; i++) {
        if (!s->open && shape_field(s, pairs[i].name) == NULL)
            return unknown_field(why, pairs[i].name);
    }
    for (size_t i = 0; i < s->n; i++) {
        const struct field *f = &s->fields[i];
        const struct json *member = json_member(v, str_from_cz(f->name));
        if (member != NULL)
            TRY(decode_field(a, f, member, why, member_of(to, f)));
        else if (f->req)
            return diag_set_field(why, E_BAD_FIELD, f->name, "this member is needed");
    }
    return E_OK;
}

err_t shape_decode(struct arena *a, const struct shape *s, str_t text, struct diag *why, void **ret)
{
    CLEANUP(json_freep) struct json *v = NULL;
    TRY(json_parse(text, why, &v));
    if (json_type(v) != JSON_OBJECT)
        return FAIL(why, E_BAD_FIELD, "want a JSON object");
    void *to = arena_alloc(a, s->size);
    if (to == NULL)
        return E_NO_MEMORY;
    TRY(shape_fill(a, s, v, why, to));
    *ret = to;
    return E_OK;
}

/* One value of a query string. Lists and objects do not stand in a query. */
static err_t decode_query_value(struct arena *a, const struct field *f, str_t v, struct diag *why,
                                void *to)
{
    int64_t number = 0;
    bool yes = str_eq(v, STR("true"));
    switch (f->kind) {
    case K_STR:
        return decode_text(a, f, v, why, to);
    case K_I64:
    case K_OPT_I64:
        if (num_parse_i64(v, &number) != E_OK)
            return want(why, f, N_("want a whole number"));
        TRY(check_number(f, number, why));
        if (f->kind == K_I64)
            *(int64_t *)to = number;
        else
            *(opt_i64_t *)to = (opt_i64_t){ true, number };
        return E_OK;
    case K_BOOL:
    case K_OPT_BOOL:
        if (!yes && !str_eq(v, STR("false")))
            return want(why, f, N_("want true or false"));
        if (f->kind == K_BOOL)
            *(bool *)to = yes;
        else
            *(opt_bool_t *)to = (opt_bool_t){ true, yes };
        return E_OK;
    case K_TIME:
        return ts_parse(v, to) == E_OK ? E_OK : want(why, f, N_("want a time of RFC 3339"));
    case K_ID:
        return oid_parse(v, to) == E_OK ? E_OK : want(why, f, N_("want an id: a UUID as text"));
    case K_OPT_MILLI:
    case K_JSON:
    case K_STRS:
    case K_ROWS:
    case K_OBJ:
        break;
    }
    assert(!"a kind that a query cannot hold");
    return E_INTERNAL;
}

/* One form, or query, on its way into `to`. */
struct form_read {
    struct arena *a;
    const struct shape *shape;
    const struct form_rules *rules;
    struct diag *why;
    uint64_t named; /* fields that stood there */
    uint64_t given; /* and had a value that counts */
    char *to;
};

/* The room of a list is that of its maximum: few forms have one. */
static err_t form_list_add(struct form_read *r, const struct field *f, str_t value)
{
    struct strs *list = (struct strs *)(void *)(r->to + f->at);
    size_t max = f->max > 0 ? (size_t)f->max : LIST_MAX_DEFAULT;
    struct field item = *f;
    item.max = 0;
    if (list->n == max)
        return diag_set_field(r->why, E_BAD_FIELD, f->name, "want at most %zu of these", max);
    str_t *grown = ARENA_ARRAY(r->a, str_t, list->n + 1);
    if (grown == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < list->n; i++)
        grown[i] = list->v[i];
    TRY(decode_text(r->a, &item, value, r->why, &grown[list->n]));
    *list = (struct strs){ grown, list->n + 1 };
    return E_OK;
}

static err_t form_pair_split(struct arena *a, str_t pair, struct diag *why, str_t *ret_name,
                             str_t *ret_value)
{
    str_t name = str_sub(pair, 0, str_find(pair, '='));
    TRY(form_unescape(a, name, why, ret_name));
    return form_unescape(a, str_sub(pair, name.n + 1, pair.n), why, ret_value);
}

static err_t form_pair(struct form_read *r, str_t pair)
{
    str_t name;
    str_t value;
    TRY(form_pair_split(r->a, pair, r->why, &name, &value));
    if (r->rules->skip.n > 0 && str_eq(name, r->rules->skip))
        return E_OK;
    const struct field *f = shape_field(r->shape, name);
    if (f == NULL)
        return r->rules->open ? E_OK : unknown_field(r->why, name);
    uint64_t bit = UINT64_C(1) << (f - r->shape->fields);
    if ((r->named & bit) != 0 && f->kind != K_STRS)
        return diag_set_field(r->why, E_BAD_FIELD, f->name, "want this parameter once");
    r->named |= bit;
    if (value.n == 0 && r->rules->no_empty)
        return E_OK;
    r->given |= bit;
    if (f->kind == K_STRS)
        return form_list_add(r, f, value);
    if (f->kind == K_BOOL && r->rules->no_empty && str_eq(value, STR("on")))
        value = STR("true"); /* as browsers send a box that is ticked */
    return decode_query_value(r->a, f, value, r->why, r->to + f->at);
}

err_t shape_decode_form(struct arena *a, const struct shape *s, str_t form,
                        const struct form_rules *rules, struct diag *why, void **ret)
{
    assert(s->n <= 64);
    struct form_read r = { .a = a, .shape = s, .rules = rules, .why = why };
    str_t pair;
    r.to = arena_alloc(a, s->size);
    if (r.to == NULL)
        return E_NO_MEMORY;
    while (str_split(&form, '&', &pair)) {
        if (pair.n > 0)
            TRY(form_pair(&r, pair));
    }
    for (size_t i = 0; i < s->n; i++) {
        if (s->fields[i].req && (r.given >> i & 1U) == 0)
            return diag_set_field(why, E_BAD_FIELD, s->fields[i].name, "this parameter is needed");
    }
    *ret = r.to;
    return E_OK;
}

err_t shape_decode_query(struct arena *a, const struct shape *s, str_t query, struct diag *why,
                         void **ret)
{
    static const struct form_rules strict;
    return shape_decode_form(a, s, query, &strict, why, ret);
}

err_t form_find(struct arena *a, str_t form, str_t name, struct diag *why, str_t *ret)
{
    str_t pair;
    str_t found;
    str_t value;
    while (str_split(&form, '&', &pair)) {
        TRY(form_pair_split(a, pair, why, &found, &value));
        if (str_eq(found, name)) {
            *ret = value;
            return E_OK;
        }
    }
    *ret = STR_NONE;
    return E_OK;
}
