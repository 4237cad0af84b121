/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forms and query strings. Oracles: whatever is taken was asked for once, is within its bounds and
 * is UTF-8 without NUL; a text that is encoded anew decodes to the same; a path that is our own
 * keeps a browser here.
 */
#include "api/redirect.h"
#include "api/shape.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

struct form {
    str_t a;
    str_t b;
    struct strs list;
    opt_i64_t number;
    bool box;
};

/* clang-format off */
static const struct field fields[] = {
    FIELD(struct form, a,      REQ, .min = 1, .max = 64),
    FIELD(struct form, b,      OPT, .max = 32, .text = TEXT_TOKEN),
    FIELD(struct form, list,   OPT, .max = 3),
    FIELD(struct form, number, OPT, .min = 0, .max = 9),
    FIELD(struct form, box,    OPT),
};
/* clang-format on */
static const struct shape shape = SHAPE(struct form, "Form", fields);

static void check_text(str_t s, size_t max)
{
    assert(s.n <= max);
    assert(s.n == 0 || memchr(s.p, '\0', s.n) == NULL);
    assert(str_is_utf8(s));
}

/* What was read, written as we write URLs, reads the same. */
static void check_again(struct arena *a, const struct form *f)
{
    struct buf b;
    str_t found = STR_NONE;
    buf_init(&b, KIB(1));
    url_add_param(&b, STR("a"), f->a);
    assert(b.err == E_OK);
    assert(form_find(a, str_sub(buf_str(&b), 1, b.n), STR("a"), NULL, &found) == E_OK);
    assert(str_eq(found, f->a));
    buf_fini(&b);
}

static void check_form(struct arena *a, str_t in, bool open)
{
    const struct form_rules rules = { .open = open, .no_empty = open, .skip = STR("csrf") };
    void *to = NULL;
    if (shape_decode_form(a, &shape, in, &rules, NULL, &to) != E_OK)
        return;
    const struct form *f = to;
    assert(f->a.n > 0);
    check_text(f->a, 64);
    check_text(f->b, 32);
    assert(f->list.n <= 3);
    assert(!f->number.set || (f->number.v >= 0 && f->number.v <= 9));
    check_again(a, f);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    str_t in = str_of(p, n);
    struct arena *a = arena_new(MIB(4));
    if (a == NULL)
        abort();
    check_form(a, in, false);
    check_form(a, in, true);
    if (own_path(in)) {
        assert(in.p[0] == '/' && (n < 2 || (in.p[1] != '/' && in.p[1] != '\\')));
        assert(memchr(in.p, '\\', n) == NULL && memchr(in.p, '\n', n) == NULL);
    }
    arena_free(a);
    return 0;
}
