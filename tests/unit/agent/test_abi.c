/* SPDX-License-Identifier: Apache-2.0 */
/* A program that knows nothing of us but the public header, linked with the library as it is
 * installed. */
#include "agent/seneschal_agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Names that libseneschal uses inside; here they are the program's own, and must stay so. */
int str_eq(void);
int str_eq(void)
{
    return 42;
}
int json_parse(void);
int json_parse(void)
{
    return 43;
}

static char dir[] = "/tmp/seneschal-test-abi-XXXXXX";
static char state_dir[sizeof dir + 8];
static char out[sizeof dir + 8];

static int setup(void **state)
{
    (void)state;
    if (mkdtemp(dir) == NULL)
        return -1;
    snprintf(state_dir, sizeof state_dir, "%s/state", dir);
    snprintf(out, sizeof out, "%s/out", dir);
    return 0;
}

static int teardown(void **state)
{
    static const char *const names[] = { "/lock", "/state.json", "/state.json.prev" };
    char path[sizeof state_dir + 24];
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s%s", state_dir, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(state_dir);
    return rmdir(dir);
}

static struct seneschal_agent_options options(void)
{
    /* Port 9 of loopback: nobody answers there. */
    return (struct seneschal_agent_options){ .size = sizeof(struct seneschal_agent_options),
                                             .server = "http://127.0.0.1:9/",
                                             .state_dir = state_dir,
                                             .config_out = out };
}

static void test_options_that_are_refused(void **state)
{
    (void)state;
    static const char *const servers[] = { "http://192.0.2.1",
                                           "http://127.0.0.1.example.org",
                                           "http://127.evil.example",
                                           "http://localhost.evil.example",
                                           "http://localhost:80@evil.example",
                                           "https://user:word@seneschal.example",
                                           "ftp://127.0.0.1",
                                           "127.0.0.1",
                                           "" };
    struct seneschal_agent *g = NULL;
    char error[128];
    for (size_t i = 0; i < sizeof servers / sizeof servers[0]; i++) {
        struct seneschal_agent_options o = options();
        o.server = servers[i];
        error[0] = '\0';
        print_message("# %s\n", servers[i]);
        assert_int_equal(seneschal_agent_open(&o, &g, error, sizeof error), SENESCHAL_USAGE);
        assert_null(g);
        assert_int_not_equal(error[0], '\0');
    }
    struct seneschal_agent_options o = options();
    o.state_dir = NULL;
    assert_int_equal(seneschal_agent_open(&o, &g, error, sizeof error), SENESCHAL_USAGE);
    o = options();
    o.size = 8; /* a caller of another time */
    assert_int_equal(seneschal_agent_open(&o, &g, error, sizeof error), SENESCHAL_USAGE);
    o = options();
    o.size = sizeof o + 8; /* one of a time to come: what it asks for is not known here */
    assert_int_equal(seneschal_agent_open(&o, &g, error, sizeof error), SENESCHAL_USAGE);
    o = options();
    o.socket_group = "root"; /* of no socket */
    assert_int_equal(seneschal_agent_open(&o, &g, error, sizeof error), SENESCHAL_USAGE);
    o = options();
    o.state_dir = "/proc/nothing/state";
    assert_int_equal(seneschal_agent_open(&o, &g, error, sizeof error), SENESCHAL_FAILED);
    assert_non_null(strstr(error, "/proc/nothing"));
    seneschal_agent_close(NULL);
}

static void count_notice(void *arg, const struct seneschal_notice *notice)
{
    int *count = arg;
    assert_non_null(notice->event);
    assert_non_null(notice->state);
    ++*count;
}

static void test_a_handle_without_a_server(void **state)
{
    (void)state;
    struct seneschal_agent_options o = options();
    struct seneschal_agent *g = NULL;
    struct seneschal_agent *second = NULL;
    char error[128] = "";
    int64_t wait_ms = -1;
    int notices = 0;
    struct stat st;
    o.notify = count_notice;
    o.arg = &notices;
    assert_int_equal(seneschal_agent_open(&o, &g, error, sizeof error), SENESCHAL_OK);
    assert_int_equal(seneschal_agent_open(&o, &second, error, sizeof error), SENESCHAL_LATER);
    assert_null(second);
    assert_int_equal(stat(state_dir, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);

    assert_int_equal(seneschal_agent_state(g), SENESCHAL_UNENROLLED);
    assert_string_equal(seneschal_agent_code(g), "");
    assert_string_equal(seneschal_agent_reason(g), "");
    assert_string_equal(seneschal_agent_refused(g), "");
    assert_int_equal(seneschal_agent_wiped(g), 0);
    assert_int_equal(seneschal_agent_step(g, 0, &wait_ms), SENESCHAL_LATER);
    assert_true(wait_ms >= 0 && wait_ms <= 2000); /* the first reconnect: U(0, spread) */
    assert_int_equal(seneschal_agent_once(g), SENESCHAL_LATER);
    assert_int_not_equal(seneschal_agent_error(g)[0], '\0');
    assert_true(notices >= 3);
    seneschal_agent_stop(g);
    assert_int_equal(seneschal_agent_run(g), SENESCHAL_STOPPED);
    seneschal_agent_close(g);
    assert_int_not_equal(stat(out, &st), 0); /* nothing was in force, nothing was written */
}

/* A program that was built before the proxy and the socket goes on as it was. */
static void test_an_older_caller(void **state)
{
    (void)state;
    struct seneschal_agent_options o = options();
    struct seneschal_agent *g = NULL;
    char error[128] = "";
    o.size = offsetof(struct seneschal_agent_options, proxy);
    o.proxy = (const char *)1; /* behind its end: not to be touched */
    o.socket_path = o.proxy;
    o.socket_group = o.proxy;
    assert_int_equal(seneschal_agent_open(&o, &g, error, sizeof error), SENESCHAL_OK);
    seneschal_agent_close(g);
}

static void test_our_names_are_ours(void **state)
{
    (void)state;
    assert_int_equal(str_eq(), 42);
    assert_int_equal(json_parse(), 43);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_that_are_refused),
        cmocka_unit_test(test_a_handle_without_a_server),
        cmocka_unit_test(test_an_older_caller),
        cmocka_unit_test(test_our_names_are_ours),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
