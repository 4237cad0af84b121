/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/schema_apply.h"

#include "domain/policy/config_schema.h"
#include "domain/policy/pointer.h"
#include "domain/policy/secret_scan.h"

enum { APPLY_SCRATCH_MAX = 16 * 1024 * 1024 };

/* A container of the copy that is being walked; the stack takes the place of recursion. */
struct copy_frame {
    struct json *v;
    const struct json_pair *members; /* NULL: an array */
    size_t at;
    size_t n;
    bool in_array;
};

struct copy_walk {
    struct arena *scratch;
    struct copy_frame stack[JSON_DEPTH_MAX + 1];
    size_t depth;
};

err_t schema_of_text(struct act *act, str_t text, enum schema_mode mode, struct schema **ret)
{
    CLEANUP(json_freep) struct json *doc = NULL;
    struct diag what = diag_like(&act->why);
    str_t field;
    TRY(json_parse(text, &act->why, &doc));
    err_t e = schema_compile(doc, mode, &what, ret);
    if (e != E_BAD_FIELD)
        return e;
    TRY(str_format(act->arena, &field, "/schema%s", what.field));
    return act_flaw(act, field, &what);
}

static err_t copy_enter(struct copy_walk *w, struct json *v, bool in_array)
{
    if (w->depth == ARRAY_LEN(w->stack))
        return E_CORRUPT; /* parsed text is never deeper (plat/json) */
    struct copy_frame f = { .v = v, .n = json_count(v), .in_array = in_array };
    struct json_pair *members = NULL;
    if (json_type(v) == JSON_OBJECT)
        TRY(json_members(w->scratch, v, &members, &f.n));
    f.members = members;
    w->stack[w->depth++] = f;
    return E_OK;
}

static bool is_container(const struct json *v)
{
    return json_type(v) == JSON_OBJECT || json_type(v) == JSON_ARRAY;
}

/* One value of the copy: a reference becomes a text, what is null in an object goes. */
static err_t copy_visit(struct copy_walk *w, const struct copy_frame *f, size_t i)
{
    bool array = f->members == NULL;
    struct json *v = array ? json_at_mut(f->v, i) : json_member_mut(f->v, f->members[i].name);
    if (secret_is_reference(v)) {
        struct json *text = json_new_string(STR("secret"));
        return array ? json_put(f->v, i, text) : json_set(f->v, f->members[i].name, text);
    }
    if (!array && !f->in_array && json_type(v) == JSON_NULL) {
        json_remove(f->v, f->members[i].name);
        return E_OK;
    }
    return is_container(v) ? copy_enter(w, v, f->in_array || array) : E_OK;
}

static err_t copy_walk(struct arena *scratch, struct json *root)
{
    struct copy_walk w = { .scratch = scratch };
    if (is_container(root))
        TRY(copy_enter(&w, root, json_type(root) == JSON_ARRAY));
    while (w.depth > 0) {
        struct copy_frame *f = &w.stack[w.depth - 1];
        if (f->at == f->n) {
            w.depth--;
            continue;
        }
        const struct copy_frame now = *f;
        TRY(copy_visit(&w, &now, f->at++));
    }
    return E_OK;
}

/* RFC 6901, through arrays too; NULL: nothing is there. */
static err_t value_at(struct arena *a, const struct json *at, str_t pointer, bool *ret_secret)
{
    str_t name;
    *ret_secret = false;
    while (at != NULL) {
        *ret_secret = secret_is_reference(at);
        TRY(pointer_next(a, &pointer, &name));
        if (name.p == NULL || *ret_secret)
            return E_OK;
        size_t i = 0;
        for (size_t k = 0; k < name.n && json_type(at) == JSON_ARRAY; k++)
            i = i * 10 + (size_t)(name.p[k] - '0');
        if (json_type(at) == JSON_ARRAY)
            at = i < json_count(at) ? json_at(at, i) : NULL;
        else
            at = json_type(at) == JSON_OBJECT ? json_member(at, name) : NULL;
    }
    return E_OK;
}

static err_t add_fault(struct arena *a, struct schema_faults *faults, str_t namespace,
                       const struct schema_fault *f)
{
    if (faults->n == SCHEMA_FAULTS_MAX)
        return E_OK;
    struct schema_fault *to = &faults->v[faults->n];
    TRY(str_format(a, &to->pointer, "%.*s%.*s", STR_ARG(namespace), STR_ARG(f->pointer)));
    TRY(str_copy(a, f->of, &to->of));
    to->keyword = f->keyword;
    to->message = f->message;
    faults->n++;
    return E_OK;
}

static err_t too_costly(struct schema_faults *faults)
{
    *faults = (struct schema_faults){ .n = 1 };
    faults->v[0] = (struct schema_fault){
        .pointer = STR(""),
        .keyword = "schema",
        .message = N_("too costly to check against its schema: make its patterns simpler"),
    };
    return E_OK;
}

static err_t apply_to(struct arena *a, const struct schema *s, str_t namespace,
                      const struct json *value, struct schema_faults *ret)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new(APPLY_SCRATCH_MAX);
    CLEANUP(json_freep) struct json *copy = json_clone(value);
    struct schema_faults faults;
    bool secret = false;
    if (scratch == NULL || copy == NULL)
        return E_NO_MEMORY;
    TRY(copy_walk(scratch, copy));
    err_t e = schema_validate(scratch, s, copy, &faults);
    if (e == E_TOO_BIG)
        e = too_costly(&faults);
    TRY(e);
    for (size_t i = 0; i < faults.n; i++) {
        TRY(value_at(scratch, value, faults.v[i].pointer, &secret));
        if (!secret) /* what it stands for is not known here */
            TRY(add_fault(a, ret, namespace, &faults.v[i]));
    }
    return E_OK;
}

err_t schema_apply(struct arena *a, const struct schema *s, str_t namespace,
                   const struct json *config, struct schema_faults *ret)
{
    const struct json *at = config;
    str_t rest = namespace;
    str_t name;
    for (;;) {
        str_t here = str_sub(namespace, 0, namespace.n - rest.n);
        TRY(pointer_next(a, &rest, &name));
        if (name.p == NULL)
            return apply_to(a, s, namespace, at, ret);
        if (json_type(at) != JSON_OBJECT)
            return add_fault(a, ret, here,
                             &(struct schema_fault){
                                 .pointer = STR(""),
                                 .keyword = "type",
                                 .message = N_("want an object: a schema describes what is in it"),
                             });
        at = json_member(at, name);
        if (at == NULL || json_type(at) == JSON_NULL)
            return E_OK; /* this layer does not speak of it, or takes it away */
    }
}

static err_t apply_all(struct act *act, const struct json *config, enum schema_mode mode,
                       struct schema_faults *ret)
{
    struct sql_config_schema_all_row *rows = NULL;
    size_t n = 0;
    TRY(sql_config_schema_all(act->db, act->arena,
                              &(struct sql_config_schema_all){ .org = act->org }, &rows, &n));
    ret->n = 0;
    for (size_t i = 0; i < n; i++) {
        CLEANUP(schema_freep) struct schema *s = NULL;
        err_t e = schema_of_text(act, rows[i].content, mode, &s);
        if (e == E_BAD_FIELD || e == E_BAD_JSON)
            return FAIL(&act->why, E_CORRUPT, "a stored schema is not what was written");
        TRY(e);
        TRY(schema_apply(act->arena, s, rows[i].namespace, config, ret));
    }
    return E_OK;
}

static err_t fault_say(struct arena *a, const struct schema_fault *f, struct diag *ret)
{
    str_t text;
    str_t said;
    TRY(schema_fault_want(a, f, NULL, &text));
    TRY(schema_fault_want(a, f, ret->messages, &said));
    (void)FAIL(ret, E_BAD_FIELD, "%.*s", STR_ARG(text));
    diag_say(ret, "%.*s", STR_ARG(said));
    return E_OK;
}

err_t content_obey_schemas(struct act *act, const struct json *content)
{
    struct schema_faults faults;
    str_t field;
    err_t e = E_OK;
    TRY(apply_all(act, content, SCHEMA_PART, &faults));
    for (size_t i = 0; i < faults.n; i++) {
        TRY(str_format(act->arena, &field, "/content%.*s", STR_ARG(faults.v[i].pointer)));
        struct diag want = diag_like(&act->why);
        TRY(fault_say(act->arena, &faults.v[i], &want));
        e = act_flaw(act, field, &want);
        if (e != E_BAD_FIELD)
            return e;
    }
    return e;
}

err_t schema_check_effective(struct act *act, const struct json *config, struct schema_faults *ret)
{
    return apply_all(act, config, SCHEMA_WHOLE, ret);
}
