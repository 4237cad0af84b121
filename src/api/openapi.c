/* SPDX-License-Identifier: Apache-2.0 */
#include "api/openapi.h"

#include "api/reply.h"
#include "api/router.h"
#include "api/routes.h"
#include "base/buf.h"
#include "plat/json/out.h"

#include <assert.h>

enum { OPENAPI_MAX = 2 * 1024 * 1024, SHAPES_MAX = 512 };

struct shape_list {
    const struct shape *v[SHAPES_MAX];
    size_t n;
};

static const char *const kind_types[] = {
    [K_STR] = "string",       [K_I64] = "integer", [K_BOOL] = "boolean",
    [K_TIME] = "string",      [K_ID] = "string",   [K_OPT_I64] = "integer",
    [K_OPT_BOOL] = "boolean", [K_JSON] = "object", [K_OPT_MILLI] = "number",
    [K_STRS] = "array",       [K_ROWS] = "array",  [K_OBJ] = "object",
};

static void shape_note(struct shape_list *list, const struct shape *s)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->v[i] == s)
            return;
    }
    assert(list->n < SHAPES_MAX); /* else what is left out is still pointed to */
    list->v[list->n++] = s;
}

static void ref_to(struct json_out *o, const struct shape *s)
{
    char ref[128];
    (void)snprintf(ref, sizeof ref, "#/components/schemas/%s", s->name); /* our own short names */
    json_out_open(o, '{');
    JSON_OUT(o, "$ref", str, str_from_cz(ref));
    json_out_close(o, '}');
}

static void field_bounds(struct json_out *o, const struct field *f)
{
    bool text = f->kind == K_STR;
    bool number = f->kind == K_I64 || f->kind == K_OPT_I64;
    if (text && f->min > 0)
        JSON_OUT(o, "minLength", i64, f->min);
    if (text && f->max > 0)
        JSON_OUT(o, "maxLength", i64, f->max);
    if (number && f->max > 0) {
        JSON_OUT(o, "minimum", i64, f->min);
        JSON_OUT(o, "maximum", i64, f->max);
    }
    if (f->oneof == NULL || f->several)
        return;
    json_out_name(o, STR("enum"));
    json_out_open(o, '[');
    for (const char *const *v = f->oneof; *v != NULL; v++)
        json_out_str(o, str_from_cz(*v));
    json_out_close(o, ']');
}

/* Any JSON value has no type to name. */
static void field_type(struct json_out *o, const struct field *f, bool nullable)
{
    if (f->kind == K_JSON && f->json == JSON_VALUE)
        return;
    json_out_name(o, STR("type"));
    if (nullable) {
        json_out_open(o, '[');
        json_out_str(o, str_from_cz(kind_types[f->kind]));
        json_out_str(o, STR("null"));
        json_out_close(o, ']');
    } else {
        json_out_str(o, str_from_cz(kind_types[f->kind]));
    }
}

static void field_schema(struct json_out *o, const struct field *f, bool nullable)
{
    if (f->kind == K_OBJ) {
        ref_to(o, f->of);
        return;
    }
    json_out_open(o, '{');
    field_type(o, f, nullable);
    if (f->kind == K_TIME)
        JSON_OUT(o, "format", str, STR("date-time"));
    if (f->kind == K_ID)
        JSON_OUT(o, "format", str, STR("uuid"));
    if (f->kind == K_STRS) {
        json_out_name(o, STR("items"));
        json_out_raw(o, STR("{\"type\":\"string\"}"));
    }
    if (f->kind == K_ROWS) {
        json_out_name(o, STR("items"));
        ref_to(o, f->of);
    }
    if (f->kind != K_STRS)
        field_bounds(o, f);
    if (f->doc != NULL)
        JSON_OUT(o, "description", str, str_from_cz(f->doc));
    json_out_close(o, '}');
}

static bool can_be_null(const struct field *f)
{
    return !f->req && f->kind != K_I64 && f->kind != K_BOOL && f->kind != K_STRS &&
           f->kind != K_ROWS;
}

/* Is it the answer of a row that answers a repeated Idempotency-Key without its secret? */
static bool hides_secret(const struct shape *s)
{
    bool secret = false;
    for (size_t i = 0; i < s->n; i++)
        secret = secret || s->fields[i].secret;
    for (size_t t = 0; secret && t < route_parts_n; t++) {
        for (size_t i = 0; i < route_parts[t]->n; i++) {
            if (route_parts[t]->rows[i].idem && route_parts[t]->rows[i].out == s)
                return true;
        }
    }
    return false;
}

static void shape_schema(struct json_out *o, const struct shape *s)
{
    json_out_open(o, '{');
    JSON_OUT(o, "type", str, STR("object"));
    json_out_name(o, STR("properties"));
    json_out_open(o, '{');
    for (size_t i = 0; i < s->n; i++) {
        json_out_name(o, str_from_cz(s->fields[i].name));
        field_schema(o, &s->fields[i], can_be_null(&s->fields[i]));
    }
    if (hides_secret(s)) {
        json_out_name(o, STR("secret_shown"));
        json_out_raw(o, STR("{\"type\":\"boolean\",\"description\":\"the secret was shown before: "
                            "it is left out\"}"));
    }
    json_out_close(o, '}');
    json_out_name(o, STR("required"));
    json_out_open(o, '[');
    for (size_t i = 0; i < s->n; i++) {
        if (s->fields[i].req)
            json_out_str(o, str_from_cz(s->fields[i].name));
    }
    json_out_close(o, ']');
    json_out_close(o, '}');
}

static void parameter(struct json_out *o, str_t name, const char *in, const struct field *f)
{
    json_out_open(o, '{');
    JSON_OUT(o, "name", str, name);
    JSON_OUT(o, "in", str, str_from_cz(in));
    JSON_OUT(o, "required", bool, f == NULL || f->req);
    json_out_name(o, STR("schema"));
    if (f == NULL)
        json_out_raw(o, STR("{\"type\":\"string\"}"));
    else
        field_schema(o, f, false);
    json_out_close(o, '}');
}

static void route_parameters(struct json_out *o, const struct route *r)
{
    str_t rest = str_from_cz(r->path);
    str_t segment;
    json_out_name(o, STR("parameters"));
    json_out_open(o, '[');
    while (str_split(&rest, '/', &segment)) {
        if (str_starts(segment, STR("{")))
            parameter(o, str_sub(segment, 1, segment.n - 2), "path", NULL);
    }
    for (size_t i = 0; r->query != NULL && i < r->query->n; i++)
        parameter(o, str_from_cz(r->query->fields[i].name), "query", &r->query->fields[i]);
    json_out_close(o, ']');
}

static void content_open(struct json_out *o, str_t type)
{
    json_out_name(o, STR("content"));
    json_out_open(o, '{');
    json_out_name(o, type);
    json_out_open(o, '{');
    json_out_name(o, STR("schema"));
}

static void content_close(struct json_out *o)
{
    json_out_close(o, '}');
    json_out_close(o, '}');
}

static void list_schema(struct json_out *o, const struct shape *item)
{
    json_out_open(o, '{');
    JSON_OUT(o, "type", str, STR("object"));
    json_out_name(o, STR("properties"));
    json_out_open(o, '{');
    json_out_name(o, STR("items"));
    json_out_open(o, '{');
    JSON_OUT(o, "type", str, STR("array"));
    json_out_name(o, STR("items"));
    ref_to(o, item);
    json_out_close(o, '}');
    json_out_name(o, STR("next_cursor"));
    json_out_raw(o, STR("{\"type\":[\"string\",\"null\"]}"));
    json_out_name(o, STR("total"));
    json_out_raw(o, STR("{\"type\":\"integer\",\"description\":\"only with ?count=true\"}"));
    json_out_close(o, '}');
    json_out_name(o, STR("required"));
    json_out_raw(o, STR("[\"items\",\"next_cursor\"]"));
    json_out_close(o, '}');
}

static void one_of(struct json_out *o, const struct shape *first, const struct shape *second)
{
    json_out_open(o, '{');
    json_out_name(o, STR("oneOf"));
    json_out_open(o, '[');
    ref_to(o, first);
    ref_to(o, second);
    json_out_close(o, ']');
    json_out_close(o, '}');
}

/* OpenAPI 3.1 has no word for the data of an event: its schema is a component, named by the row's
 * description. */
static void events_schema(struct json_out *o)
{
    content_open(o, STR("text/event-stream"));
    json_out_raw(o, STR("{\"type\":\"string\"}"));
    content_close(o);
}

static void html_schema(struct json_out *o)
{
    content_open(o, STR("text/html"));
    json_out_raw(o, STR("{\"type\":\"string\"}"));
    content_close(o);
}

/* What a refusal of this row looks like. */
static str_t refusal_ref(const struct route *r)
{
    if (r->page)
        return STR("{\"$ref\":\"#/components/responses/Page\"}");
    return r->oauth ? STR("{\"$ref\":\"#/components/responses/OAuthError\"}")
                    : STR("{\"$ref\":\"#/components/responses/Problem\"}");
}

static void route_responses(struct json_out *o, const struct route *r)
{
    json_out_name(o, STR("responses"));
    json_out_open(o, '{');
    json_out_name(o, STR("2XX"));
    json_out_open(o, '{');
    JSON_OUT(o, "description", str, STR("success"));
    if (r->events) {
        events_schema(o);
    } else if (r->page) {
        html_schema(o);
    } else if (r->out != NULL) {
        content_open(o, STR("application/json"));
        if (r->out_list)
            list_schema(o, r->out);
        else if (r->out_also != NULL)
            one_of(o, r->out, r->out_also);
        else
            ref_to(o, r->out);
        content_close(o);
    }
    json_out_close(o, '}');
    json_out_name(o, STR("default"));
    json_out_raw(o, refusal_ref(r));
    json_out_close(o, '}');
}

/* Who may call it, as OpenAPI says it: a list of alternatives. */
static void route_security(struct json_out *o, const struct route *r)
{
    json_out_name(o, STR("security"));
    json_out_open(o, '[');
    if (r->auth == AUTH_OPEN)
        json_out_raw(o, STR("{}"));
    if (r->auth != AUTH_SESSION)
        json_out_raw(o, STR("{\"bearer\":[]}"));
    if (route_takes_cookie(r))
        json_out_raw(o, STR("{\"session\":[]}"));
    json_out_close(o, ']');
}

static void route_operation(struct json_out *o, const struct route *r)
{
    static const char *const names[] = { "",    "get",   "head",   "post",
                                         "put", "patch", "delete", "options" };
    json_out_name(o, str_from_cz(names[r->method]));
    json_out_open(o, '{');
    JSON_OUT(o, "summary", str, str_from_cz(r->doc));
    if (r->check)
        JSON_OUT(o, "x-permission", str, str_from_cz(perm_name(r->may)));
    JSON_OUT(o, "x-audit", str, str_from_cz(r->audit));
    route_security(o, r);
    route_parameters(o, r);
    if (route_body(r) != NULL) {
        json_out_name(o, STR("requestBody"));
        json_out_open(o, '{');
        JSON_OUT(o, "required", bool, !r->in_optional);
        content_open(o, r->form != NULL ? STR("application/x-www-form-urlencoded")
                                        : STR("application/json"));
        ref_to(o, route_body(r));
        content_close(o);
        json_out_close(o, '}');
    }
    route_responses(o, r);
    json_out_close(o, '}');
}

static bool same_path(const struct route *a, const struct route *b)
{
    return a->root == b->root && str_eq(str_from_cz(a->path), str_from_cz(b->path));
}

/* All methods of a path stand together, at its first row. */
static void path_item(struct json_out *o, const struct route_table *part, size_t at)
{
    const struct route *first = &part->rows[at];
    char path[256];
    for (size_t i = 0; i < at; i++) {
        if (same_path(&part->rows[i], first))
            return;
    }
    (void)snprintf(path, sizeof path, "%s%s", first->root ? "" : "/api/v1",
                   first->path); /* our own short paths */
    json_out_name(o, str_from_cz(path));
    json_out_open(o, '{');
    for (size_t i = at; i < part->n; i++) {
        if (same_path(&part->rows[i], first))
            route_operation(o, &part->rows[i]);
    }
    json_out_close(o, '}');
}

static void collect_shapes(struct shape_list *list)
{
    for (size_t t = 0; t < route_parts_n; t++) {
        for (size_t i = 0; i < route_parts[t]->n; i++) {
            const struct route *r = &route_parts[t]->rows[i];
            if (route_body(r) != NULL)
                shape_note(list, route_body(r));
            if (r->out != NULL)
                shape_note(list, r->out);
            if (r->out_also != NULL)
                shape_note(list, r->out_also);
        }
    }
    for (size_t s = 0; s < list->n; s++) { /* the list grows by what its shapes hold */
        for (size_t i = 0; i < list->v[s]->n; i++) {
            if (list->v[s]->fields[i].of != NULL)
                shape_note(list, list->v[s]->fields[i].of);
        }
    }
}

/* Those that an answer can have; what reads it has words for each. */
static void problem_codes(struct json_out *o)
{
    json_out_open(o, '{');
    JSON_OUT(o, "type", str, STR("string"));
    json_out_name(o, STR("enum"));
    json_out_open(o, '[');
    for (int e = E_OK + 1; e < E_COUNT; e++) {
        if (problem_public((err_t)e) == (err_t)e)
            json_out_str(o, str_from_cz(err_info((err_t)e)->slug));
    }
    json_out_close(o, ']');
    json_out_close(o, '}');
}

static void problem_schema(struct json_out *o)
{
    json_out_open(o, '{');
    JSON_OUT(o, "type", str, STR("object"));
    json_out_name(o, STR("properties"));
    json_out_open(o, '{');
    json_out_name(o, STR("type"));
    json_out_raw(o, STR("{\"type\":\"string\"}"));
    json_out_name(o, STR("title"));
    json_out_raw(o, STR("{\"type\":\"string\"}"));
    json_out_name(o, STR("status"));
    json_out_raw(o, STR("{\"type\":\"integer\"}"));
    json_out_name(o, STR("detail"));
    json_out_raw(o, STR("{\"type\":\"string\"}"));
    json_out_name(o, STR("code"));
    problem_codes(o);
    json_out_name(o, STR("errors"));
    json_out_raw(o, STR("{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
                        "\"field\":{\"type\":\"string\"},\"want\":{\"type\":\"string\"}}}}"));
    json_out_name(o, STR("challenge"));
    json_out_raw(o, STR("{\"type\":\"object\"}"));
    json_out_name(o, STR("requests"));
    json_out_raw(o, STR("{\"type\":\"array\"}"));
    json_out_name(o, STR("request_id"));
    json_out_raw(o, STR("{\"type\":\"string\",\"format\":\"uuid\"}"));
    json_out_close(o, '}');
    json_out_name(o, STR("required"));
    json_out_raw(o, STR("[\"type\",\"title\",\"status\",\"code\",\"request_id\"]"));
    json_out_close(o, '}');
}

static void components(struct json_out *o)
{
    struct shape_list list = { .n = 0 };
    collect_shapes(&list);
    json_out_name(o, STR("components"));
    json_out_open(o, '{');
    json_out_name(o, STR("securitySchemes"));
    json_out_raw(o,
                 STR("{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"},\"session\":{\"type\":"
                     "\"apiKey\",\"in\":\"cookie\",\"name\":\"__Host-seneschal\"}}"));
    json_out_name(o, STR("responses"));
    json_out_raw(
        o, STR("{\"Problem\":{\"description\":\"a refusal with its reason (RFC 9457)\",\"content\":"
               "{\"application/problem+json\":{\"schema\":{\"$ref\":\"#/components/schemas/"
               "Problem\"}}}},\"OAuthError\":{\"description\":\"a refusal (RFC 6749 section 5.2)\","
               "\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/"
               "OAuthError\"}}}},\"Page\":{\"description\":\"a refusal, for people\",\"content\":"
               "{\"text/html\":{\"schema\":{\"type\":\"string\"}}}}}"));
    json_out_name(o, STR("schemas"));
    json_out_open(o, '{');
    for (size_t i = 0; i < list.n; i++) {
        json_out_name(o, str_from_cz(list.v[i]->name));
        shape_schema(o, list.v[i]);
    }
    json_out_name(o, STR("OAuthError"));
    json_out_raw(o, STR("{\"type\":\"object\",\"properties\":{\"error\":{\"type\":\"string\"},"
                        "\"error_description\":{\"type\":\"string\"}},\"required\":[\"error\"]}"));
    json_out_name(o, STR("Problem"));
    problem_schema(o);
    json_out_close(o, '}');
    json_out_close(o, '}');
}

err_t openapi_make(struct arena *a, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, OPENAPI_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "openapi", str, STR("3.1.0"));
    json_out_name(&o, STR("info"));
    json_out_open(&o, '{');
    JSON_OUT(&o, "title", str, STR("Seneschal"));
    JSON_OUT(&o, "version", str, STR(SENESCHAL_VERSION));
    json_out_close(&o, '}');
    json_out_name(&o, STR("paths"));
    json_out_open(&o, '{');
    for (size_t t = 0; t < route_parts_n; t++) {
        for (size_t i = 0; i < route_parts[t]->n; i++)
            path_item(&o, route_parts[t], i);
    }
    json_out_close(&o, '}');
    components(&o);
    json_out_close(&o, '}');
    TRY(b.err);
    return str_copy(a, buf_str(&b), ret);
}
