/* SPDX-License-Identifier: Apache-2.0 */
/* QR codes: what the standard fixes in every symbol stands where it must, and both pictures show
 * the same modules. */
#include "base/fault.h"
#include "plat/crypto/qr.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { FINDER = 7 };

static struct arena *arena;

static bool dark(const struct qr *q, size_t x, size_t y)
{
    return q->modules[y * q->side + x];
}

/* ISO/IEC 18004 section 6.3.3: a ring, a gap and a core in three corners. */
static void check_finder(const struct qr *q, size_t left, size_t top)
{
    for (size_t y = 0; y < FINDER; y++) {
        for (size_t x = 0; x < FINDER; x++) {
            bool ring = x == 0 || y == 0 || x == FINDER - 1 || y == FINDER - 1;
            bool core = x >= 2 && x <= 4 && y >= 2 && y <= 4;
            assert_int_equal(dark(q, left + x, top + y), ring || core);
        }
    }
}

static void test_symbol(void **state)
{
    (void)state;
    struct qr q;
    assert_int_equal(qr_make(arena, STR("otpauth://totp/Seneschal:anna?secret=GEZDGNBV"), &q),
                     E_OK);
    assert_true(q.side >= 21 && (q.side - 21) % 4 == 0);
    check_finder(&q, 0, 0);
    check_finder(&q, q.side - FINDER, 0);
    check_finder(&q, 0, q.side - FINDER);
    for (size_t i = FINDER + 1; i < q.side - FINDER - 1; i++) /* timing patterns */
        assert_int_equal(dark(&q, i, FINDER - 1), i % 2 == 0);
}

static void test_size(void **state)
{
    (void)state;
    static char long_text[QR_TEXT_MAX + 1];
    struct qr q;
    memset(long_text, 'a', sizeof long_text);
    assert_int_equal(qr_make(arena, str_of(long_text, QR_TEXT_MAX), &q), E_OK);
    assert_int_equal(qr_make(arena, str_of(long_text, QR_TEXT_MAX + 1), &q), E_TOO_BIG);
    assert_int_equal(qr_make(arena, STR(""), &q), E_TOO_BIG);
}

/* The dark modules that the path of the picture draws: the sum of its runs. */
static size_t svg_dark(str_t svg)
{
    size_t sum = 0;
    for (size_t i = 0; i + 1 < svg.n; i++) {
        if (svg.p[i] != 'h' || svg.p[i + 1] < '0' || svg.p[i + 1] > '9')
            continue;
        size_t run = 0;
        for (i++; svg.p[i] >= '0' && svg.p[i] <= '9'; i++)
            run = 10 * run + (size_t)(svg.p[i] - '0');
        if (svg.p[i] == 'v')
            sum += run;
    }
    return sum;
}

static void test_pictures(void **state)
{
    (void)state;
    struct qr q;
    struct buf b;
    size_t want = 0;
    assert_int_equal(qr_make(arena, STR("https://example.org/invite/x"), &q), E_OK);
    for (size_t i = 0; i < q.side * q.side; i++)
        want += q.modules[i];
    buf_init(&b, MIB(1));
    qr_put_svg(&b, &q, STR("a<b> \"&' c"));
    assert_int_equal(b.err, E_OK);
    assert_int_equal(svg_dark(buf_str(&b)), want);
    assert_non_null(memmem(b.p, b.n, "a&lt;b&gt; &quot;&amp;&#39; c", 29));
    assert_null(memmem(b.p, b.n, "style", 5)); /* the pages allow no inline style */

    /* Two rows of modules a line, each module one of four signs, a light zone around. */
    buf_clear(&b);
    qr_put_text(&b, &q);
    size_t lines = 0;
    size_t signs = 0;
    for (size_t i = 0; i < b.n; i++) {
        lines += b.p[i] == '\n';
        signs += b.p[i] != '\n' && ((unsigned char)b.p[i] & 0xc0U) != 0x80U;
    }
    size_t side = q.side + 2 * (size_t)QR_QUIET;
    assert_int_equal(lines, (side + 1) / 2);
    assert_int_equal(signs, lines * side);
    assert_true(str_starts(buf_str(&b), STR("\u2588\u2588\u2588\u2588")));
    buf_fini(&b);
}

static void test_faults(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct qr q = { 0 };
        arena_reset(arena);
        fault_arm(n);
        err_t e = qr_make(arena, STR("x"), &q);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(e, fired ? E_NO_MEMORY : E_OK);
        assert_true(fired == (q.modules == NULL));
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_symbol),
        cmocka_unit_test(test_size),
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_faults),
    };
    arena = arena_new(MIB(1));
    int failed = arena == NULL ? 1 : cmocka_run_group_tests_name("qr", tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
