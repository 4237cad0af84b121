/* SPDX-License-Identifier: Apache-2.0 */
/* Two generations: a torn newest file falls back, and no moment loses what was stored. */
#include "agent/store.h"
#include "base/enc.h"
#include "base/fault.h"
#include "plat/crypto/crypto.h"
#include "plat/os/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/seneschal-test-store-XXXXXX";
static char newest[sizeof dir + 24];
static char older[sizeof dir + 24];

static int setup(void **state)
{
    (void)state;
    if (mkdtemp(dir) == NULL || crypto_init() != E_OK)
        return -1;
    snprintf(newest, sizeof newest, "%s/state.json", dir);
    snprintf(older, sizeof older, "%s/state.json.prev", dir);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    (void)unlink(newest);
    (void)unlink(older);
    return 0;
}

static int teardown(void **state)
{
    (void)clear(state);
    return rmdir(dir);
}

static struct agent_store sample(const char *token)
{
    struct agent_store s = { .state = AGENT_ACTIVE, .join_seq = 3, .confirmed_us = INT64_MAX };
    assert_int_equal(agent_text_set(s.seed, STR("c2VlZA")), E_OK);
    assert_int_equal(agent_text_set(s.token, str_from_cz(token)), E_OK);
    assert_int_equal(agent_text_set(s.etag, STR("\"0123\"")), E_OK);
    return s;
}

static void test_round_trip(void **state)
{
    (void)state;
    struct agent_store s = sample("one");
    struct agent_store back;
    assert_int_equal(agent_store_load(dir, NULL, &back), E_NOT_FOUND);
    assert_int_equal(agent_store_save(dir, &s, NULL), E_OK);
    assert_int_equal(agent_store_load(dir, NULL, &back), E_OK);
    assert_memory_equal(&s, &back, sizeof s);
    assert_int_equal(back.generation, 1);
    struct stat st;
    assert_int_equal(stat(newest, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_not_equal(stat(older, &st), 0);
}

static void write_bytes(const char *path, str_t bytes)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    fclose(f);
}

/* Cut at each byte, or with one bit turned: the older generation is what counts. */
static void test_a_damaged_newest_falls_back(void **state)
{
    (void)state;
    struct agent_store one = sample("one");
    struct agent_store two = sample("two");
    struct agent_store back;
    assert_int_equal(agent_store_save(dir, &one, NULL), E_OK);
    two.generation = one.generation;
    assert_int_equal(agent_store_save(dir, &two, NULL), E_OK);
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
    str_t whole;
    assert_int_equal(file_read(a, newest, KIB(64), NULL, &whole), E_OK);
    for (size_t n = 0; n < whole.n; n++) {
        write_bytes(newest, str_sub(whole, 0, n));
        assert_int_equal(agent_store_load(dir, NULL, &back), E_OK);
        assert_string_equal(back.token, "one");
    }
    for (size_t i = 0; i < whole.n; i++) {
        char *byte = (char *)(uintptr_t)whole.p + i;
        *byte ^= 1;
        write_bytes(newest, whole);
        *byte ^= 1;
        assert_int_equal(agent_store_load(dir, NULL, &back), E_OK);
        assert_string_equal(back.token, "one");
    }
    write_bytes(newest, whole);
    assert_int_equal(agent_store_load(dir, NULL, &back), E_OK);
    assert_string_equal(back.token, "two");
}

/* What an agent of an earlier version has left is a whole state: what it did not know is absent. */
static void test_an_older_file(void **state)
{
    (void)state;
    static const char line[] =
        "{\"generation\":3,\"state\":2,\"reason\":\"\",\"machine_id\":\"m\",\"seed\":\"s\","
        "\"init_nonce\":\"\",\"device_id\":\"d\",\"request_id\":\"\",\"code\":\"\",\"claim\":\"\","
        "\"challenge_context\":\"\",\"challenge_nonce\":\"\",\"token\":\"t\",\"join_seq\":1,"
        "\"token_us\":5,\"rotate_nonce\":\"\",\"etag\":\"e\",\"version\":\"v\",\"confirmed_us\":6,"
        "\"ack_owed\":0}";
    struct agent_store back;
    struct buf b;
    str_t text = str_from_cz(line);
    digest_t d = sha256_of(text);
    buf_init(&b, KIB(4));
    buf_add(&b, text);
    buf_add_byte(&b, '\n');
    buf_add_hex(&b, d.b, sizeof d.b);
    buf_add_byte(&b, '\n');
    write_bytes(newest, buf_str(&b));
    buf_fini(&b);
    assert_int_equal(agent_store_load(dir, NULL, &back), E_OK);
    assert_string_equal(back.token, "t");
    assert_string_equal(back.root, "");
    assert_int_equal(back.lease_exp_s, 0);
    assert_int_equal(back.wiped, 0);
    /* Of the members that it did know none may be missing. */
    write_bytes(newest, STR("{\"generation\":3}\n"));
    assert_int_equal(agent_store_load(dir, NULL, &back), E_CORRUPT);
}

/* A state that was there and cannot be read is not a machine that never enrolled. */
static void test_both_damaged_is_an_error(void **state)
{
    (void)state;
    struct diag why = { 0 };
    struct agent_store back;
    write_bytes(newest, STR("{}\n"));
    assert_int_equal(agent_store_load(dir, &why, &back), E_CORRUPT);
    write_bytes(older, STR(""));
    assert_int_equal(agent_store_load(dir, &why, &back), E_CORRUPT);
    assert_non_null(strstr(why.text, dir));
}

/* The damaged newest file must not push the whole older one out. */
static void test_saving_over_a_damaged_newest_keeps_the_older(void **state)
{
    (void)state;
    struct agent_store one = sample("one");
    struct agent_store two = sample("two");
    struct agent_store back;
    assert_int_equal(agent_store_save_both(dir, &one, NULL), E_OK);
    write_bytes(newest, STR("torn"));
    two.generation = one.generation;
    assert_int_equal(agent_store_save(dir, &two, NULL), E_OK);
    write_bytes(newest, STR("torn again"));
    assert_int_equal(agent_store_load(dir, NULL, &back), E_OK);
    assert_string_equal(back.token, "one");
}

static void test_save_both_leaves_no_older_token(void **state)
{
    (void)state;
    struct agent_store s = sample("one");
    struct agent_store back;
    assert_int_equal(agent_store_save(dir, &s, NULL), E_OK);
    assert_int_equal(agent_text_set(s.token, STR("two")), E_OK);
    assert_int_equal(agent_store_save_both(dir, &s, NULL), E_OK);
    assert_int_equal(unlink(newest), 0);
    assert_int_equal(agent_store_load(dir, NULL, &back), E_OK);
    assert_string_equal(back.token, "two");
}

static void test_texts_are_bounded(void **state)
{
    (void)state;
    char text[AGENT_TEXT] = "kept";
    char longer[AGENT_TEXT];
    memset(longer, 'x', sizeof longer);
    assert_int_equal(agent_text_set(text, str_of(longer, sizeof longer)), E_BAD_FIELD);
    assert_int_equal(agent_text_set(text, str_of("a\0b", 3)), E_BAD_FIELD);
    assert_string_equal(text, "kept");
    assert_int_equal(agent_text_set(text, str_of(longer, sizeof longer - 1)), E_OK);
    assert_int_equal(agent_text_set(text, STR_NONE), E_OK);
    assert_string_equal(text, "");
}

#ifdef SENESCHAL_FAULTS
/* Whatever step fails, what is loaded afterwards is the old state or the new one. */
static void test_faults_save(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct agent_store one = sample("one");
        struct agent_store back;
        (void)clear(NULL);
        assert_int_equal(agent_store_save(dir, &one, NULL), E_OK);
        struct agent_store two = one;
        assert_int_equal(agent_text_set(two.token, STR("two")), E_OK);
        fault_arm(n);
        err_t e = agent_store_save(dir, &two, NULL);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(agent_store_load(dir, NULL, &back), E_OK);
        bool old = strcmp(back.token, "one") == 0;
        bool new = strcmp(back.token, "two") == 0;
        assert_true(old || new);
        assert_true(e != E_OK || new); /* stored is stored */
        assert_true(e == E_OK || fired);
        if (!fired)
            break;
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_round_trip, clear),
        cmocka_unit_test_teardown(test_a_damaged_newest_falls_back, clear),
        cmocka_unit_test_teardown(test_an_older_file, clear),
        cmocka_unit_test_teardown(test_both_damaged_is_an_error, clear),
        cmocka_unit_test_teardown(test_saving_over_a_damaged_newest_keeps_the_older, clear),
        cmocka_unit_test_teardown(test_save_both_leaves_no_older_token, clear),
        cmocka_unit_test(test_texts_are_bounded),
#ifdef SENESCHAL_FAULTS
        cmocka_unit_test_teardown(test_faults_save, clear),
#endif
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
