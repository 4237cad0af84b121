/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/schema_compare.h"

enum rule { RULE_UPPER, RULE_LOWER, RULE_SAME };

static const struct {
    const char *keyword;
    enum rule rule;
} rules[] = {
    { "exclusiveMaximum", RULE_UPPER },
    { "maximum", RULE_UPPER },
    { "maxItems", RULE_UPPER },
    { "maxLength", RULE_UPPER },
    { "maxProperties", RULE_UPPER },
    { "exclusiveMinimum", RULE_LOWER },
    { "minimum", RULE_LOWER },
    { "minItems", RULE_LOWER },
    { "minLength", RULE_LOWER },
    { "minProperties", RULE_LOWER },
    { "$ref", RULE_SAME },
    { "allOf", RULE_SAME },
    { "anyOf", RULE_SAME },
    { "const", RULE_SAME },
    { "contains", RULE_SAME },
    { "dependencies", RULE_SAME },
    { "else", RULE_SAME },
    { "format", RULE_SAME },
    { "if", RULE_SAME },
    { "multipleOf", RULE_SAME },
    { "not", RULE_SAME },
    { "oneOf", RULE_SAME },
    { "pattern", RULE_SAME },
    { "propertyNames", RULE_SAME },
    { "then", RULE_SAME },
    { "uniqueItems", RULE_SAME },
};

/* Members of these are compared with those of the same name, the others with one another. */
static const char *const maps[] = { "$defs", "definitions", "patternProperties", "properties" };
static const char *const singles[] = { "additionalProperties", "items" };

struct pair {
    const struct json *from;
    const struct json *to;
    str_t pointer;
};

struct comparison {
    struct arena *a;
    struct schema_breaks *breaks;
    struct pair *pairs; /* SCHEMA_NODES_MAX, walked in order */
    size_t n;
};

static err_t add_break(struct comparison *c, const struct pair *p, const char *keyword,
                       const char *want)
{
    if (c->breaks->n == CONFIG_SCHEMA_BREAKS_MAX)
        return E_OK;
    struct schema_break b = { .pointer = p->pointer };
    TRY(str_copy(c->a, str_from_cz(keyword), &b.keyword));
    TRY(str_copy(c->a, str_from_cz(want), &b.want));
    c->breaks->v[c->breaks->n++] = b;
    return E_OK;
}

static const struct json *member(const struct json *v, const char *name)
{
    return json_type(v) == JSON_OBJECT ? json_member(v, str_from_cz(name)) : NULL;
}

/* Only whole numbers have an order here; of others any change counts. */
static bool is_tighter(enum rule rule, const struct json *was, const struct json *is)
{
    if (is == NULL || (was != NULL && json_equal(was, is)))
        return false;
    bool numbers = was != NULL && json_type(was) == JSON_INT && json_type(is) == JSON_INT;
    if (!numbers || rule == RULE_SAME)
        return true;
    return rule == RULE_UPPER ? json_int(is) < json_int(was) : json_int(is) > json_int(was);
}

static err_t compare_rules(struct comparison *c, const struct pair *p)
{
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        const struct json *was = member(p->from, rules[i].keyword);
        const struct json *is = member(p->to, rules[i].keyword);
        if (is_tighter(rules[i].rule, was, is))
            TRY(add_break(c, p, rules[i].keyword,
                          was == NULL ? N_("was not there before")
                                      : N_("is another, tighter perhaps")));
    }
    return E_OK;
}

static bool list_holds(const struct json *list, const struct json *v)
{
    if (json_type(list) != JSON_ARRAY)
        return json_equal(list, v);
    for (size_t i = 0; i < json_count(list); i++) {
        if (json_equal(json_at(list, i), v))
            return true;
    }
    return false;
}

static bool is_text(const struct json *v, str_t text)
{
    return json_type(v) == JSON_STRING && str_eq(json_string(v), text);
}

static bool list_holds_number(const struct json *list)
{
    if (json_type(list) != JSON_ARRAY)
        return is_text(list, STR("number"));
    for (size_t i = 0; i < json_count(list); i++) {
        if (is_text(json_at(list, i), STR("number")))
            return true;
    }
    return false;
}

/* Everything that `was` lists, or is, is in `now`; an integer is a number too. */
static bool covers(const struct json *was, const struct json *now)
{
    bool array = json_type(was) == JSON_ARRAY;
    size_t n = array ? json_count(was) : 1;
    for (size_t i = 0; i < n; i++) {
        const struct json *v = array ? json_at(was, i) : was;
        bool number = is_text(v, STR("integer")) && list_holds_number(now);
        if (!number && !list_holds(now, v))
            return false;
    }
    return true;
}

static err_t compare_sets(struct comparison *c, const struct pair *p)
{
    static const char *const keywords[] = { "enum", "type" };
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++) {
        const struct json *was = member(p->from, keywords[i]);
        const struct json *is = member(p->to, keywords[i]);
        if (is != NULL && (was == NULL || !covers(was, is)))
            TRY(add_break(c, p, keywords[i],
                          was == NULL ? N_("was not there before")
                                      : N_("allows less than before")));
    }
    return E_OK;
}

static err_t compare_required(struct comparison *c, const struct pair *p)
{
    const struct json *was = member(p->from, "required");
    const struct json *is = member(p->to, "required");
    for (size_t i = 0; is != NULL && i < json_count(is); i++) {
        if (was == NULL || !list_holds(was, json_at(is, i)))
            return add_break(c, p, "required", N_("a member is required that was not"));
    }
    return E_OK;
}

static bool is_false(const struct json *v)
{
    return v != NULL && json_type(v) == JSON_BOOL && !json_bool(v);
}

static bool is_object(const struct json *v)
{
    return v != NULL && json_type(v) == JSON_OBJECT;
}

static err_t pair_below(struct comparison *c, struct pair p, str_t name)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    if (p.from == NULL || p.to == NULL || c->n == SCHEMA_NODES_MAX)
        return E_OK;
    buf_init(&b, p.pointer.n + 2 * name.n + 1);
    buf_add(&b, p.pointer);
    json_pointer_add(&b, name);
    TRY(b.err);
    TRY(str_copy(c->a, buf_str(&b), &p.pointer));
    c->pairs[c->n++] = p;
    return E_OK;
}

static err_t pairs_of_map(struct comparison *c, struct pair map)
{
    struct json_pair *members = NULL;
    size_t n = 0;
    if (!is_object(map.from) || !is_object(map.to))
        return E_OK;
    TRY(json_members(c->a, map.to, &members, &n));
    for (size_t i = 0; i < n; i++) {
        struct pair p = { json_member(map.from, members[i].name), members[i].value, map.pointer };
        TRY(pair_below(c, p, members[i].name));
    }
    return E_OK;
}

static err_t pairs_of(struct comparison *c, const struct pair *p)
{
    str_t pointer;
    for (size_t i = 0; i < ARRAY_LEN(maps); i++) {
        TRY(str_format(c->a, &pointer, "%.*s/%s", STR_ARG(p->pointer), maps[i]));
        struct pair map = { member(p->from, maps[i]), member(p->to, maps[i]), pointer };
        TRY(pairs_of_map(c, map));
    }
    for (size_t i = 0; i < ARRAY_LEN(singles); i++) {
        if (is_false(member(p->to, singles[i])))
            continue; /* compare_closed() */
        struct pair one = { member(p->from, singles[i]), member(p->to, singles[i]), p->pointer };
        TRY(pair_below(c, one, str_from_cz(singles[i])));
    }
    return E_OK;
}

static err_t compare_closed(struct comparison *c, const struct pair *p)
{
    for (size_t i = 0; i < ARRAY_LEN(singles); i++) {
        bool closed = is_false(member(p->to, singles[i])) && !is_false(member(p->from, singles[i]));
        if (closed)
            TRY(add_break(c, p, singles[i], N_("what it does not name is not allowed any more")));
    }
    return E_OK;
}

static err_t compare_pair(struct comparison *c, const struct pair *p)
{
    if (is_false(p->to))
        return is_false(p->from) ? E_OK
                                 : add_break(c, p, "schema", N_("nothing is allowed any more"));
    if (is_false(p->from) || !is_object(p->to))
        return E_OK; /* everything now is more than before */
    TRY(compare_closed(c, p));
    TRY(compare_required(c, p));
    TRY(compare_sets(c, p));
    TRY(compare_rules(c, p));
    return pairs_of(c, p);
}

err_t schema_compare(struct arena *a, const struct json *from, const struct json *to,
                     struct schema_breaks *ret)
{
    struct comparison c = { .a = a, .breaks = ret };
    c.pairs = ARENA_ARRAY(a, struct pair, SCHEMA_NODES_MAX);
    if (c.pairs == NULL)
        return E_NO_MEMORY;
    c.pairs[c.n++] = (struct pair){ from, to, STR("") };
    for (size_t i = 0; i < c.n; i++) {
        const struct pair p = c.pairs[i];
        TRY(compare_pair(&c, &p));
    }
    return E_OK;
}
