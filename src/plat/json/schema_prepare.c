/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/json/schema_nodes.h"

#include "plat/json/jansson_api.h"

static const struct {
    const char *name;
    const char *pattern;
} formats[] = {
#define FORMAT(name, pattern) { name, pattern },
#include "plat/json/schema_formats.def"
#undef FORMAT
};

/* Words for people: they decide nothing, and the library is particular about some of them. */
static const char *const annotations[] = {
    "$comment", "$id",        "$schema",     "contentEncoding", "contentMediaType",
    "default",  "deprecated", "description", "examples",        "id",
    "readOnly", "title",      "writeOnly",
};

/* A layer need not have these yet. */
static const char *const lifted[] = { "dependencies", "minProperties", "required" };

/* These look at a value as a whole: of a layer only what is no object is whole. */
static const char *const of_the_whole[] = {
    "anyOf", "const", "else", "enum", "if", "not", "oneOf", "then",
};

/* Out of the schema, and alive: schemas inside it stand in the list of nodes too. */
static err_t member_drop(struct schema_nodes *nodes, struct json *node, str_t name)
{
    struct json *v = json_member_mut(node, name);
    if (v == NULL)
        return E_OK;
    TRY(json_push(nodes->dropped, jansson_wrap(json_incref(jansson_of(v)))));
    json_remove(node, name);
    return E_OK;
}

/* `into` takes the member over under its name. */
static err_t member_move(struct json *from, str_t name, struct json *into)
{
    struct json *v = json_member_mut(from, name);
    if (v == NULL)
        return E_OK;
    struct json *copy = jansson_wrap(json_incref(jansson_of(v)));
    json_remove(from, name);
    return json_set(into, name, copy);
}

/* One more schema that must hold: at the end of allOf. Takes `more` over. */
static err_t all_of_add(struct json *node, struct json *more)
{
    struct json *list = json_member_mut(node, STR("allOf"));
    if (more == NULL)
        return E_NO_MEMORY;
    if (list != NULL)
        return json_push(list, more);
    list = json_new_array();
    err_t e = list != NULL ? json_push(list, more) : E_NO_MEMORY;
    if (list == NULL) {
        json_free(more);
        return e;
    }
    if (e != E_OK) {
        json_free(list);
        return e;
    }
    return json_set(node, STR("allOf"), list);
}

static err_t one_member(str_t name, str_t text, struct json **ret)
{
    struct json *o = json_new_object();
    if (o == NULL)
        return E_NO_MEMORY;
    err_t e = json_set(o, name, json_new_string(text));
    if (e != E_OK) {
        json_free(o);
        return e;
    }
    *ret = o;
    return E_OK;
}

static err_t format_becomes_pattern(struct json *node)
{
    const struct json *v = json_member(node, STR("format"));
    const char *pattern = NULL;
    struct json *more = NULL;
    if (v == NULL || json_type(v) != JSON_STRING)
        return E_OK;
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        if (str_eq(json_string(v), str_from_cz(formats[i].name)))
            pattern = formats[i].pattern;
    }
    json_remove(node, STR("format"));
    if (pattern == NULL)
        return E_OK;
    if (json_member(node, STR("pattern")) == NULL)
        return json_set(node, STR("pattern"), json_new_string(str_from_cz(pattern)));
    TRY(one_member(STR("pattern"), str_from_cz(pattern), &more));
    return all_of_add(node, more);
}

static err_t drop_annotations(struct json *node)
{
    for (size_t i = 0; i < ARRAY_LEN(annotations); i++)
        json_remove(node, str_from_cz(annotations[i]));
    return E_OK;
}

/* The library reads a $ref alone: what stands beside it moves (newer drafts) or goes (draft 7). */
static err_t part_ref(struct schema_nodes *nodes, struct json *node)
{
    struct json_pair *pairs = NULL;
    size_t n = 0;
    struct json *ref = json_member_mut(node, STR("$ref"));
    if (ref == NULL)
        return E_OK;
    TRY(json_members(nodes->a, node, &pairs, &n));
    if (!nodes->new_draft) {
        for (size_t i = 0; i < n; i++) {
            enum keyword_kind kind = schema_keyword_kind(pairs[i].name);
            if (kind != POOL && kind != REF)
                TRY(member_drop(nodes, node, pairs[i].name));
        }
        return E_OK;
    }
    bool beside = false;
    for (size_t i = 0; i < n; i++) {
        enum keyword_kind kind = schema_keyword_kind(pairs[i].name);
        beside = beside || (kind != POOL && kind != REF);
    }
    if (!beside)
        return E_OK;
    struct json *own = NULL;
    TRY(one_member(STR("$ref"), json_string(ref), &own));
    json_remove(node, STR("$ref"));
    return all_of_add(node, own);
}

err_t schema_prepare(struct schema_nodes *nodes)
{
    for (size_t i = 0; i < nodes->n; i++) {
        TRY(drop_annotations(nodes->v[i].v));
        TRY(format_becomes_pattern(nodes->v[i].v));
        TRY(part_ref(nodes, nodes->v[i].v));
    }
    return E_OK;
}

/* {"if":{"type":"object"},"else":{what looks at the whole}} */
static err_t make_conditional(struct json *node)
{
    CLEANUP(json_freep) struct json *rest = json_new_object();
    CLEANUP(json_freep) struct json *rule = json_new_object();
    struct json *object = NULL;
    if (rest == NULL || rule == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < ARRAY_LEN(of_the_whole); i++)
        TRY(member_move(node, str_from_cz(of_the_whole[i]), rest));
    if (json_count(rest) == 0)
        return E_OK;
    TRY(one_member(STR("type"), STR("object"), &object));
    TRY(json_set(rule, STR("if"), object));
    struct json *given = rest;
    rest = NULL;
    TRY(json_set(rule, STR("else"), given));
    given = rule;
    rule = NULL;
    return all_of_add(node, given);
}

err_t schema_make_part(struct schema_nodes *nodes)
{
    for (size_t i = 0; i < nodes->n; i++) {
        struct json *node = nodes->v[i].v;
        bool ref_alone = !nodes->new_draft && json_member(node, STR("$ref")) != NULL;
        if (nodes->v[i].in_array || ref_alone)
            continue;
        for (size_t k = 0; k < ARRAY_LEN(lifted); k++)
            TRY(member_drop(nodes, node, str_from_cz(lifted[k])));
        TRY(make_conditional(node));
    }
    return E_OK;
}

err_t schema_move_refs(struct schema_nodes *nodes, str_t to, str_t to_of_arrays)
{
    for (size_t i = 0; i < nodes->n; i++) {
        struct json *node = nodes->v[i].v;
        const struct json *ref = json_member(node, STR("$ref"));
        str_t prefix = nodes->v[i].in_array ? to_of_arrays : to;
        str_t text;
        if (ref == NULL)
            continue;
        str_t old = json_string(ref);
        TRY(str_format(nodes->a, &text, "#%.*s%.*s", STR_ARG(prefix), (int)old.n - 1, old.p + 1));
        TRY(json_set(node, STR("$ref"), json_new_string(text)));
    }
    return E_OK;
}
