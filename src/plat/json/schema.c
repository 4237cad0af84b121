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

/* The bound, or the name, that is in a sentence of the library. */
enum inner { NONE, BOUND, NAME };

/* What the library says, by the beginning of its sentence. Without a keyword: only that something
 * below is wrong, which is said there. */
/* clang-format off */
static const struct {
    const char *begins;
    const char *keyword;
    enum inner inner;
    const char *message;
} sentences[] = {
    { "Array contains more items than allowed", "additionalItems", NONE, N_("want fewer elements") },
    { "Array should contain no more than ", "maxItems", BOUND, N_("want at most %.*s elements") },
    { "Array should contain no fewer than ", "minItems", BOUND, N_("want at least %.*s elements") },
    { "Cannot validate item", "additionalItems", NONE, N_("want fewer elements") },
    { "Elements at indexes", "uniqueItems", NONE, N_("want no element twice") },
    { "Expected number less than or equal to ", "maximum", BOUND, N_("want a number, at most %.*s") },
    { "Expected number less than ", "exclusiveMaximum", BOUND, N_("want a number less than %.*s") },
    { "Expected number greater than or equal to ", "minimum", BOUND, N_("want a number, at least %.*s") },
    { "Expected number greater than ", "exclusiveMinimum", BOUND, N_("want a number greater than %.*s") },
    { "Failed to any values", "contains", NONE, N_("want an element that is as the schema wants") },
    { "Failed to match against any enum", "enum", NONE, N_("want one of the values that the schema lists") },
    { "Failed to match expected value", "const", NONE, N_("want the one value that the schema gives") },
    { "Failed to match regex", "pattern", NONE, N_("want a text of the form (pattern or format) of the schema") },
    { "Failed to validate against a conditional", NULL, NONE, NULL },
    { "Failed to validate against any schemas", "anyOf", NONE, N_("want at least one of several forms") },
    { "Failed to validate against any child", "oneOf", NONE, N_("want one of several forms") },
    { "Failed to validate against exactly", "oneOf", NONE, N_("want exactly one of several forms") },
    { "Failed to validate", NULL, NONE, NULL },
    { "Missing dependency ", "dependencies", NAME, N_("what stands here wants the member %.*s too") },
    { "Missing required property ", "required", NAME, N_("the member %.*s is needed") },
    { "Object contains a property that could not be validated using 'properties' or 'additionalProperties' constraints: ",
      "additionalProperties", NAME, N_("the member %.*s is not one of the schema's") },
    { "Object should have no more than ", "maxProperties", BOUND, N_("want at most %.*s members") },
    { "Object should have no fewer than ", "minProperties", BOUND, N_("want at least %.*s members") },
    { "String should be no fewer than ", "minLength", BOUND, N_("want at least %.*s characters") },
    { "String should be no more than ", "maxLength", BOUND, N_("want at most %.*s characters") },
    { "Target should not", "not", NONE, N_("want a value that is not of that form") },
    { "Target value and comparison", NULL, NONE, NULL },
    { "Value could not be", "multipleOf", NONE, N_("want a number") },
    { "Value should be a multiple of ", "multipleOf", BOUND, N_("want a multiple of %.*s") },
    { "Value type not permitted", "type", NONE, N_("want a value of another type") },
};
/* clang-format on */

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
        const struct schema_fault *of = &faults->v[i];
        if (str_eq(of->pointer, f->pointer) && of->message == f->message && str_eq(of->of, f->of))
            return true;
    }
    return false;
}

/* "... than 3 elements." behind what the row begins with; "... 'name'." */
static str_t inner_of(enum inner inner, str_t behind)
{
    if (inner == NONE)
        return STR("");
    if (inner == BOUND)
        return str_sub(behind, 0, str_find(behind, ' '));
    size_t from = str_find(behind, '\'') + 1;
    size_t end = behind.n;
    while (end > from && behind.p[end - 1] != '\'')
        end--;
    return end > from ? str_sub(behind, from, end - 1 - from) : STR("");
}

/* A sentence that no row has stands as it is. */
static struct schema_fault fault_of(str_t said)
{
    for (size_t i = 0; i < ARRAY_LEN(sentences); i++) {
        str_t begins = str_from_cz(sentences[i].begins);
        if (!str_starts(said, begins))
            continue;
        return (struct schema_fault){ .keyword = sentences[i].keyword,
                                      .message = sentences[i].message,
                                      .of = inner_of(sentences[i].inner,
                                                     str_sub(said, begins.n, said.n)) };
    }
    return (struct schema_fault){ .keyword = "schema", .message = "%.*s", .of = said };
}

static bool hear(void *arg, const char *pointer, size_t pointer_n, const char *text)
{
    struct hearing *h = arg;
    str_t said = str_from_cz(text);
    if (str_ends(said, STR(".000000"))) /* the library shows a whole bound as a real */
        said.n -= sizeof ".000000" - 1;
    struct schema_fault f = fault_of(said);
    h->err = str_copy(h->a, str_of(pointer, pointer_n), &f.pointer);
    if (h->err == E_OK)
        h->err = str_copy(h->a, str_clip(f.of, WANT_MAX), &f.of);
    if (h->err != E_OK)
        return false;
    if (f.keyword == NULL) {
        f.keyword = "schema";
        f.message = N_("want a value that the schema allows");
        h->parent = h->parent.keyword == NULL ? f : h->parent;
        return true;
    }
    if (!is_known(h->faults, &f))
        h->faults->v[h->faults->n++] = f;
    return h->faults->n < SCHEMA_FAULTS_MAX;
}

err_t schema_fault_want(struct arena *a, const struct schema_fault *f, const struct messages *in,
                        str_t *ret)
{
    static const char hole[] = "%.*s";
    const char *message = message_in(in, f->message);
    const char *at = strstr(message, hole);
    if (at == NULL)
        return str_copy(a, str_from_cz(message), ret);
    return str_format(a, ret, "%.*s%.*s%s", (int)(at - message), message, STR_ARG(f->of),
                      at + sizeof hole - 1);
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
            h.parent = (struct schema_fault){ .pointer = STR(""),
                                              .keyword = "schema",
                                              .message = N_("nothing is allowed here") };
        faults.v[faults.n++] = h.parent;
    }
    *ret = faults;
    return E_OK;
}
