/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from answers: files, state and waiting, on a handle without a server. */
#include "handle.h"

#include "base/enc.h"

#define ENABLED "{\"config\":{\"a\":1},\"enabled\":true,\"version\":\"2026-01-01.1\"}"

static char etag[67];

static int setup(void **state)
{
    if (handle_setup(state) != 0)
        return -1;
    digest_t d = sha256_of(STR(ENABLED));
    etag[0] = '"';
    hex_encode(d.b, sizeof d.b, etag + 1);
    etag[65] = '"';
    return 0;
}

static void enrol(struct seneschal_agent *g)
{
    (void)follow(g, AGENT_INIT,
                 (struct agent_news){ .event = AGENT_INITED,
                                      .device_id = STR("d"),
                                      .code = STR("ABCDEFGH"),
                                      .claim = STR("sen_c_1"),
                                      .challenge_context = STR("c"),
                                      .challenge_nonce = STR("n") });
    (void)follow(
        g, AGENT_CONFIRM,
        (struct agent_news){ .event = AGENT_ENROLLED, .token = STR("sen_d_1"), .join_seq = 1 });
}

/* As the server gives it now. */
static struct verify_lease lease(int64_t life_s)
{
    int64_t now = clock_wall().us / 1000000;
    return (struct verify_lease){ .seq = 7, .iat_s = now, .exp_s = now + life_s };
}

static void configure(struct seneschal_agent *g)
{
    (void)follow(g, AGENT_FETCH,
                 (struct agent_news){ .event = AGENT_CONFIGURED,
                                      .etag = str_from_cz(etag),
                                      .version = STR("2026-01-01.1"),
                                      .body = STR(ENABLED),
                                      .enabled = true,
                                      .lease = lease(3600) });
}

static void assert_out(const char *want)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    str_t got;
    assert_int_equal(file_read(a, out, KIB(4), NULL, &got), E_OK);
    print_message("# %.*s\n", STR_ARG(got));
    assert_true(str_eq(got, str_from_cz(want)));
}

static void test_from_nothing_to_a_configuration(void **state)
{
    (void)state;
    struct seneschal_agent *g = open_handle();
    char seed[AGENT_TEXT];
    memcpy(seed, g->store.seed, sizeof seed);
    assert_int_not_equal(seed[0], '\0'); /* the key is there before anybody is asked */
    g = reopen(g);
    assert_string_equal(g->store.seed, seed);
    enrol(g);
    g = reopen(g);
    assert_string_equal(g->store.seed, seed);
    assert_string_equal(g->store.token, "sen_d_1");
    assert_string_equal(g->store.claim, "");
    assert_int_equal(seneschal_agent_state(g), SENESCHAL_ACTIVE);
    configure(g);
    assert_out(ENABLED);
    assert_int_equal(g->store.ack_owed, 1);
    g = reopen(g);
    assert_int_equal(g->store.ack_owed, 1); /* still owed after a crash */
    /* Too busy is no answer to it: still owed, and the configuration is looked after first. */
    (void)follow(
        g, AGENT_ACK,
        (struct agent_news){ .event = AGENT_UNREACHED, .slug = STR("overloaded"), .later = true });
    assert_int_equal(g->store.ack_owed, 1);
    assert_true(g->side_put_off);
    (void)follow(g, AGENT_FETCH, (struct agent_news){ .event = AGENT_UNCHANGED });
    assert_false(g->side_put_off);
    assert_string_equal(g->store.etag, etag);
    (void)follow(g, AGENT_ACK, (struct agent_news){ .event = AGENT_CONFIRMED });
    g = reopen(g);
    assert_int_equal(g->store.ack_owed, 0);
    struct stat st;
    assert_int_equal(stat(out, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    seneschal_agent_close(g);
}

/* An unsigned refusal switches off and wipes nothing; the next configuration brings it back. */
static void test_refusals_disable_and_keep_the_keys(void **state)
{
    (void)state;
    static const struct {
        enum agent_event event;
        const char *slug, *out;
    } refusals[] = {
        { AGENT_REVOKED, "device-revoked",
          "{\"config\":{},\"enabled\":false,\"reason\":\"device-revoked\",\"version\":null}" },
        { AGENT_BLOCKED, "device-blocked",
          "{\"config\":{},\"enabled\":false,\"reason\":\"device-blocked\",\"version\":null}" },
    };
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
        (void)clear(NULL);
        struct seneschal_agent *g = open_handle();
        enrol(g);
        configure(g);
        dur_t wait = follow(g, AGENT_FETCH,
                            (struct agent_news){ .event = refusals[i].event,
                                                 .slug = str_from_cz(refusals[i].slug) });
        assert_true(wait.us >= DUR_S(240).us && wait.us <= DUR_S(360).us);
        assert_out(refusals[i].out);
        g = reopen(g);
        assert_int_equal(seneschal_agent_state(g), SENESCHAL_DISABLED);
        assert_string_equal(g->store.reason, refusals[i].slug);
        assert_string_equal(g->store.token, "sen_d_1");
        assert_int_not_equal(g->store.seed[0], '\0');
        assert_string_equal(g->store.etag, ""); /* so that the whole configuration comes again */
        configure(g);
        assert_int_equal(seneschal_agent_state(g), SENESCHAL_ACTIVE);
        assert_string_equal(g->store.reason, "");
        assert_out(ENABLED);
        seneschal_agent_close(g);
    }
}

static void pass(int64_t seconds)
{
    clock_freeze((ts_t){ clock_wall().us + DUR_S(seconds).us },
                 (dur_t){ clock_mono().us + DUR_S(seconds).us });
}

static void test_no_answer_for_a_lease_disables(void **state)
{
    (void)state;
    struct seneschal_agent *g = open_handle();
    enrol(g);
    configure(g);
    pass(3599);
    (void)follow(g, AGENT_FETCH, (struct agent_news){ .event = AGENT_UNREACHED });
    assert_int_equal(agent_follow_time(g), E_OK);
    assert_int_equal(seneschal_agent_state(g), SENESCHAL_ACTIVE);
    assert_out(ENABLED);
    pass(2);
    assert_int_equal(agent_follow_time(g), E_OK);
    assert_int_equal(seneschal_agent_state(g), SENESCHAL_DISABLED);
    assert_out("{\"config\":{},\"enabled\":false,\"reason\":\"grace-over\",\"version\":null}");
    configure(g);
    assert_out(ENABLED);
    seneschal_agent_close(g);
}

#define MINIMAL "{\"config\":{\"a\":0},\"degraded\":true,\"enabled\":false,\"reason\":\""

/* Put a configuration in force that carries a minimal one, or not. */
static void configure_with(struct seneschal_agent *g, const char *body)
{
    char tag[67] = "\"";
    digest_t d = sha256_of(str_from_cz(body));
    hex_encode(d.b, sizeof d.b, tag + 1);
    tag[65] = '"';
    (void)follow(g, AGENT_FETCH,
                 (struct agent_news){ .event = AGENT_CONFIGURED,
                                      .etag = str_from_cz(tag),
                                      .version = STR("2026-01-01.2"),
                                      .body = str_from_cz(body),
                                      .enabled = strstr(body, "\"enabled\":true") != NULL,
                                      .lease = lease(3600) });
    assert_out(body);
}

static const char with_degraded[] = "{\"config\":{\"a\":1,\"degraded\":{\"a\":0}},\"enabled\":true,"
                                    "\"version\":\"2026-01-01.2\"}";

/* FLEET.md: the minimal configuration is written while STALE or BLOCKED instead of off; REVOKED is
 * off whatever the policy carries. */
static void test_degraded(void **state)
{
    (void)state;
    const struct agent_news blocked = { .event = AGENT_BLOCKED, .slug = STR("device-blocked") };
    const struct agent_news revoked = { .event = AGENT_REVOKED, .slug = STR("device-revoked") };
    struct seneschal_agent *g = open_handle();
    enrol(g);
    configure_with(g, with_degraded);
    (void)follow(g, AGENT_FETCH, blocked);
    assert_int_equal(seneschal_agent_state(g), SENESCHAL_DISABLED);
    assert_out(MINIMAL "device-blocked\",\"version\":\"2026-01-01.2\"}");
    g = reopen(g);
    (void)follow(g, AGENT_FETCH, revoked);
    assert_out("{\"config\":{},\"enabled\":false,\"reason\":\"device-revoked\",\"version\":null}");
    (void)follow(g, AGENT_FETCH, blocked);
    assert_out(MINIMAL "device-blocked\",\"version\":\"2026-01-01.2\"}");

    configure_with(g, with_degraded);
    pass(3601);
    assert_int_equal(agent_follow_time(g), E_OK);
    assert_int_equal(seneschal_agent_state(g), SENESCHAL_STALE);
    assert_out(MINIMAL "lease-over\",\"version\":\"2026-01-01.2\"}");
    assert_string_equal(g->store.etag, ""); /* the whole configuration is asked for */
    g = reopen(g);
    pass(DUR_DAYS(1).us / 1000000);
    assert_int_equal(agent_follow_time(g), E_OK);
    assert_int_equal(seneschal_agent_state(g), SENESCHAL_STALE); /* until the server is back */
    (void)follow(g, AGENT_FETCH, revoked);
    assert_int_equal(seneschal_agent_state(g), SENESCHAL_DISABLED);
    assert_out("{\"config\":{},\"enabled\":false,\"reason\":\"device-revoked\",\"version\":null}");
    seneschal_agent_close(g);
}

/* What the last policy carried counts: not that of an earlier one, not that of one that is off, and
 * nothing but an object. */
static void test_degraded_is_that_of_the_last_policy(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        ENABLED,
        "{\"config\":{\"degraded\":true},\"enabled\":true,\"version\":\"v\"}",
        "{\"config\":{\"degraded\":{\"a\":0}},\"enabled\":false,\"version\":\"v\"}",
    };
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        (void)clear(NULL);
        struct seneschal_agent *g = open_handle();
        enrol(g);
        configure_with(g, with_degraded);
        configure_with(g, bodies[i]);
        g = reopen(g);
        pass(3601);
        assert_int_equal(agent_follow_time(g), E_OK);
        assert_int_equal(seneschal_agent_state(g), SENESCHAL_DISABLED);
        assert_out("{\"config\":{},\"enabled\":false,\"reason\":\"grace-over\",\"version\":null}");
        seneschal_agent_close(g);
    }
}

/* A minimal configuration that is damaged is none. */
static void test_degraded_that_cannot_be_read(void **state)
{
    (void)state;
    char minimal[sizeof state_dir + 16];
    struct seneschal_agent *g = open_handle();
    snprintf(minimal, sizeof minimal, "%s/degraded.json", state_dir);
    enrol(g);
    configure_with(g, with_degraded);
    assert_int_equal(file_write(minimal, 0600, STR("{\"config\":{\"a\""), NULL), E_OK);
    (void)follow(g, AGENT_FETCH,
                 (struct agent_news){ .event = AGENT_BLOCKED, .slug = STR("device-blocked") });
    assert_out("{\"config\":{},\"enabled\":false,\"reason\":\"device-blocked\",\"version\":null}");
    seneschal_agent_close(g);
}

static void test_the_lease_goes_on_through_a_restart(void **state)
{
    (void)state;
    struct seneschal_agent *g = open_handle();
    enrol(g);
    configure(g);
    pass(3000);
    g = reopen(g);
    assert_int_equal(agent_lease_left(g).us, DUR_S(600).us);
    (void)follow(g, AGENT_FETCH, (struct agent_news){ .event = AGENT_UNCHANGED });
    assert_int_equal(agent_lease_left(g).us, DUR_S(600).us); /* a 304 alone proves nothing */
    (void)follow(g, AGENT_FETCH,
                 (struct agent_news){ .event = AGENT_CONFIRMED, .lease = lease(3600) });
    assert_int_equal(agent_lease_left(g).us, DUR_S(3600).us);
    g = reopen(g);
    assert_int_equal(agent_lease_left(g).us, DUR_S(3600).us);
    pass(3601);
    g = reopen(g);
    assert_int_equal(agent_follow_time(g), E_OK);
    assert_int_equal(seneschal_agent_state(g), SENESCHAL_DISABLED);
    seneschal_agent_close(g);
}

/* A wall clock that was set back gives no lease without end: it runs out by the monotonic clock. */
static void test_a_clock_set_back(void **state)
{
    (void)state;
    struct seneschal_agent *g = open_handle();
    enrol(g);
    configure(g);
    clock_freeze((ts_t){ start.us - DUR_DAYS(30).us }, DUR_S(100));
    g = reopen(g);
    assert_int_equal(agent_follow_time(g), E_OK);
    assert_int_equal(seneschal_agent_state(g), SENESCHAL_ACTIVE);
    pass(3601);
    assert_int_equal(agent_follow_time(g), E_OK);
    assert_int_equal(seneschal_agent_state(g), SENESCHAL_DISABLED);
    seneschal_agent_close(g);
}

/* A file that somebody changed, or that a crash left behind the state, is fetched anew. */
static void test_drift_is_repaired(void **state)
{
    (void)state;
    struct seneschal_agent *g = open_handle();
    enrol(g);
    configure(g);
    assert_int_equal(file_write(out, 0600, STR("{\"config\":{\"a\":2}}"), NULL), E_OK);
    g = reopen(g);
    assert_string_equal(g->store.etag, "");
    configure(g);
    g = reopen(g);
    assert_string_equal(g->store.etag, etag);
    assert_int_equal(unlink(out), 0);
    g = reopen(g);
    assert_string_equal(g->store.etag, "");
    seneschal_agent_close(g);
}

/* The answer to a rotation is stored in both generations before the token is used. */
static void test_rotation(void **state)
{
    (void)state;
    struct seneschal_agent *g = open_handle();
    char newest[sizeof state_dir + 16];
    enrol(g);
    configure(g);
    assert_int_equal(agent_text_set(g->store.rotate_nonce, STR("nonce")), E_OK);
    assert_int_equal(agent_store_save(state_dir, &g->store, NULL), E_OK);
    g = reopen(g);
    assert_string_equal(g->store.rotate_nonce, "nonce"); /* the same question again */
    (void)follow(
        g, AGENT_ROTATE,
        (struct agent_news){ .event = AGENT_CONFIRMED, .token = STR("sen_d_2"), .join_seq = 2 });
    seneschal_agent_close(g);
    snprintf(newest, sizeof newest, "%s/state.json", state_dir);
    assert_int_equal(unlink(newest), 0);
    g = open_handle();
    assert_string_equal(g->store.token, "sen_d_2");
    assert_int_equal(g->store.join_seq, 2);
    assert_string_equal(g->store.rotate_nonce, "");
    seneschal_agent_close(g);
}

static void test_a_token_that_is_refused_twice(void **state)
{
    (void)state;
    struct seneschal_agent *g = open_handle();
    enrol(g);
    configure(g);
    const struct agent_news unknown = { .event = AGENT_UNAUTHENTICATED,
                                        .slug = STR("unauthenticated") };
    (void)follow(g, AGENT_FETCH, unknown);
    assert_false(g->token_refused);
    (void)follow(g, AGENT_FETCH, unknown);
    assert_true(g->token_refused);
    assert_int_equal(seneschal_agent_state(g), SENESCHAL_ACTIVE); /* its lease decides */
    assert_string_equal(g->store.token, "sen_d_1");
    assert_out(ENABLED);
    enrol(g);
    assert_false(g->token_refused);
    seneschal_agent_close(g);
}

static void test_waiting(void **state)
{
    (void)state;
    struct seneschal_agent *g = open_handle();
    dur_t wait = follow(g, AGENT_CONFIRM,
                        (struct agent_news){ .event = AGENT_WAITING, .retry_after_s = 30 });
    assert_true(wait.us >= DUR_S(30).us && wait.us <= DUR_S(32).us);
    wait = follow(g, AGENT_CONFIRM, (struct agent_news){ .event = AGENT_WAITING });
    assert_true(wait.us >= DUR_S(5).us && wait.us <= DUR_S(7).us);
    for (int i = 0; i < 20; i++)
        wait = follow(g, AGENT_FETCH, (struct agent_news){ .event = AGENT_UNREACHED });
    assert_true(wait.us >= DUR_S(60).us && wait.us <= DUR_S(120).us);
    enrol(g);
    configure(g);
    pass(50);
    wait = follow(g, AGENT_FETCH, (struct agent_news){ .event = AGENT_UNCHANGED });
    assert_int_equal(wait.us, 0); /* a long poll that ended: the next one */
    wait = follow(g, AGENT_FETCH, (struct agent_news){ .event = AGENT_UNCHANGED });
    assert_true(wait.us >= DUR_S(5).us && wait.us <= DUR_S(10).us); /* one that was not long */
    seneschal_agent_close(g);
}

/* Where the configuration cannot be written the old one must not go on. */
static void test_a_file_that_cannot_be_written(void **state)
{
    (void)state;
    struct seneschal_agent *g = open_handle();
    struct stat st;
    enrol(g);
    snprintf(g->out, sizeof g->out, "%s/no/such/place", dir);
    const struct agent_news news = { .event = AGENT_CONFIGURED,
                                     .etag = str_from_cz(etag),
                                     .version = STR("v"),
                                     .body = STR(ENABLED),
                                     .enabled = true };
    dur_t wait = follow(g, AGENT_FETCH, news);
    assert_true(wait.us >= 0);
    assert_string_equal(g->store.etag, "");
    assert_int_equal(g->store.ack_owed, 0);
    assert_int_not_equal(stat(out, &st), 0);
    seneschal_agent_close(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_from_nothing_to_a_configuration, clear),
        cmocka_unit_test_teardown(test_refusals_disable_and_keep_the_keys, clear),
        cmocka_unit_test_teardown(test_no_answer_for_a_lease_disables, clear),
        cmocka_unit_test_teardown(test_degraded, clear),
        cmocka_unit_test_teardown(test_degraded_is_that_of_the_last_policy, clear),
        cmocka_unit_test_teardown(test_degraded_that_cannot_be_read, clear),
        cmocka_unit_test_teardown(test_the_lease_goes_on_through_a_restart, clear),
        cmocka_unit_test_teardown(test_a_clock_set_back, clear),
        cmocka_unit_test_teardown(test_drift_is_repaired, clear),
        cmocka_unit_test_teardown(test_rotation, clear),
        cmocka_unit_test_teardown(test_a_token_that_is_refused_twice, clear),
        cmocka_unit_test_teardown(test_waiting, clear),
        cmocka_unit_test_teardown(test_a_file_that_cannot_be_written, clear),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
