/* SPDX-License-Identifier: Apache-2.0 */
#include "files/read.h"

static bool looks_like_a_number(str_t s)
{
    bool digits = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        digits = digits || (c >= '0' && c <= '9');
        if ((c < '0' || c > '9') && str_find(STR("+-.eE"), c) == STR("+-.eE").n)
            return false;
    }
    return digits;
}

struct json *yaml_scalar(const struct conf_node *n)
{
    struct json *v = NULL;
    str_t s = n->text;
    if (n->quoted)
        return json_new_string(s);
    bool word = str_eq(s, STR("true")) || str_eq(s, STR("false")) || str_eq(s, STR("null"));
    if (str_eq(s, STR("~")))
        return json_new_null();
    err_t e = word || looks_like_a_number(s) ? json_parse(s, NULL, &v) : E_BAD_JSON;
    if (e == E_OK || e == E_NO_MEMORY)
        return v;
    return json_new_string(s);
}

static struct json *value_of(const struct conf_node *n)
{
    switch (n->kind) {
    case CONF_NULL:
        return json_new_null();
    case CONF_SCALAR:
        return yaml_scalar(n);
    case CONF_MAP:
        return json_new_object();
    case CONF_LIST:
        return json_new_array();
    }
    return NULL;
}

/* A node stands before what is in it, so that one pass builds the whole; the first owns the rest.
 */
static err_t tree_of(const struct conf_file *f, struct json **made)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct conf_node *n = &f->nodes[i];
        made[i] = value_of(n);
        if (made[i] == NULL)
            return E_NO_MEMORY;
        if (i == 0)
            continue;
        bool map = f->nodes[n->parent].kind == CONF_MAP;
        TRY(map ? json_set(made[n->parent], n->name, made[i])
                : json_push(made[n->parent], made[i]));
    }
    return E_OK;
}

/* The nodes of a file, while they are put into the world. */
struct reading {
    struct arena *a;
    const struct conf_file *f;
    struct json **tree; /* of each node; the first owns the rest */
    struct json *world;
    struct diag *why;
};

static err_t check_members(const struct reading *r, const struct file_kind *k, size_t object)
{
    for (size_t i = object + 1; i < r->f->n; i++) {
        const struct conf_node *n = &r->f->nodes[i];
        if (n->parent == object && file_member_find(k, n->name) == NULL)
            return conf_refuse(r->f, n->name_at, r->why, "%s has no member '%.*s'", k->noun,
                               STR_ARG(n->name));
    }
    return E_OK;
}

static err_t object_name(const struct reading *r, const struct file_kind *k, size_t object,
                         str_t *ret)
{
    const struct conf_node *n = &r->f->nodes[object];
    *ret = n->name;
    if (!k->list)
        return E_OK;
    err_t e = k->row_name(r->a, r->tree[object], ret);
    return e == E_BAD_FIELD ? conf_refuse(r->f, n->at, r->why, "%s: want %s", k->noun, k->wants)
                            : e;
}

static err_t add_object(const struct reading *r, const struct file_kind *k, size_t object)
{
    const struct conf_node *n = &r->f->nodes[object];
    str_t name;
    if (n->kind != CONF_MAP && n->kind != CONF_NULL)
        return conf_refuse(r->f, n->at, r->why, "%s: want its members", k->noun);
    TRY(check_members(r, k, object));
    TRY(object_name(r, k, object, &name));
    if (world_object(r->world, k, name) != NULL)
        return conf_refuse(r->f, n->name_at, r->why, "%s '%.*s' stands in the files twice", k->noun,
                           STR_ARG(name));
    struct json *section = world_section(r->world, k);
    struct json *copy = n->kind == CONF_NULL ? json_new_object() : json_clone(r->tree[object]);
    if (section == NULL || copy == NULL) {
        json_free(copy);
        return E_NO_MEMORY;
    }
    return json_set(section, name, copy);
}

static err_t add_section(const struct reading *r, size_t section)
{
    const struct conf_node *n = &r->f->nodes[section];
    const struct file_kind *k = file_kind_find(n->name);
    if (k == NULL)
        return conf_refuse(r->f, n->name_at, r->why, "there is no section '%.*s'",
                           STR_ARG(n->name));
    if (n->kind == CONF_NULL)
        return E_OK;
    if (n->kind != (k->list ? CONF_LIST : CONF_MAP))
        return conf_refuse(r->f, n->at, r->why, "%s: want a %s", k->section,
                           k->list ? "list" : "mapping of names");
    for (size_t i = section + 1; i < r->f->n; i++) {
        if (r->f->nodes[i].parent == section)
            TRY(add_object(r, k, i));
    }
    return E_OK;
}

static err_t add_sections(const struct reading *r)
{
    for (size_t i = 1; i < r->f->n; i++) {
        if (r->f->nodes[i].parent == 0)
            TRY(add_section(r, i));
    }
    return E_OK;
}

err_t files_read(struct arena *a, const struct conf_file *f, struct json *world, struct diag *why)
{
    struct reading r = { .a = a, .f = f, .world = world, .why = why };
    r.tree = ARENA_ARRAY(a, struct json *, f->n);
    if (r.tree == NULL)
        return E_NO_MEMORY;
    err_t e = tree_of(f, r.tree);
    if (e == E_OK)
        e = add_sections(&r);
    json_free(r.tree[0]);
    return e;
}
