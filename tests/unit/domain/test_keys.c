/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/identity/keys.h"

#include "base/fault.h"
#include "store.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int setup(void **state)
{
    static struct store s;
    store_open(&s);
    *state = &s;
    return 0;
}

static int teardown(void **state)
{
    store_close(*state);
    return 0;
}

static err_t keys_open_tx(struct store *s, const struct master_key_cfg *cfg, struct diag *why,
                          struct keys *ret)
{
    CLEANUP(keys_fini) struct keys keys = { 0 };
    TRY(db_tx_begin(s->db));
    err_t e = keys_open(s->db, s->a, cfg, why, &keys);
    if (e != E_OK) {
        assert_int_equal(keys.by_use[0].n, 0); /* outputs are written only on success */
        db_tx_rollback(s->db);
        return e;
    }
    TRY(db_tx_commit(s->db));
    *ret = keys;
    return E_OK;
}

static void file_put(const char *dir, const char *name, const void *bytes, size_t n)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    (void)close(fd);
}

static void test_first_start_makes_a_key_that_only_the_owner_reads(void **state)
{
    struct store *s = *state;
    struct master_key_cfg cfg = { .dir = s->dir };
    struct diag why = { 0 };
    struct keys first;
    assert_int_equal(keys_open_tx(s, &cfg, &why, &first), E_OK);
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/" MASTER_KEY_FILE, s->dir);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0400);
    assert_int_equal(st.st_size, MASTER_KEY_SIZE);
    for (int i = 0; i < KEY_USE_COUNT; i++) {
        assert_int_equal(first.by_use[i].n, 32);
        for (int j = 0; j < i; j++)
            assert_false(secret_eq(&first.by_use[i], &first.by_use[j]));
    }

    struct keys again;
    assert_int_equal(keys_open_tx(s, &cfg, &why, &again), E_OK);
    for (int i = 0; i < KEY_USE_COUNT; i++)
        assert_true(secret_eq(&first.by_use[i], &again.by_use[i]));
    keys_fini(&again);
    assert_int_equal(again.by_use[0].n, 0);
}

static void test_a_store_without_its_master_key_is_sealed(void **state)
{
    struct store *s = *state;
    struct master_key_cfg cfg = { .dir = s->dir };
    struct diag why = { 0 };
    struct keys keys;
    assert_int_equal(keys_open_tx(s, &cfg, &why, &keys), E_OK);
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/" MASTER_KEY_FILE, s->dir);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(keys_open_tx(s, &cfg, &why, &keys), E_SEALED);
    assert_int_equal(access(path, F_OK), -1); /* and no other key is made in its place */

    uint8_t other[MASTER_KEY_SIZE] = { 7 };
    file_put(s->dir, MASTER_KEY_FILE, other, sizeof other);
    diag_clear(&why);
    assert_int_equal(keys_open_tx(s, &cfg, &why, &keys), E_SEALED);
    assert_non_null(strstr(why.text, "another master key"));
}

static void test_a_credential_goes_before_the_file_and_that_before_the_directory(void **state)
{
    struct store *s = *state;
    uint8_t bytes[3][MASTER_KEY_SIZE] = { { 1 }, { 2 }, { 3 } };
    char hex[2 * MASTER_KEY_SIZE + 1];
    char file[PATH_MAX];
    (void)snprintf(file, sizeof file, "%s/configured", s->dir);
    struct master_key_cfg cfg = { .credentials_dir = s->dir, .file = file, .dir = s->dir };
    struct diag why = { 0 };
    enum master_key_from from = MASTER_KEY_NONE;
    secret_t got = { .n = 0 };

    file_put(s->dir, MASTER_KEY_FILE, bytes[2], MASTER_KEY_SIZE);
    assert_int_equal(master_key_find(&cfg, &why, &got, &from), E_IO); /* named, not there */
    for (size_t i = 0; i < MASTER_KEY_SIZE; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", bytes[1][i]);
    hex[sizeof hex - 1] = '\n';
    file_put(s->dir, "configured", hex, sizeof hex);
    assert_int_equal(master_key_find(&cfg, &why, &got, &from), E_OK);
    assert_int_equal(from, MASTER_KEY_OF_FILE);
    assert_memory_equal(got.b, bytes[1], MASTER_KEY_SIZE);
    file_put(s->dir, MASTER_KEY_CREDENTIAL, bytes[0], MASTER_KEY_SIZE);
    assert_int_equal(master_key_find(&cfg, &why, &got, &from), E_OK);
    assert_int_equal(from, MASTER_KEY_OF_CREDENTIAL);
    assert_memory_equal(got.b, bytes[0], MASTER_KEY_SIZE);

    cfg = (struct master_key_cfg){ .dir = s->dir };
    assert_int_equal(master_key_find(&cfg, &why, &got, &from), E_OK);
    assert_int_equal(from, MASTER_KEY_OF_DIR);
    assert_int_equal(master_key_make(s->dir, &why, &got), E_CONFLICT);
}

static void test_what_is_no_key_is_refused(void **state)
{
    struct store *s = *state;
    static const struct {
        const char *name;
        str_t bytes;
    } cases[] = {
        { "empty", { "", 0 } },
        { "too short", { "0123456789abcdef", 16 } },
        { "one digit too many",
          { "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0", 65 } },
        { "not hex", { "g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 64 } },
    };
    struct master_key_cfg cfg = { .dir = s->dir };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        secret_t got = { .n = 0 };
        enum master_key_from from = MASTER_KEY_NONE;
        file_put(s->dir, MASTER_KEY_FILE, cases[i].bytes.p, cases[i].bytes.n);
        if (master_key_find(&cfg, NULL, &got, &from) != E_CORRUPT || got.n != 0)
            fail_msg("%s", cases[i].name);
    }
}

static void test_a_failure_at_any_step_leaves_a_store_that_opens_later(void **state)
{
    struct store *s = *state;
    struct master_key_cfg cfg = { .dir = s->dir };
    for (long n = 0;; n++) {
        struct keys keys = { 0 };
        struct diag why = { 0 };
        arena_reset(s->a);
        fault_arm(n);
        err_t e = keys_open_tx(s, &cfg, &why, &keys);
        bool fired = fault_used();
        fault_disarm();
        assert_true(fired ? e != E_OK : e == E_OK);
        if (!fired)
            break;
        assert_int_not_equal(e, E_SEALED);
    }
    struct keys keys;
    struct diag why = { 0 };
    assert_int_equal(keys_open_tx(s, &cfg, &why, &keys), E_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_first_start_makes_a_key_that_only_the_owner_reads,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_store_without_its_master_key_is_sealed, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            test_a_credential_goes_before_the_file_and_that_before_the_directory, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_no_key_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_failure_at_any_step_leaves_a_store_that_opens_later,
                                        setup, teardown),
    };
    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
