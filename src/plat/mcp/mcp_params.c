/* SPDX-License-Identifier: Apache-2.0 */
/* Which arguments of a tool a head repeats, and with what. */
#include "plat/mcp/mcp_headers.h"

#include <assert.h>

#define FIELD_PREFIX "Mcp-Param-"
enum { NUMBER_TEXT_MAX = 32, DECIMAL_MAX = 64 };
/* -2^53+1 to 2^53-1: what every client can hold exactly. */
#define SAFE_MAX INT64_C(9007199254740991)

/* Where a schema has schemas inside: "one" also stands for a list of them. */
static const struct {
    str_t name;
    bool map;
} elsewhere[] = {
    { { "items", 5 }, false },
    { { "prefixItems", 11 }, false },
    { { "additionalItems", 15 }, false },
    { { "contains", 8 }, false },
    { { "additionalProperties", 20 }, false },
    { { "unevaluatedProperties", 21 }, false },
    { { "unevaluatedItems", 16 }, false },
    { { "propertyNames", 13 }, false },
    { { "patternProperties", 17 }, true },
    { { "dependentSchemas", 16 }, true },
    { { "dependencies", 12 }, true },
    { { "oneOf", 5 }, false },
    { { "anyOf", 5 }, false },
    { { "allOf", 5 }, false },
    { { "not", 3 }, false },
    { { "if", 2 }, false },
    { { "then", 4 }, false },
    { { "else", 4 }, false },
    { { "contentSchema", 13 }, false },
    { { "$defs", 5 }, true },
    { { "definitions", 11 }, true },
};

static const struct {
    str_t name;
    enum mcp_param_type type;
} types[] = {
    { { "string", 6 }, MCP_PARAM_STRING },
    { { "integer", 7 }, MCP_PARAM_INTEGER },
    { { "boolean", 7 }, MCP_PARAM_BOOLEAN },
};

struct reading {
    struct arena *a;
    struct diag *why;
    struct mcp_params found;
    str_t path[JSON_DEPTH_MAX];
    size_t depth;
};

static err_t schema_read(struct reading *r, const struct json *schema, bool reachable) MUST_USE;

static bool is_token(str_t s)
{
    static const char others[] = "!#$%&'*+-.^_`|~"; /* tchar, RFC 9110 section 5.6.2 */
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!plain && (c == '\0' || strchr(others, c) == NULL))
            return false;
    }
    return s.n > 0;
}

static bool type_find(const struct json *schema, enum mcp_param_type *ret)
{
    const struct json *type = json_member(schema, STR("type"));
    if (type == NULL || json_type(type) != JSON_STRING)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (str_eq(types[i].name, json_string(type))) {
            *ret = types[i].type;
            return true;
        }
    }
    return false;
}

static bool is_taken(const struct mcp_params *found, str_t name)
{
    for (size_t i = 0; i < found->n; i++) {
        str_t field = found->row[i].field;
        if (str_eq_nocase(str_sub(field, sizeof FIELD_PREFIX - 1, field.n), name))
            return true;
    }
    return false;
}

static err_t mark_read(struct reading *r, const struct json *schema, const struct json *mark,
                       bool reachable)
{
    struct mcp_param p = { .path_n = r->depth };
    if (json_type(mark) != JSON_STRING || !is_token(json_string(mark)) ||
        json_string(mark).n > MCP_PARAM_NAME_MAX)
        return FAIL(r->why, E_BAD_FIELD,
                    "x-mcp-header: want a token of 1..%d characters (RFC 9110)",
                    MCP_PARAM_NAME_MAX);
    str_t name = json_string(mark);
    if (!reachable || r->depth == 0)
        return FAIL(r->why, E_BAD_FIELD,
                    "x-mcp-header \"%.*s\": not on a way of `properties` alone", STR_ARG(name));
    if (!type_find(schema, &p.type))
        return FAIL(r->why, E_BAD_FIELD,
                    "x-mcp-header \"%.*s\": want type string, integer or boolean", STR_ARG(name));
    if (is_taken(&r->found, name))
        return FAIL(r->why, E_BAD_FIELD, "x-mcp-header \"%.*s\": twice", STR_ARG(name));
    if (r->found.n == MCP_PARAMS_MAX)
        return FAIL(r->why, E_BAD_FIELD, "x-mcp-header: more than %d", MCP_PARAMS_MAX);
    str_t *path = ARENA_ARRAY(r->a, str_t, r->depth);
    if (path == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < r->depth; i++)
        TRY(str_copy(r->a, r->path[i], &path[i]));
    p.path = path;
    TRY(str_format(r->a, &p.field, FIELD_PREFIX "%.*s", STR_ARG(name)));
    r->found.row[r->found.n++] = p;
    return E_OK;
}

/* Each member of a map of schemas. `reachable`: its names are those of arguments. */
static err_t map_read(struct reading *r, const struct json *map, bool reachable)
{
    struct json_pair *pairs = NULL;
    size_t n = 0;
    if (json_type(map) != JSON_OBJECT)
        return E_OK; /* whatever it is, it has no schemas */
    TRY(json_members(r->a, map, &pairs, &n));
    for (size_t i = 0; i < n; i++) {
        assert(r->depth < JSON_DEPTH_MAX);
        r->path[r->depth++] = pairs[i].name;
        TRY(schema_read(r, pairs[i].value, reachable));
        r->depth--;
    }
    return E_OK;
}

static err_t elsewhere_read(struct reading *r, const struct json *inner, bool map)
{
    if (map)
        return map_read(r, inner, false);
    if (json_type(inner) != JSON_ARRAY)
        return schema_read(r, inner, false);
    for (size_t i = 0; i < json_count(inner); i++)
        TRY(schema_read(r, json_at(inner, i), false));
    return E_OK;
}

/* Not deeper than JSON_DEPTH_MAX: json_parse() has counted. */
static err_t schema_read(struct reading *r, const struct json *schema, bool reachable)
{
    if (json_type(schema) != JSON_OBJECT)
        return E_OK;
    const struct json *mark = json_member(schema, STR("x-mcp-header"));
    if (mark != NULL)
        TRY(mark_read(r, schema, mark, reachable));
    const struct json *properties = json_member(schema, STR("properties"));
    if (properties != NULL)
        TRY(map_read(r, properties, reachable));
    for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++) {
        const struct json *inner = json_member(schema, elsewhere[i].name);
        if (inner != NULL)
            TRY(elsewhere_read(r, inner, elsewhere[i].map));
    }
    return E_OK;
}

err_t mcp_params_read(struct arena *a, const struct json *schema, struct diag *why,
                      struct mcp_params *ret)
{
    struct reading r = { .a = a, .why = why };
    r.found.row = ARENA_ARRAY(a, struct mcp_param, MCP_PARAMS_MAX);
    if (r.found.row == NULL)
        return E_NO_MEMORY;
    TRY(schema_read(&r, schema, true));
    *ret = r.found;
    return E_OK;
}

static const struct json *value_at(const struct json *v, const struct mcp_param *p)
{
    for (size_t i = 0; i < p->path_n && v != NULL; i++)
        v = json_type(v) == JSON_OBJECT ? json_member(v, p->path[i]) : NULL;
    return v;
}

static err_t number_text(struct arena *a, const struct json *v, str_t *ret)
{
    struct buf b;
    buf_init(&b, NUMBER_TEXT_MAX);
    json_write_jcs(&b, v);
    err_t e = b.err == E_OK ? str_copy(a, buf_str(&b), ret) : b.err;
    buf_fini(&b);
    return e;
}

static bool is_number(const struct json *v)
{
    return json_type(v) == JSON_INT || json_type(v) == JSON_REAL;
}

/* The value as text; absent: there is none, or none that a head may repeat. */
static err_t value_text(struct arena *a, const struct json *v, str_t *ret)
{
    *ret = STR_NONE;
    if (v == NULL)
        return E_OK;
    if (json_type(v) == JSON_STRING)
        *ret = json_string(v);
    else if (json_type(v) == JSON_BOOL)
        *ret = json_bool(v) ? STR("true") : STR("false");
    else if (json_type(v) == JSON_INT && (json_int(v) > SAFE_MAX || json_int(v) < -SAFE_MAX))
        return E_OK;
    else if (is_number(v))
        return number_text(a, v, ret);
    return E_OK;
}

err_t mcp_params_fill(struct arena *a, const struct mcp_params *params,
                      const struct json *arguments, struct mcp_field **ret, size_t *ret_n)
{
    struct mcp_field *fields = ARENA_ARRAY(a, struct mcp_field, params->n);
    size_t n = 0;
    if (fields == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < params->n; i++) {
        str_t text;
        TRY(value_text(a, value_at(arguments, &params->row[i]), &text));
        if (text.p == NULL)
            continue;
        fields[n].name = params->row[i].field;
        TRY(mcp_header_encode(a, text, &fields[n].value));
        TRY(str_copy(a, fields[n].value, &fields[n].value));
        n++;
    }
    *ret = fields;
    *ret_n = n;
    return E_OK;
}

/* Do the two name one number? "42.0" and 42 do. */
static err_t same_number(struct arena *a, str_t said, str_t text, bool *ret)
{
    CLEANUP(json_freep) struct json *v = NULL;
    str_t canonical;
    err_t e = said.n <= DECIMAL_MAX ? json_parse(said, NULL, &v) : E_BAD_JSON;
    *ret = false;
    if (e != E_OK || !is_number(v))
        return e == E_NO_MEMORY ? e : E_OK;
    TRY(number_text(a, v, &canonical));
    *ret = str_eq(canonical, text);
    return E_OK;
}

static err_t param_check(struct arena *a, const struct mcp_param *p, const struct json *v,
                         str_t field, struct diag *why)
{
    str_t text;
    str_t said;
    TRY(value_text(a, v, &text));
    if (text.p == NULL)
        return E_OK;
    if (field.p == NULL)
        return FAIL(why, E_BAD_FIELD, "the header %.*s is missing", STR_ARG(p->field));
    err_t e = mcp_header_decode(a, field, &said);
    if (e == E_BAD_FIELD)
        return FAIL(why, e, "the header %.*s is not encoded as it must be", STR_ARG(p->field));
    TRY(e);
    bool same = str_eq(said, text);
    if (!same && is_number(v))
        TRY(same_number(a, said, text, &same));
    if (!same)
        return FAIL(why, E_BAD_FIELD, "the header %.*s says another value than the arguments",
                    STR_ARG(p->field));
    return E_OK;
}

err_t mcp_params_check(struct arena *a, const struct mcp_params *params,
                       const struct json *arguments, str_t (*field_of)(void *arg, str_t name),
                       void *arg, struct diag *why)
{
    for (size_t i = 0; i < params->n; i++) {
        const struct mcp_param *p = &params->row[i];
        TRY(param_check(a, p, value_at(arguments, p), field_of(arg, p->field), why));
    }
    return E_OK;
}
