/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/json/schema_nodes.h"

#include "plat/json/jansson_api.h"
#include "plat/json/schema_core.h"

#include <assert.h>

/* To a schema leads the one that it stands in, and to its target each $ref. */
enum { EDGES_MAX = 2 * SCHEMA_NODES_MAX };

static const struct {
    const char *name;
    enum keyword_kind kind;
} keywords[] = {
#define KEYWORD(name, kind) { name, kind },
#include "plat/json/schema_keywords.def"
#undef KEYWORD
};

/* The drafts that are read, with and without the empty fragment. */
static const struct {
    const char *uri;
    bool new_draft;
} drafts[] = {
    { "http://json-schema.org/draft-04/schema", false },
    { "http://json-schema.org/draft-06/schema", false },
    { "http://json-schema.org/draft-07/schema", false },
    { "https://json-schema.org/draft/2019-09/schema", true },
    { "https://json-schema.org/draft/2020-12/schema", true },
};

enum keyword_kind schema_keyword_kind(str_t name)
{
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++) {
        if (str_eq(name, str_from_cz(keywords[i].name)))
            return keywords[i].kind;
    }
    return PLAIN;
}

static err_t refuse(struct diag *why, str_t pointer, const char *what)
{
    char field[DIAG_FIELD_MAX];
    (void)snprintf(field, sizeof field, "%.*s", STR_ARG(pointer)); /* cut off where too long */
    return diag_set_field(why, E_BAD_FIELD, field, "%s", what);
}

static err_t pointer_below(struct arena *a, str_t pointer, str_t name, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, pointer.n + 2 * name.n + 1);
    buf_add(&b, pointer);
    json_pointer_add(&b, name);
    TRY(b.err);
    return str_copy(a, buf_str(&b), ret);
}

struct search {
    struct schema_nodes *nodes;
    struct diag *why;
    size_t at; /* the node whose members are looked at */
};

/* `v` is a schema. `here`: for the same value as the node at hand. */
static err_t found(struct search *s, const struct json *v, str_t pointer, bool here, bool in_array)
{
    struct schema_nodes *nodes = s->nodes;
    if (json_type(v) == JSON_BOOL)
        return E_OK;
    if (json_type(v) != JSON_OBJECT)
        return refuse(s->why, pointer, N_("a schema is an object, true or false"));
    if (nodes->n == SCHEMA_NODES_MAX)
        return refuse(s->why, pointer, N_("more than 500 schemas stand in this one"));
    if (here)
        nodes->here[nodes->here_n++] = (struct schema_edge){ s->at, nodes->n };
    nodes->v[nodes->n++] = (struct schema_node){ .v = jansson_wrap(jansson_of(v)),
                                                 .pointer = pointer,
                                                 .in_array = in_array };
    return E_OK;
}

static err_t found_list(struct search *s, const struct json *list, str_t pointer, bool here,
                        bool in_array)
{
    str_t below;
    if (json_type(list) != JSON_ARRAY || json_count(list) == 0)
        return refuse(s->why, pointer, N_("want a list of schemas"));
    for (size_t i = 0; i < json_count(list); i++) {
        TRY(str_format(s->nodes->a, &below, "%.*s/%zu", STR_ARG(pointer), i));
        TRY(found(s, json_at(list, i), below, here, in_array));
    }
    return E_OK;
}

static err_t found_map(struct search *s, const struct json *map, str_t pointer, bool here,
                       bool in_array)
{
    struct json_pair *pairs = NULL;
    size_t n = 0;
    str_t below;
    if (json_type(map) != JSON_OBJECT)
        return refuse(s->why, pointer, N_("want an object of schemas"));
    TRY(json_members(s->nodes->a, map, &pairs, &n));
    for (size_t i = 0; i < n; i++) {
        if (here && json_type(pairs[i].value) == JSON_ARRAY)
            continue; /* `dependencies` with names */
        TRY(pointer_below(s->nodes->a, pointer, pairs[i].name, &below));
        TRY(found(s, pairs[i].value, below, here, in_array));
    }
    return E_OK;
}

static err_t check_pattern(struct search *s, str_t pattern, str_t pointer)
{
    if (str_find(pattern, '\0') < pattern.n ||
        schema_core_pattern(pattern.p, pattern.n) != SCHEMA_END_DONE)
        return refuse(s->why, pointer,
                      N_("the pattern is no regular expression that is understood"));
    return E_OK;
}

static err_t check_patterns(struct search *s, const struct json *map, str_t pointer)
{
    struct json_pair *pairs = NULL;
    size_t n = 0;
    if (json_type(map) != JSON_OBJECT)
        return E_OK; /* found_map() says so */
    TRY(json_members(s->nodes->a, map, &pairs, &n));
    for (size_t i = 0; i < n; i++)
        TRY(check_pattern(s, pairs[i].name, pointer));
    return E_OK;
}

static err_t check_required(struct search *s, const struct json *list, str_t pointer)
{
    bool texts = json_type(list) == JSON_ARRAY;
    for (size_t i = 0; texts && i < json_count(list); i++)
        texts = json_type(json_at(list, i)) == JSON_STRING;
    return texts ? E_OK : refuse(s->why, pointer, N_("want a list of names"));
}

/* What the library takes without a look, and must not. */
static err_t check_plain(struct search *s, const struct json_pair *m, str_t pointer)
{
    bool root = s->at == 0;
    if (str_eq(m->name, STR("pattern")) && json_type(m->value) == JSON_STRING)
        return check_pattern(s, json_string(m->value), pointer);
    if (str_eq(m->name, STR("required")))
        return check_required(s, m->value, pointer);
    if (str_eq(m->name, STR("multipleOf")) && json_type(m->value) == JSON_INT &&
        json_int(m->value) <= 0)
        return refuse(s->why, pointer, N_("want a number over 0"));
    if (!root && (str_eq(m->name, STR("$id")) || str_eq(m->name, STR("$schema"))))
        return refuse(s->why, pointer, N_("this stands at the root of a schema only"));
    return E_OK;
}

static err_t look_at(struct search *s, const struct json_pair *m)
{
    const struct schema_node node = s->nodes->v[s->at];
    enum keyword_kind kind = schema_keyword_kind(m->name);
    str_t pointer;
    TRY(pointer_below(s->nodes->a, node.pointer, m->name, &pointer));
    if (str_eq(m->name, STR("patternProperties")))
        TRY(check_patterns(s, m->value, pointer));
    switch (kind) {
    case HERE:
        return found(s, m->value, pointer, true, node.in_array);
    case HERE_LIST:
        return found_list(s, m->value, pointer, true, node.in_array);
    case HERE_MAP:
        return found_map(s, m->value, pointer, true, node.in_array);
    case BELOW:
        return found(s, m->value, pointer, false, node.in_array);
    case BELOW_ARRAY:
        return found(s, m->value, pointer, false, true);
    case BELOW_ITEMS:
        if (json_type(m->value) == JSON_ARRAY)
            return found_list(s, m->value, pointer, false, true);
        return found(s, m->value, pointer, false, true);
    case BELOW_MAP:
    case POOL:
        return found_map(s, m->value, pointer, false, node.in_array);
    case REFUSED:
        return refuse(s->why, pointer, N_("this keyword is not supported: leave it out"));
    case REF:
        return E_OK; /* when all schemas are known */
    case PLAIN:
        return check_plain(s, m, pointer);
    }
    return E_INTERNAL;
}

static err_t look_at_node(struct search *s)
{
    struct json_pair *pairs = NULL;
    size_t n = 0;
    const struct json *v = s->nodes->v[s->at].v;
    TRY(json_members(s->nodes->a, v, &pairs, &n));
    bool closed = !s->nodes->new_draft && json_member(v, STR("$ref")) != NULL;
    for (size_t i = 0; i < n; i++) {
        bool pool = schema_keyword_kind(pairs[i].name) == POOL;
        if (closed && !pool && !str_eq(pairs[i].name, STR("$ref")))
            continue; /* draft 7, section 8.3: ignored beside $ref */
        TRY(look_at(s, &pairs[i]));
    }
    return E_OK;
}

static err_t read_draft(struct search *s, const struct json *doc)
{
    const struct json *v = json_type(doc) == JSON_OBJECT ? json_member(doc, STR("$schema")) : NULL;
    s->nodes->new_draft = true;
    if (v == NULL)
        return E_OK;
    str_t uri = json_type(v) == JSON_STRING ? json_string(v) : STR("");
    if (str_ends(uri, STR("#")))
        uri.n--;
    for (size_t i = 0; i < ARRAY_LEN(drafts); i++) {
        if (!str_eq(uri, str_from_cz(drafts[i].uri)))
            continue;
        s->nodes->new_draft = drafts[i].new_draft;
        return E_OK;
    }
    return refuse(s->why, STR("/$schema"),
                  N_("want http://json-schema.org/draft-07/schema# or "
                     "https://json-schema.org/draft/2020-12/schema"));
}

/* References are "#" or "#/..." in plain steps: what the library would read in another way than we
 * do is refused. */
static err_t check_ref_text(struct search *s, str_t ref, str_t pointer)
{
    if (ref.n == 0 || ref.p[0] != '#')
        return refuse(s->why, pointer,
                      N_("a $ref stays in its schema and begins with '#': nothing is "
                         "fetched"));
    bool plain = ref.n == 1 || ref.p[1] == '/';
    for (size_t i = 1; i < ref.n; i++) {
        bool empty = ref.p[i] == '/' && (i + 1 == ref.n || ref.p[i + 1] == '/');
        if (ref.p[i] == '%' || empty)
            plain = false;
    }
    if (!plain)
        return refuse(s->why, pointer,
                      N_("want # or #/ and a JSON Pointer without % and empty steps"));
    return E_OK;
}

static err_t resolve_ref(struct search *s, struct schema_node *node)
{
    struct schema_nodes *nodes = s->nodes;
    const struct json *v = json_member(node->v, STR("$ref"));
    str_t pointer;
    if (v == NULL)
        return E_OK;
    TRY(pointer_below(nodes->a, node->pointer, STR("$ref"), &pointer));
    if (json_type(v) != JSON_STRING)
        return refuse(s->why, pointer, N_("want a text"));
    str_t ref = json_string(v);
    TRY(check_ref_text(s, ref, pointer));
    ref = str_sub(ref, 1, ref.n - 1);
    for (size_t i = 0; i < nodes->n && node->target == 0; i++) {
        if (str_eq(nodes->v[i].pointer, ref))
            node->target = i + 1;
    }
    if (node->target == 0)
        return refuse(s->why, pointer,
                      N_("there is no schema (true and false do not count) at its end"));
    assert(nodes->here_n < EDGES_MAX);
    nodes->here[nodes->here_n++] =
        (struct schema_edge){ (size_t)(node - nodes->v), node->target - 1 };
    return E_OK;
}

/* Schemas for one value that lead to one another must end, soon: in order, each after all that
 * lead to it; what is left over leads to itself. */
static err_t check_chains(struct search *s)
{
    struct schema_nodes *nodes = s->nodes;
    size_t *open = ARENA_ARRAY(nodes->a, size_t, nodes->n);
    size_t *length = ARENA_ARRAY(nodes->a, size_t, nodes->n);
    size_t *queue = ARENA_ARRAY(nodes->a, size_t, nodes->n);
    size_t queue_n = 0;
    if (open == NULL || length == NULL || queue == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < nodes->here_n; i++)
        open[nodes->here[i].to]++;
    for (size_t i = 0; i < nodes->n; i++) {
        if (open[i] == 0)
            queue[queue_n++] = i;
    }
    for (size_t at = 0; at < queue_n; at++) {
        for (size_t i = 0; i < nodes->here_n; i++) {
            size_t to = nodes->here[i].to;
            if (nodes->here[i].from != queue[at])
                continue;
            length[to] = length[queue[at]] + 1 > length[to] ? length[queue[at]] + 1 : length[to];
            if (length[to] > SCHEMA_CHAIN_MAX)
                return refuse(s->why, nodes->v[to].pointer,
                              N_("more than 32 $ref, allOf and their like lead here"));
            if (--open[to] == 0)
                queue[queue_n++] = to;
        }
    }
    for (size_t i = 0; i < nodes->n; i++) {
        if (open[i] > 0)
            return refuse(s->why, nodes->v[i].pointer,
                          N_("this schema leads back to itself for the same value"));
    }
    return E_OK;
}

err_t schema_nodes_find(struct arena *a, struct json *doc, struct diag *why,
                        struct schema_nodes **ret)
{
    struct schema_nodes *nodes = ARENA_NEW(a, struct schema_nodes);
    struct search s = { .nodes = nodes, .why = why };
    if (nodes == NULL)
        return E_NO_MEMORY;
    nodes->a = a;
    nodes->here = ARENA_ARRAY(a, struct schema_edge, EDGES_MAX);
    if (nodes->here == NULL)
        return E_NO_MEMORY;
    TRY(read_draft(&s, doc));
    TRY(found(&s, doc, STR(""), false, false));
    for (; s.at < nodes->n; s.at++)
        TRY(look_at_node(&s));
    for (size_t i = 0; i < nodes->n; i++)
        TRY(resolve_ref(&s, &nodes->v[i]));
    TRY(check_chains(&s));
    *ret = nodes;
    return E_OK;
}
