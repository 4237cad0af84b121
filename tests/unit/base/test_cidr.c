/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and blocks of them: what is one, and what lies in it. */
#include "base/cidr.h"

#include "check.h"

static const struct {
    const char *block; /* NULL: the one before */
    const char *ip;    /* NULL: the block is refused */
    bool in;
} rows[] = {
    { "10.0.0.0/8", "10.255.0.1", true },
    { NULL, "11.0.0.0", false },
    { NULL, "::10.0.0.1", false },
    { NULL, "::ffff:10.0.0.1", true }, /* IPv4 is kept as that */
    { "192.0.2.128/25", "192.0.2.128", true },
    { NULL, "192.0.2.127", false },
    { "0.0.0.0/0", "255.255.255.255", true },
    { NULL, "2001:db8::1", false },
    { "::/0", "2001:db8::1", true },
    { NULL, "1.2.3.4", true },
    { "192.0.2.7", "192.0.2.7", true },
    { NULL, "192.0.2.6", false },
    { "2001:db8::/33", "2001:db8:7fff::", true },
    { NULL, "2001:db8:8000::", false },
    { "2001:db8::1", "2001:DB8:0:0::1", true },
    { "", NULL, false },
    { "10.0.0.0/33", NULL, false },
    { "10.0.0.0/-1", NULL, false },
    { "10.0.0.0/", NULL, false },
    { "10.0.0.1/8", NULL, false },
    { "10.0.0/8", NULL, false },
    { "010.0.0.0/8", NULL, false },
    { "2001:db8::/129", NULL, false },
    { "2001:db8::1/64", NULL, false },
    { "fe80::1%lo", NULL, false },
    { "[::1]", NULL, false },
    { "localhost", NULL, false },
    { "10.0.0.0/8 ", NULL, false },
    { "1111:2222:3333:4444:5555:6666:255.255.255.2555", NULL, false },
};

static void test_blocks(void **state)
{
    struct cidr block = { 0 };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint8_t ip[16];
        err_t e = rows[i].block == NULL ? E_OK : cidr_parse(str_from_cz(rows[i].block), &block);
        const char *name = rows[i].ip != NULL ? rows[i].ip : rows[i].block;
        check(e == (rows[i].ip != NULL ? E_OK : E_BAD_FIELD), name);
        if (rows[i].ip == NULL)
            continue;
        check(ip_parse(str_from_cz(rows[i].ip), ip) == E_OK, name);
        check(cidr_has(&block, ip) == rows[i].in, name);
    }
}

/* Against each bit on its own: an address differs from the block's in one bit only. */
static void test_each_bit(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits <= 128; bits++) {
        struct cidr block = { .bits = bits };
        for (unsigned at = 0; at < 128; at++) {
            uint8_t ip[16] = { 0 };
            ip[at / 8] = (uint8_t)(0x80U >> at % 8);
            if (cidr_has(&block, ip) != (at >= bits))
                fail_msg("/%u, bit %u", bits, at);
        }
    }
}

static void test_nul(void **state)
{
    uint8_t ip[16];
    (void)state;
    assert_int_equal(ip_parse(STR("1.2.3.4\0"), ip), E_BAD_FIELD);
    assert_int_equal(ip_parse(STR_NONE, ip), E_BAD_FIELD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_each_bit),
        cmocka_unit_test(test_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
