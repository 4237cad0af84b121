/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/json/schema.h"

#include "base/fault.h"
#include "plat/json/jansson_api.h"
#include "plat/json/schema_core.h"
#include "plat/json/schema_nodes.h"

enum { SCHEMA_ARENA_MAX = 16 * 1024 * 1024, WANT_MAX = 200 };

struct schema {
    struct schema_core *core;
};

/* What the library says, by the beginning of its sentence. Without a keyword: only that something
 * below is wrong, which is said there. Without
 * `want` its sentence stands. */
static const struct {
    const char *begins;
    const char *keyword;
    const char *want;
} sentences[] = {
    { "Array contains more items than allowed", "additionalItems", N_("want fewer elements") },
    { "Array should contain", "maxItems", NULL },
    { "Cannot validate item", "additionalItems", N_("want fewer elements") },
    { "Elements at indexes", "uniqueItems", NULL },
    { "Expected number less", "maximum", NULL },
    { "Expected number greater", "minimum", NULL },
    { "Failed to any values", "contains", N_("want an element that is as the schema wants") },
    { "Failed to match against any enum", "enum",
      N_("want one of the values that the schema lists") },
    { "Failed to match expected value", "const", N_("want the one value that the schema gives") },
    { "Failed to match regex", "pattern",
      N_("want a text of the form (pattern or format) of the schema") },
    { "Failed to validate against a conditional", NULL, NULL },
    { "Failed to validate against any schemas", "anyOf", N_("want at least one of several forms") },
    { "Failed to validate against any child", "oneOf", N_("want one of several forms") },
    { "Failed to validate against exactly", "oneOf", N_("want exactly one of several forms") },
    { "Failed to validate", NULL, NULL },
    { "Missing dependency", "dependencies", NULL },
    { "Missing required", "required", NULL },
    { "Object contains a property", "additionalProperties", NULL },
    { "Object should have", "maxProperties", NULL },
    { "String should be no fewer", "minLength", NULL },
    { "String should be no more", "maxLength", NULL },
    { "Target should not", "not", N_("want a value that is not of that form") },
    { "Target value and comparison", NULL, NULL },
    { "Value could not be", "multipleOf", N_("want a number") },
    { "Value should be a multiple", "multipleOf", NULL },
    { "Value type not permitted", "type", N_("want a value of another type") },
};

bool schema_core_fault(void)
{
    return fault_here();
}

static err_t end_error(enum schema_end end, const char *said, struct diag *why)
{
    switch (end) {
    case SCHEMA_END_DONE:
        return E_OK;
    case SCHEMA_END_NO_MEMORY:
        return E_NO_MEMORY;
    case SCHEMA_END_STEPS:
        return diag_set_field(why, E_BAD_FIELD, "", "the schema is too large to be read");
    case SCHEMA_END_REFUSED:
        return diag_set_field(why, E_BAD_FIELD, "", "a keyword is not used as specified: %s", said);
    }
    return E_INTERNAL;
}

/* The copy that the library reads; its schemas are found, checked and rewritten. */
static err_t copy_prepared(struct arena *a, const struct json *doc, str_t refs,
                           str_t refs_of_arrays, struct diag *why, struct json **ret)
{
    CLEANUP(json_freep) struct json *copy = json_clone(doc);
    CLEANUP(json_freep) struct json *dropped = json_new_array();
    struct schema_nodes *nodes = NULL;
    if (copy == NULL || dropped == NULL)
        return E_NO_MEMORY;
    TRY(schema_nodes_find(a, copy, why, &nodes));
    nodes->dropped = dropped;
    TRY(schema_move_refs(nodes, refs, refs_of_arrays));
    if (!str_eq(refs, refs_of_arrays))
        TRY(schema_make_part(nodes));
    TRY(schema_prepare(nodes));
    *ret = copy;
    copy = NULL;
    return E_OK;
}

/* {"whole":{...},"part":{...},"$ref":"#/part"} */
static err_t copy_of_part(struct arena *a, const struct json *doc, struct diag *why,
                          struct json **ret)
{
    CLEANUP(json_freep) struct json *root = json_new_object();
    struct json *whole = NULL;
    struct json *part = NULL;
    if (root == NULL)
        return E_NO_MEMORY;
    TRY(copy_prepared(a, doc, STR("/whole"), STR("/whole"), why, &whole));
    TRY(json_set(root, STR("whole"), whole));
    TRY(copy_prepared(a, doc, STR("/part"), STR("/whole"), why, &part));
    TRY(json_set(root, STR("part"), part));
    TRY(json_set(root, STR("$ref"), json_new_string(STR("#/part"))));
    *ret = root;
    root = NULL;
    return E_OK;
}

err_t schema_compile(const struct json *doc, enum schema_mode mode, struct diag *why,
                     struct schema **ret)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(SCHEMA_ARENA_MAX);
    CLEANUP(json_freep) struct json *copy = NULL;
    if (a == NULL)
        return E_NO_MEMORY;
    if (mode == SCHEMA_WHOLE || json_type(doc) != JSON_OBJECT)
        TRY(copy_prepared(a, doc, STR(""), STR(""), why, &copy));
    else
        TRY(copy_of_part(a, doc, why, &copy));
    struct schema *s = fault_here() ? NULL : calloc(1, sizeof *s);
    if (s == NULL)
        return E_NO_MEMORY;
    char said[SCHEMA_WHY_MAX] = "";
    enum schema_end end = schema_core_new(jansson_of(copy), SCHEMA_STEPS_MAX, said, &s->core);
    err_t e = end_error(end, said, why);
    if (e != E_OK) {
        schema_free(s);
        return e;
    }
    *ret = s;
    return E_OK;
}

void schema_free(struct schema *s)
{
    if (s == NULL)
        return;
    schema_core_free(s->core);
    free(s);
}

struct hearing {
    struct arena *a;
    struct schema_faults *faults;
    struct schema_fault parent; /* the first that only says that something is wrong */
    err_t err;
};

static bool is_known(const struct schema_faults *faults, const struct schema_fault *f)
{
    for (size_t i = 0; i < faults->n; i++) {
        if (str_eq(faults->v[i].pointer, f->pointer) && str_eq(faults->v[i].want, f->want))
            return true;
    }
    return false;
}

static bool hear(void *arg, const char *pointer, size_t pointer_n, const char *text)
{
    struct hearing *h = arg;
    str_t said = str_from_cz(text);
    if (str_ends(said, STR(".000000"))) /* the library shows a whole bound as a real */
        said.n -= sizeof ".000000" - 1;
    const char *want = NULL;
    struct schema_fault f = { .keyword = "schema" };
    for (size_t i = 0; i < ARRAY_LEN(sentences); i++) {
        if (!str_starts(said, str_from_cz(sentences[i].begins)))
            continue;
        f.keyword = sentences[i].keyword;
        want = sentences[i].want;
        break;
    }
    h->err = str_copy(h->a, str_of(pointer, pointer_n), &f.pointer);
    if (h->err == E_OK && want != NULL)
        h->err = str_copy(h->a, str_from_cz(want), &f.want);
    else if (h->err == E_OK)
        h->err = str_copy(h->a, str_sub(said, 0, WANT_MAX), &f.want);
    if (h->err != E_OK)
        return false;
    if (f.keyword == NULL) {
        f.keyword = "schema";
        h->parent = h->parent.keyword == NULL ? f : h->parent;
        return true;
    }
    if (!is_known(h->faults, &f))
        h->faults->v[h->faults->n++] = f;
    return h->faults->n < SCHEMA_FAULTS_MAX;
}

err_t schema_validate(struct arena *a, const struct schema *s, const struct json *value,
                      struct schema_faults *ret)
{
    struct schema_faults faults = { .n = 0 };
    struct hearing h = { .a = a, .faults = &faults };
    bool valid = false;
    enum schema_end end =
        schema_core_check(s->core, jansson_of(value), SCHEMA_STEPS_MAX, hear, &h, &valid);
    if (end == SCHEMA_END_NO_MEMORY)
        return E_NO_MEMORY;
    if (end != SCHEMA_END_DONE)
        return E_TOO_BIG;
    TRY(h.err);
    if (!valid && faults.n == 0) {
        if (h.parent.keyword == NULL)
            h.parent =
                (struct schema_fault){ STR(""), "schema", STR(N_("nothing is allowed here")) };
        faults.v[faults.n++] = h.parent;
    }
    *ret = faults;
    return E_OK;
}
