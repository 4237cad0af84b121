/* SPDX-License-Identifier: Apache-2.0 */
#include "api/accept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum {
    AS_IT_IS = 1U << CODING_IDENTITY,
    GZIP = AS_IT_IS | 1U << CODING_GZIP,
    ALL = GZIP | 1U << CODING_BROTLI
};

static const struct {
    const char *accept; /* NULL: the field is absent */
    unsigned have;
    enum coding want;
} codings[] = {
    { NULL, ALL, CODING_IDENTITY },
    { "", ALL, CODING_IDENTITY },
    { "gzip", ALL, CODING_GZIP },
    { "x-gzip", ALL, CODING_GZIP },
    { "GZip", ALL, CODING_GZIP },
    { "gzip", AS_IT_IS, CODING_IDENTITY },
    { "br", ALL, CODING_BROTLI },
    { "br", GZIP, CODING_IDENTITY },
    { "br, gzip", GZIP, CODING_GZIP },
    { "gzip, br", ALL, CODING_BROTLI },
    { "gzip;q=1.0, br;q=0.999", ALL, CODING_GZIP },
    { " gzip ; q=0.5 ,br ; q=0.4 ", ALL, CODING_GZIP },
    { "gzip;q=0", ALL, CODING_IDENTITY },
    { "gzip;q=0, *", ALL, CODING_BROTLI },
    { "br;q=0, gzip;q=0, *", ALL, CODING_IDENTITY },
    { "*", ALL, CODING_BROTLI },
    { "*;q=0", ALL, CODING_IDENTITY },
    { "*;q=0, identity;q=0", ALL, CODING_IDENTITY },
    { "identity, gzip;q=0.5", ALL, CODING_IDENTITY },
    { "identity;q=0.5, gzip", ALL, CODING_GZIP },
    { "identity, gzip", ALL, CODING_GZIP },
    { "gzip;q=-1", ALL, CODING_IDENTITY },
    { "gzip;q=2", ALL, CODING_IDENTITY },
    { "gzip;q=1.001, br;q=0.1", ALL, CODING_BROTLI },
    { "gzip;level=9", ALL, CODING_IDENTITY },
    { ",,;;,=", ALL, CODING_IDENTITY },
    { "gzipped", ALL, CODING_IDENTITY },
};

/* A request with this field; NULL: without. */
static struct http_xchg asked(const char *name, const char *value, struct http_field *room)
{
    *room = (struct http_field){ .name = str_from_cz(name), .value = str_from_cz(value) };
    return (struct http_xchg){ .fields = room, .fields_n = value != NULL };
}

static void test_codings(void **state)
{
    (void)state;
    struct http_field field;
    for (size_t i = 0; i < ARRAY_LEN(codings); i++) {
        const struct http_xchg x = asked("Accept-Encoding", codings[i].accept, &field);
        enum coding got = accept_coding(&x, codings[i].have);
        if (got != codings[i].want)
            fail_msg("%s: %s", codings[i].accept, coding_name(got));
    }
}

static const struct {
    const char *field;
    bool match;
} tags[] = {
    { "\"a\"", true },
    { "W/\"a\"", true },
    { "\"b\", \"a\"", true },
    { "\"b\",W/\"a\"", true },
    { "*", true },
    { "\"b\"", false },
    { "", false },
    { "a", false },
    { "\"a", false },
    { "w/\"a\"", false },
    { "\"a\"\"b\"", false },
};

static void test_tags(void **state)
{
    (void)state;
    struct http_field field;
    for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
        const struct http_xchg x = asked("If-None-Match", tags[i].field, &field);
        if (accept_has(&x, STR("\"a\"")) != tags[i].match)
            fail_msg("%s", tags[i].field);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codings),
        cmocka_unit_test(test_tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
