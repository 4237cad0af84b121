/* SPDX-License-Identifier: Apache-2.0 */
/* Local time from a zone file: one made here byte by byte, broken ones, and those of the system. */
#include "base/buf.h"
#include "base/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

enum { US = 1000000 };

static void put_be(struct buf *b, uint64_t v, size_t n)
{
    for (size_t i = n; i > 0; i--)
        buf_add_byte(b, (char)(v >> (8 * (i - 1)) & 0xff));
}

static void put_head(struct buf *b, uint32_t times, uint32_t types)
{
    buf_add(b, STR("TZif2"));
    for (size_t i = 0; i < 15; i++)
        buf_add_byte(b, '\0');
    put_be(b, 0, 4);
    put_be(b, 0, 4);
    put_be(b, 0, 4);
    put_be(b, times, 4);
    put_be(b, types, 4);
    put_be(b, 4, 4);
}

static void put_type(struct buf *b, int32_t offset)
{
    put_be(b, (uint32_t)offset, 4);
    put_be(b, 0, 2);
}

/* Until 1000: an hour east; until 2000: two; then one again. */
static void zone_make(struct buf *b, const char *footer)
{
    put_head(b, 0, 1);
    put_type(b, 0);
    buf_add(b, STR("UTC"));
    buf_add_byte(b, '\0');
    put_head(b, 2, 2);
    put_be(b, 1000, 8);
    put_be(b, 2000, 8);
    put_be(b, 1, 1);
    put_be(b, 0, 1);
    put_type(b, 3600);
    put_type(b, 7200);
    buf_add(b, STR("ABC"));
    buf_add_byte(b, '\0');
    buf_addf(b, "\n%s\n", footer);
}

static int64_t offset_at(str_t file, int64_t s)
{
    int64_t offset = -1;
    assert_int_equal(zone_offset_of(file, (ts_t){ s * US }, &offset), E_OK);
    return offset;
}

static void test_offsets_by_time(void **state)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    int64_t offset = 0;
    (void)state;
    buf_init(&b, KIB(4));
    zone_make(&b, "CET-1");
    assert_int_equal(offset_at(buf_str(&b), 999), 3600);
    assert_int_equal(offset_at(buf_str(&b), 1000), 7200);
    assert_int_equal(offset_at(buf_str(&b), 1999), 7200);
    assert_int_equal(offset_at(buf_str(&b), 2000), 3600);
    /* Behind the last change a rule of daylight saving would count: it is not guessed. */
    buf_clear(&b);
    zone_make(&b, "CET-1CEST,M3.5.0,M10.5.0/3");
    assert_int_equal(offset_at(buf_str(&b), 1999), 7200);
    assert_int_equal(zone_offset_of(buf_str(&b), (ts_t){ 2000LL * US }, &offset), E_BAD_FIELD);
}

static void test_every_cut_is_refused_or_read(void **state)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    (void)state;
    buf_init(&b, KIB(4));
    zone_make(&b, "CET-1");
    size_t whole = b.n - sizeof "\nCET-1\n" + 1;
    for (size_t n = 0; n < whole; n++) {
        int64_t offset = 0;
        assert_int_equal(zone_offset_of(str_sub(buf_str(&b), 0, n), (ts_t){ 1500LL * US }, &offset),
                         E_BAD_FIELD);
    }
    for (size_t i = 0; i < b.n; i++) { /* any byte may be wrong: nothing is read behind the end */
        int64_t offset = 0;
        char was = b.p[i];
        b.p[i] = '\xff';
        err_t e = zone_offset_of(buf_str(&b), (ts_t){ 1500LL * US }, &offset);
        assert_true(e == E_OK || e == E_BAD_FIELD);
        b.p[i] = was;
    }
}

static void test_names(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(4));
    int64_t offset = -1;
    (void)state;
    assert_int_equal(zone_offset(a, STR("UTC"), (ts_t){ 1 }, &offset), E_OK);
    assert_int_equal(offset, 0);
    static const char *const bad[] = { "",  "../../etc/passwd", "/etc/passwd", "Europe/../Paris",
                                       "a", "Europe/Nowhere",   "Europe",      "Europe/Paris\n" };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(zone_offset(a, str_from_cz(bad[i]), (ts_t){ 1 }, &offset), E_BAD_FIELD);
    if (access("/usr/share/zoneinfo/Europe/Paris", R_OK) != 0)
        skip();
    ts_t july = { 0 };
    ts_t january = { 0 };
    assert_int_equal(ts_parse(STR("2026-07-01T12:00:00Z"), &july), E_OK);
    assert_int_equal(ts_parse(STR("2026-01-01T12:00:00Z"), &january), E_OK);
    assert_int_equal(zone_offset(a, STR("Europe/Paris"), july, &offset), E_OK);
    assert_int_equal(offset, 7200);
    assert_int_equal(zone_offset(a, STR("Europe/Paris"), january, &offset), E_OK);
    assert_int_equal(offset, 3600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_offsets_by_time),
        cmocka_unit_test(test_every_cut_is_refused_or_read),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
