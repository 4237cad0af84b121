/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets in texts and in configurations. Oracles: what is found in a text is found in the same
 * text between brackets too; each finding points to something that exists.
 */
#include "domain/policy/pointer.h"
#include "domain/policy/secret_scan.h"
#include "domain/policy/secret_text.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void check_text(struct arena *a, str_t text)
{
    struct secret_index ix;
    struct buf b;
    const char *kind = NULL;
    const char *again = NULL;
    secret_index_init(&ix);
    err_t e = secret_text_kind(a, &ix, text, &kind);
    buf_init(&b, text.n + 2);
    BUF_ADD(&b, "(");
    buf_add(&b, text);
    BUF_ADD(&b, ")");
    assert(b.err == E_OK);
    if (e == E_OK)
        e = secret_text_kind(a, &ix, buf_str(&b), &again);
    assert(e == E_OK || e == E_NO_MEMORY);
    assert(e != E_OK || kind == NULL || again != NULL);
    (void)secret_text_is_random(text);
    buf_fini(&b);
}

/* One step of a pointer, through arrays as well. */
static const struct json *step(const struct json *v, str_t name)
{
    if (json_type(v) == JSON_OBJECT)
        return json_member(v, name);
    size_t i = 0;
    for (size_t k = 0; k < name.n; k++)
        i = i * 10 + (size_t)(name.p[k] - '0');
    return json_type(v) == JSON_ARRAY && i < json_count(v) ? json_at(v, i) : NULL;
}

static void check_finding(struct arena *a, const struct json *root, const struct secret_finding *f)
{
    str_t rest = f->pointer;
    str_t name;
    assert(f->kind != NULL);
    assert(f->pointer.n <= SECRET_POINTER_MAX);
    for (const struct json *at = root;;) {
        err_t e = pointer_next(a, &rest, &name);
        assert(e == E_OK);
        if (name.p == NULL)
            return;
        at = step(at, name);
        assert(at != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct arena *a = arena_new(MIB(4));
    struct json *v = NULL;
    struct secret_findings found = { .n = 0 };
    if (a == NULL || n > KIB(64)) {
        arena_free(a);
        return 0;
    }
    check_text(a, str_of(p, n));
    if (json_parse(str_of(p, n), NULL, &v) == E_OK && secret_scan(a, v, &found) == E_OK) {
        assert(found.n <= SECRET_FINDINGS_MAX);
        for (size_t i = 0; i < found.n; i++)
            check_finding(a, v, &found.v[i]);
    }
    json_free(v);
    arena_free(a);
    return 0;
}
