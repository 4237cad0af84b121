/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent keeps of the secrets that its configuration names, and what it believes of an
 * answer. */
#include "agent/agent.h"
#include "base/fault.h"
#include "plat/crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int setup(void **state)
{
    static struct seneschal_agent g;
    assert_int_equal(crypto_init(), E_OK);
    g = (struct seneschal_agent){ 0 };
    buf_init(&g.force, KIB(64));
    agent_secrets_init(&g.secrets);
    g.secrets.wanted = true;
    g.store.state = AGENT_ACTIVE;
    *state = &g;
    return 0;
}

static int teardown(void **state)
{
    struct seneschal_agent *g = *state;
    agent_secrets_fini(&g->secrets);
    buf_fini(&g->force);
    return 0;
}

/* Another configuration is in force. */
static void force(struct seneschal_agent *g, const char *etag, const char *bytes)
{
    buf_clear(&g->force);
    buf_add(&g->force, str_from_cz(bytes));
    (void)snprintf(g->store.etag, sizeof g->store.etag, "%s", etag);
    agent_secrets_collect(g);
}

static struct agent_secret *row(struct seneschal_agent *g, const char *name)
{
    for (size_t i = 0; i < g->secrets.n; i++) {
        if (strcmp(g->secrets.rows[i].name, name) == 0)
            return &g->secrets.rows[i];
    }
    return NULL;
}

static void test_names_come_and_go_with_the_configuration(void **state)
{
    struct seneschal_agent *g = *state;
    char value[16];
    force(g, "\"1\"",
          "{\"a\":{\"$secret\":\"one\"},\"b\":[{\"$secret\":\"two\"},{\"$secret\":\"one\"}]}");
    assert_int_equal(g->secrets.n, 2);
    assert_int_equal(agent_secrets_read(&g->secrets, row(g, "one"),
                                        STR("{\"name\":\"one\",\"value\":\"v1\",\"revision\":1}")),
                     E_OK);
    force(g, "\"2\"", "{\"a\":{\"$secret\":\"one\"},\"c\":{\"$secret\":\"three\"}}");
    assert_int_equal(g->secrets.n, 2);
    assert_null(row(g, "two"));
    assert_non_null(row(g, "three"));
    assert_int_equal(agent_secrets_copy(&g->secrets, STR("one"), value, sizeof value), E_OK);
    assert_string_equal(value, "v1"); /* it was named before and after: it stays */
    g->store.state = AGENT_DISABLED;
    agent_secrets_collect(g);
    assert_int_equal(g->secrets.n, 0);
    assert_int_equal(agent_secrets_copy(&g->secrets, STR("one"), value, sizeof value), E_NOT_FOUND);
    g->store.state = AGENT_ACTIVE;
    agent_secrets_collect(g); /* the same ETag: the names are collected all the same */
    assert_int_equal(g->secrets.n, 2);
    assert_int_equal(agent_secrets_copy(&g->secrets, STR("one"), value, sizeof value), E_NOT_FOUND);
    g->secrets.wanted = false;
    force(g, "\"3\"", "{\"d\":{\"$secret\":\"four\"}}");
    assert_null(row(g, "four"));
}

static void test_no_more_than_there_is_room_for(void **state)
{
    struct seneschal_agent *g = *state;
    char text[8192] = "[";
    size_t n = 1;
    for (int i = 0; i < 100; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "{\"$secret\":\"name-%d\"},", i);
    text[n - 1] = ']';
    force(g, "\"1\"", text);
    assert_int_equal(g->secrets.n, AGENT_SECRETS_MAX);
    assert_non_null(row(g, "name-63"));
    assert_null(row(g, "name-64"));
}

static const struct {
    const char *name;
    const char *body;
    err_t want;
} answers[] = {
    { "a value", "{\"name\":\"k\",\"value\":\"v\",\"revision\":7,\"more\":1}", E_OK },
    { "of another name", "{\"name\":\"l\",\"value\":\"v\",\"revision\":7}", E_IO },
    { "without a name", "{\"value\":\"v\",\"revision\":7}", E_IO },
    { "without a value", "{\"name\":\"k\",\"revision\":7}", E_IO },
    { "an empty value", "{\"name\":\"k\",\"value\":\"\",\"revision\":7}", E_IO },
    { "a value that is no text", "{\"name\":\"k\",\"value\":1,\"revision\":7}", E_IO },
    { "with a NUL", "{\"name\":\"k\",\"value\":\"a\\u0000b\",\"revision\":7}", E_IO },
    { "without a revision", "{\"name\":\"k\",\"value\":\"v\"}", E_IO },
    { "a list", "[\"k\"]", E_IO },
    { "no JSON", "<html>", E_IO },
    { "nothing", "", E_IO },
};

static void test_what_is_no_answer_of_ours_changes_nothing(void **state)
{
    struct seneschal_agent *g = *state;
    char value[16];
    force(g, "\"1\"", "{\"a\":{\"$secret\":\"k\"}}");
    for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
        str_t body = str_from_cz(answers[i].body);
        if (agent_secrets_read(&g->secrets, row(g, "k"), body) != answers[i].want)
            fail_msg("%s", answers[i].name);
        assert_int_equal(agent_secrets_copy(&g->secrets, STR("k"), value, sizeof value), E_OK);
        assert_string_equal(value, "v");
    }
    static char big[AGENT_SECRET_VALUE_MAX + 64];
    int n = snprintf(big, sizeof big, "{\"name\":\"k\",\"revision\":8,\"value\":\"%0*d\"}",
                     AGENT_SECRET_VALUE_MAX + 1, 0);
    assert_int_equal(agent_secrets_read(&g->secrets, row(g, "k"), str_of(big, (size_t)n)), E_IO);
}

static void test_a_buffer_wants_room_for_the_nul(void **state)
{
    struct seneschal_agent *g = *state;
    char value[4] = "xxx";
    force(g, "\"1\"", "{\"a\":{\"$secret\":\"k\"}}");
    str_t body = STR("{\"name\":\"k\",\"value\":\"abcd\",\"revision\":1}");
    assert_int_equal(agent_secrets_copy(&g->secrets, STR("k"), value, sizeof value), E_NOT_FOUND);
    assert_int_equal(agent_secrets_read(&g->secrets, row(g, "k"), body), E_OK);
    assert_int_equal(agent_secrets_copy(&g->secrets, STR("k"), value, sizeof value), E_TOO_BIG);
    assert_string_equal(value, "xxx");
    assert_int_equal(seneschal_agent_secret(g, "k", value, sizeof value), SENESCHAL_USAGE);
    assert_int_equal(seneschal_agent_secret(g, "l", value, sizeof value), SENESCHAL_LATER);
    assert_int_equal(seneschal_agent_secret(g, NULL, value, sizeof value), SENESCHAL_LATER);
}

static void test_a_poll_says_the_number_only_where_secrets_are_named(void **state)
{
    struct seneschal_agent *g = *state;
    char url[64] = "u?wait=50";
    agent_secrets_query(g, true, url, sizeof url);
    assert_string_equal(url, "u?wait=50");
    const struct http_answer_field fields[] = { { STR("seneschal-seq"), STR("42") } };
    agent_secrets_heard(g, &(struct http_answer){ 304, fields, 1, STR("") });
    force(g, "\"1\"", "{\"a\":{\"$secret\":\"k\"}}");
    agent_secrets_query(g, true, url, sizeof url);
    assert_string_equal(url, "u?wait=50&seq=42");
    assert_int_equal(agent_secrets_poll_s(g, 50), 50);
    g->secrets.rows[0].again.us = clock_mono().us + DUR_S(20).us;
    assert_in_range(agent_secrets_poll_s(g, 50), 19, 20);
    g->secrets.rows[0].again.us = 1;
    assert_int_equal(agent_secrets_poll_s(g, 50), 1);
    assert_int_equal(agent_secrets_poll_s(g, 0), 0);
}

#ifdef SENESCHAL_FAULTS
static void test_each_step_may_fail(void **state)
{
    struct seneschal_agent *g = *state;
    str_t body = STR("{\"name\":\"k\",\"value\":\"v2\",\"revision\":2}");
    force(g, "\"1\"", "{\"a\":{\"$secret\":\"k\"}}");
    assert_int_equal(agent_secrets_read(&g->secrets, row(g, "k"),
                                        STR("{\"name\":\"k\",\"value\":\"v1\",\"revision\":1}")),
                     E_OK);
    for (long n = 0;; n++) {
        char value[8];
        fault_arm(n);
        err_t e = agent_secrets_read(&g->secrets, row(g, "k"), body);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(e, fired ? E_NO_MEMORY : E_OK);
        assert_int_equal(agent_secrets_copy(&g->secrets, STR("k"), value, sizeof value), E_OK);
        assert_string_equal(value, fired ? "v1" : "v2");
        if (!fired)
            break;
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_names_come_and_go_with_the_configuration, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_no_more_than_there_is_room_for, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_no_answer_of_ours_changes_nothing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_buffer_wants_room_for_the_nul, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_poll_says_the_number_only_where_secrets_are_named,
                                        setup, teardown),
#ifdef SENESCHAL_FAULTS
        cmocka_unit_test_setup_teardown(test_each_step_may_fail, setup, teardown),
#endif
    };
    return cmocka_run_group_tests_name("secrets", tests, NULL, NULL);
}
