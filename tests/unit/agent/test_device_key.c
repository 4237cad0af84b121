/* SPDX-License-Identifier: Apache-2.0 */
/* Key files of devices: minted once, read back, refused where they are not whole. */
#include "agent/device_key.h"

#include "base/fault.h"
#include "plat/crypto/crypto.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/seneschal-key-XXXXXX";
static char path[sizeof dir + 8];

static int setup(void **state)
{
    (void)state;
    assert_int_equal(crypto_init(), E_OK);
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/key", dir);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(dir);
}

static void test_a_key_is_written_once_and_for_its_owner(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    struct device_key k;
    struct device_key read;
    struct stat st;
    (void)state;
    mode_t before = umask(0);
    assert_int_equal(device_key_mint(STR("https://s.example"), STR("pc-17"), NULL, &k), E_OK);
    assert_int_equal(device_key_create(path, &k, NULL), E_OK);
    (void)umask(before);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(device_key_create(path, &k, NULL), E_CONFLICT);
    assert_int_equal(device_key_read(a, path, NULL, &read), E_OK);
    assert_string_equal(read.machine_id, "pc-17");
    assert_string_equal(read.server, "https://s.example");
    assert_true(secret_eq(&k.seed, &read.seed));
}

static void test_two_keys_are_two(void **state)
{
    struct device_key a;
    struct device_key b;
    (void)state;
    assert_int_equal(device_key_mint(STR("s"), STR("m"), NULL, &a), E_OK);
    assert_int_equal(device_key_mint(STR("s"), STR("m"), NULL, &b), E_OK);
    assert_false(secret_eq(&a.seed, &b.seed));
    assert_int_equal(device_key_mint(STR(""), STR("m"), NULL, &b), E_BAD_FIELD);
    assert_int_equal(device_key_mint(STR("s"), STR(""), NULL, &b), E_BAD_FIELD);
}

static void test_an_empty_file_is_no_key(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    struct device_key k;
    (void)state;
    assert_int_equal(device_key_read(a, "/nonexistent/key", NULL, &k), E_NOT_FOUND);
    (void)unlink(path);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "\n", 1), 1);
    (void)close(fd);
    assert_int_equal(device_key_read(a, path, NULL, &k), E_NOT_FOUND);
}

static const char *const bad[] = {
    "",
    "{}",
    "[1]",
    "{\"type\":\"serviceaccount\",\"server\":\"s\",\"machine_id\":\"m\",\"key\":{}}",
    "{\"type\":\"device\",\"server\":\"s\",\"machine_id\":\"m\"}",
    "{\"type\":\"device\",\"server\":\"s\",\"machine_id\":\"m\",\"key\":{\"kty\":\"OKP\"}}",
    "{\"type\":\"device\",\"server\":\"s\",\"machine_id\":\"\",\"key\":{\"kty\":\"OKP\",\"crv\":"
    "\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\",\"d\":"
    "\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\"}}",
    /* halves of two keys */
    "{\"type\":\"device\",\"server\":\"s\",\"machine_id\":\"m\",\"key\":{\"kty\":\"OKP\",\"crv\":"
    "\"Ed25519\",\"x\":\"AAqYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\",\"d\":"
    "\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\"}}",
};

static void test_what_is_not_whole_is_refused(void **state)
{
    struct device_key k = { .machine_id = "before" };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(device_key_parse(str_from_cz(bad[i]), NULL, &k), E_BAD_FIELD);
        assert_string_equal(k.machine_id, "before");
    }
}

static void test_faults(void **state)
{
    struct device_key k;
    struct device_key again;
    struct buf b;
    (void)state;
    assert_int_equal(device_key_mint(STR("s"), STR("m"), NULL, &k), E_OK);
    for (long n = 0;; n++) {
        fault_arm(n);
        buf_init(&b, KIB(4));
        device_key_write(&b, &k);
        err_t e = b.err != E_OK ? b.err : device_key_parse(buf_str(&b), NULL, &again);
        bool fired = fault_used();
        fault_disarm();
        buf_fini(&b);
        assert_true(fired ? e != E_OK : e == E_OK);
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_key_is_written_once_and_for_its_owner),
        cmocka_unit_test(test_two_keys_are_two),
        cmocka_unit_test(test_an_empty_file_is_no_key),
        cmocka_unit_test(test_what_is_not_whole_is_refused),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests_name("device_key", tests, setup, teardown);
}
