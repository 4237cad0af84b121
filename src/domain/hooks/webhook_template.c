/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A template is a JSON text; {{event.PATH}} and {{value.NAME}} stand inside its strings (anywhere
 * else they would be no JSON). So it is filled as text, each value escaped as the inside of a
 * string: what was JSON stays JSON, and no value can leave its string.
 */
#include "domain/hooks/webhook_sealed.h"
#include "plat/json/out.h"

enum { PIECE_MAX = 64 * 1024 };

/* What the payload has at the top; everything else is looked for in its `data`. */
static bool at_top(str_t name)
{
    return str_eq(name, STR("type")) || str_eq(name, STR("timestamp"));
}

/* "target.name" down from the payload; NULL: the event has no such thing. */
static const struct json *walk(const struct json *event, str_t path)
{
    const struct json *at = event;
    str_t name = str_sub(path, 0, str_find(path, '.'));
    if (!at_top(name))
        at = json_member(event, STR("data"));
    while (at != NULL && str_split(&path, '.', &name))
        at = json_type(at) == JSON_OBJECT ? json_member(at, name) : NULL;
    return at;
}

/* Text as the inside of a JSON string. */
static err_t add_inside(struct buf *b, str_t text)
{
    CLEANUP(buf_fini) struct buf quoted = { 0 };
    buf_init(&quoted, PIECE_MAX);
    quoted.secret = true;
    struct json_out o = json_out_to(&quoted);
    json_out_str(&o, text.p != NULL ? text : STR(""));
    TRY(quoted.err);
    buf_add(b, str_sub(buf_str(&quoted), 1, quoted.n - 2));
    return E_OK;
}

static err_t add_value(struct buf *b, const struct json *v)
{
    CLEANUP(buf_fini) struct buf text = { 0 };
    if (v == NULL || json_type(v) == JSON_NULL)
        return E_OK;
    if (json_type(v) == JSON_STRING)
        return add_inside(b, json_string(v));
    buf_init(&text, PIECE_MAX);
    json_write(&text, v);
    TRY(text.err);
    return add_inside(b, buf_str(&text));
}

static err_t add_named(struct buf *b, str_t name, const struct webhook_fill *from)
{
    name = str_trim(name);
    if (str_eq(name, STR("event.id")))
        return add_inside(b, from->id);
    if (str_starts(name, STR("event.")))
        return add_value(b, walk(from->event, str_sub(name, 6, name.n)));
    if (str_starts(name, STR("value.")) && from->values != NULL)
        return add_value(b, json_member(from->values, str_sub(name, 6, name.n)));
    return E_OK;
}

static size_t find_pair(str_t s, char c)
{
    for (size_t i = 0; i + 1 < s.n; i++) {
        if (s.p[i] == c && s.p[i + 1] == c)
            return i;
    }
    return s.n;
}

err_t webhook_template_fill(struct buf *b, str_t template, const struct webhook_fill *from)
{
    while (template.n > 0) {
        size_t open = find_pair(template, '{');
        buf_add(b, str_sub(template, 0, open));
        if (open == template.n)
            break;
        template = str_sub(template, open + 2, template.n);
        size_t close = find_pair(template, '}');
        if (close == template.n)
            break; /* it was checked when it was saved */
        TRY(add_named(b, str_sub(template, 0, close), from));
        template = str_sub(template, close + 2, template.n);
    }
    return b->err;
}

static bool path_obeys(str_t path)
{
    for (size_t i = 0; i < path.n; i++) {
        char c = path.p[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
            c != '_' && c != '-' && c != '.')
            return false;
    }
    return path.n > 0;
}

static err_t name_check(struct act *act, str_t name, const struct json *values)
{
    name = str_trim(name);
    bool event = str_starts(name, STR("event."));
    bool value = str_starts(name, STR("value."));
    str_t rest = str_sub(name, 6, name.n);
    if ((!event && !value) || !path_obeys(rest))
        return diag_set_field(&act->why, E_BAD_FIELD, "template",
                              "want {{event.PATH}} or {{value.NAME}}");
    if (value && (values == NULL || json_member(values, rest) == NULL))
        return diag_set_field(&act->why, E_BAD_FIELD, "template",
                              "it names a value that `values` does not have: add it there");
    return E_OK;
}

err_t webhook_template_check(struct act *act, str_t template, const struct json *values)
{
    CLEANUP(json_freep) struct json *parsed = NULL;
    err_t e = template.n > WEBHOOK_TEMPLATE_MAX ? E_BAD_JSON : json_parse(template, NULL, &parsed);
    if (e == E_NO_MEMORY)
        return e;
    if (e != E_OK)
        return diag_set_field(&act->why, E_BAD_FIELD, "template",
                              "want a JSON text of at most %d bytes", WEBHOOK_TEMPLATE_MAX);
    for (str_t rest = template; rest.n > 0;) {
        size_t open = find_pair(rest, '{');
        if (open == rest.n)
            break;
        rest = str_sub(rest, open + 2, rest.n);
        size_t close = find_pair(rest, '}');
        if (close == rest.n)
            return diag_set_field(&act->why, E_BAD_FIELD, "template",
                                  "a {{ has no }} behind it: close it");
        TRY(name_check(act, str_sub(rest, 0, close), values));
        rest = str_sub(rest, close + 2, rest.n);
    }
    return E_OK;
}
