/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/secret_scan.h"

#include "base/secret_name.h"
#include "domain/policy/secret_text.h"
#include "plat/json/secret_ref.h"

enum {
    SCAN_SCRATCH_MAX = 8 * 1024 * 1024, /* lists of members, decoded headers of JWTs */
    SCAN_POINTER_MAX = 1024 * 1024,
};

#define SECRET_MEMBER STR("$secret")

/* A container that is being walked; the stack of them takes the place of recursion. */
struct scan_frame {
    const struct json *array; /* NULL: an object */
    const struct json_pair *members;
    size_t at;
    size_t n;
    size_t pointer_n; /* of the container */
    bool telling;     /* a name above says that a secret stands here */
};

struct scan {
    struct arena *a;
    struct arena *scratch;
    struct secret_findings *found;
    struct secret_index index;
    struct buf pointer;
    struct scan_frame stack[JSON_DEPTH_MAX + 1];
    size_t depth;
};

bool secret_is_reference(const struct json *v)
{
    if (json_type(v) != JSON_OBJECT || json_count(v) != 1)
        return false;
    const struct json *name = json_member(v, SECRET_MEMBER);
    if (name == NULL || json_type(name) != JSON_STRING)
        return false;
    str_t text = json_string(name);
    if (str_starts(text, STR("vault:")))
        return text.n > 6;
    return secret_name_obeys(text);
}

/* Cut back to a whole step, so that what is shown is a pointer to something. */
static str_t pointer_shown(str_t pointer)
{
    if (pointer.n <= SECRET_POINTER_MAX)
        return pointer;
    pointer.n = SECRET_POINTER_MAX;
    while (pointer.n > 0 && pointer.p[pointer.n] != '/')
        pointer.n--;
    return pointer;
}

static err_t scan_found(struct scan *s, str_t pointer, const char *kind)
{
    if (s->found->n == SECRET_FINDINGS_MAX)
        return E_OK;
    struct secret_finding *f = &s->found->v[s->found->n];
    TRY(str_copy(s->a, pointer_shown(pointer), &f->pointer));
    f->kind = kind;
    s->found->n++;
    return E_OK;
}

static err_t scan_text(struct scan *s, str_t text, bool telling)
{
    const char *kind = NULL;
    TRY(secret_text_kind(s->scratch, &s->index, text, &kind));
    if (kind == NULL && telling && secret_text_is_random(text))
        kind = "a random-looking value under a name that tells of a secret";
    return kind != NULL ? scan_found(s, buf_str(&s->pointer), kind) : E_OK;
}

static err_t scan_enter(struct scan *s, const struct json *v, bool telling)
{
    if (s->depth == ARRAY_LEN(s->stack))
        return E_CORRUPT; /* parsed text is never deeper (plat/json) */
    struct scan_frame f = { .pointer_n = s->pointer.n, .telling = telling, .n = json_count(v) };
    struct json_pair *members = NULL;
    if (json_type(v) == JSON_ARRAY)
        f.array = v;
    else
        TRY(json_members(s->scratch, v, &members, &f.n));
    f.members = members;
    s->stack[s->depth++] = f;
    return E_OK;
}

static err_t scan_value(struct scan *s, const struct json *v, bool telling)
{
    enum json_type type = json_type(v);
    if (type == JSON_STRING)
        return scan_text(s, json_string(v), telling);
    if (type != JSON_ARRAY && type != JSON_OBJECT)
        return E_OK;
    if (!secret_is_reference(v))
        return scan_enter(s, v, telling);
    json_pointer_add(&s->pointer, SECRET_MEMBER);
    return scan_text(s, json_string(json_member(v, SECRET_MEMBER)), false);
}

static err_t scan_member(struct scan *s, const struct scan_frame *f, const struct json_pair *m)
{
    const char *kind = NULL;
    TRY(secret_text_kind(s->scratch, &s->index, m->name, &kind));
    if (kind != NULL) /* the pointer of what is below would show it */
        return scan_found(s, str_sub(buf_str(&s->pointer), 0, f->pointer_n), kind);
    bool telling = f->telling || secret_name_is(m->name, false);
    json_pointer_add(&s->pointer, m->name);
    return scan_value(s, m->value, telling && !secret_name_is_about(m->name));
}

static err_t scan_next(struct scan *s)
{
    struct scan_frame *f = &s->stack[s->depth - 1];
    s->pointer.n = f->pointer_n;
    if (f->at == f->n || s->found->n == SECRET_FINDINGS_MAX) {
        s->depth--;
        return E_OK;
    }
    size_t i = f->at++;
    if (f->array == NULL)
        return scan_member(s, f, &f->members[i]);
    buf_addf(&s->pointer, "/%zu", i);
    return scan_value(s, json_at(f->array, i), f->telling);
}

err_t secret_scan(struct arena *a, const struct json *root, struct secret_findings *ret)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new(SCAN_SCRATCH_MAX);
    struct secret_findings found = { .n = 0 };
    struct scan *s = scratch != NULL ? ARENA_NEW(scratch, struct scan) : NULL;
    if (s == NULL)
        return E_NO_MEMORY;
    s->a = a;
    s->scratch = scratch;
    s->found = &found;
    secret_index_init(&s->index);
    buf_init(&s->pointer, SCAN_POINTER_MAX);
    err_t e = scan_value(s, root, false);
    while (e == E_OK && s->depth > 0) {
        e = scan_next(s);
        if (e == E_OK)
            e = s->pointer.err;
    }
    buf_fini(&s->pointer);
    if (e == E_OK)
        *ret = found;
    return e;
}
