/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from answers that are genuine, and from those that are not: on a handle without a
 * server, with answers that are signed here. */
#include "handle.h"

#define DEVICE "01a20138-2275-722c-a05b-b6689319d310"
#define ORG    "019d7c30-5b1e-7abc-8def-0123456789ab"
#define BODY   "{\"config\":{\"a\":\"one\"},\"enabled\":true,\"version\":\"2026-01-01.1\"}"

static struct jws_key root;
static struct jws_key org_key;
static struct jws_key foreign;

static int setup(void **state)
{
    if (handle_setup(state) != 0)
        return -1;
    const secret_t seeds[] = { { .n = ED25519_SEED, .b = { 1 } },
                               { .n = ED25519_SEED, .b = { 2 } },
                               { .n = ED25519_SEED, .b = { 3 } } };
    for (size_t i = 0; i < ARRAY_LEN(seeds); i++) {
        struct jws_key *const keys[] = { &root, &org_key, &foreign };
        if (jws_key_make(&seeds[i], keys[i]) != E_OK)
            return -1;
    }
    return 0;
}

static void pass(int64_t wall_s, int64_t mono_s)
{
    clock_freeze((ts_t){ clock_wall().us + DUR_S(wall_s).us },
                 (dur_t){ clock_mono().us + DUR_S(mono_s).us });
}

static struct agent_news news_of_token(const struct jws_key *whose)
{
    return (struct agent_news){ .event = AGENT_ENROLLED,
                                .token = STR("sen_d_1"),
                                .join_seq = 1,
                                .root = whose->public,
                                .org = STR(ORG) };
}

/* Enrolled, with the root pinned and the key set known. */
static struct seneschal_agent *enrolled(void)
{
    struct seneschal_agent *g = open_handle();
    struct verify_keys keys = { .n = 1, .count = 1 };
    struct buf b;
    assert_int_equal(agent_text_set(g->store.device_id, STR(DEVICE)), E_OK);
    keys.key[0].key = org_key.public;
    memcpy(keys.key[0].kid, org_key.kid, JWS_KID);
    buf_init(&b, AGENT_TEXT);
    verify_keys_write(&b, &keys);
    assert_int_equal(agent_text_set(g->store.keys, buf_str(&b)), E_OK);
    buf_fini(&b);
    g->store.keys_n = 1;
    (void)follow(g, AGENT_CONFIRM, news_of_token(&root));
    g = reopen(g);
    assert_int_equal(g->trust.keys.count, 1);
    return g;
}

/* One answer of the server; each member may be absent. */
struct given {
    int status;
    const char *body;
    str_t etag, signature, lease;
};

static str_t kept(struct seneschal_agent *g, struct buf *b)
{
    str_t text;
    assert_int_equal(b->err, E_OK);
    assert_int_equal(str_copy(g->arena, buf_str(b), &text), E_OK);
    buf_fini(b);
    return text;
}

static str_t lease_text(struct seneschal_agent *g, const char *status, str_t etag, int64_t seq)
{
    struct buf claims;
    struct buf b;
    int64_t now = clock_wall().us / 1000000;
    buf_init(&claims, KIB(2));
    buf_init(&b, KIB(4));
    struct json_out o = json_out_to(&claims);
    json_out_open(&o, '{');
    JSON_OUT(&o, "device", str, STR(DEVICE));
    if (etag.p != NULL)
        JSON_OUT(&o, "etag", str, etag);
    JSON_OUT(&o, "exp", i64, now + 3600);
    JSON_OUT(&o, "iat", i64, now);
    JSON_OUT(&o, "seq", i64, seq);
    JSON_OUT(&o, "status", str, str_from_cz(status));
    json_out_close(&o, '}');
    jws_sign(&b, &org_key, STR("seneschal-lease+jwt"), buf_str(&claims));
    buf_fini(&claims);
    return kept(g, &b);
}

static struct given genuine(struct seneschal_agent *g, const char *body, int64_t seq)
{
    struct given a = { .status = 200, .body = body };
    struct buf b;
    assert_int_equal(agent_etag_make(g->arena, str_from_cz(body), &a.etag), E_OK);
    buf_init(&b, KIB(4));
    jws_sign_detached(&b, &org_key, str_from_cz(body));
    a.signature = kept(g, &b);
    a.lease = lease_text(g, "ENROLLED", a.etag, seq);
    return a;
}

/* As agent_ask does, but for the wire. */
static struct agent_news hear(struct seneschal_agent *g, enum agent_ask ask, struct given given)
{
    const struct {
        const char *name;
        str_t value;
    } all[] = { { "etag", given.etag },
                { "seneschal-signature", given.signature },
                { "seneschal-lease", given.lease } };
    struct http_answer_field fields[ARRAY_LEN(all)];
    struct http_answer answer = { .status = given.status,
                                  .fields = fields,
                                  .body = str_from_cz(given.body) };
    struct agent_news n;
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        if (all[i].value.p != NULL)
            fields[answer.fields_n++] =
                (struct http_answer_field){ str_from_cz(all[i].name), all[i].value };
    }
    assert_int_equal(agent_read(g->arena, ask, &answer, &n), E_OK);
    assert_int_equal(trust_judge(g, ask, &answer, &n), E_OK);
    return n;
}

static dur_t take(struct seneschal_agent *g, struct given given)
{
    return follow(g, AGENT_FETCH, hear(g, AGENT_FETCH, given));
}

static bool holds(const char *path, const char *text)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
    str_t got;
    if (file_read(a, path, KIB(128), NULL, &got) != E_OK)
        return false;
    return memmem(got.p, got.n, text, strlen(text)) != NULL;
}

static char *in_state(const char *name)
{
    static char path[sizeof state_dir + 32];
    snprintf(path, sizeof path, "%s/%s", state_dir, name);
    return path;
}

static void test_only_what_is_proven_prolongs(void **state)
{
    (void)state;
    struct seneschal_agent *g = enrolled();
    struct given first = genuine(g, BODY, 5);
    (void)take(g, first);
    assert_true(holds(out, "\"one\""));
    assert_int_equal(agent_lease_left(g).us, DUR_S(3600).us);
    assert_false(lease_wanted(g));
    g->trust.prefers = false;
    pass(1800, 1800);
    assert_true(lease_wanted(g));
    const struct given bare = { .status = 304, .etag = first.etag };
    struct agent_news n = hear(g, AGENT_FETCH, bare);
    assert_int_equal(n.event, AGENT_UNCHANGED);
    (void)follow(g, AGENT_FETCH, n);
    assert_int_equal(agent_lease_left(g).us, DUR_S(1800).us);

    g->trust.prefers = true;
    n = hear(g, AGENT_FETCH, bare);
    assert_int_equal(n.event, AGENT_REJECTED);
    assert_int_equal(n.refusal, VERIFY_LEASE_MISSING);
    /* The lease of the configuration once more: genuine, and worth nothing new. */
    struct given again = bare;
    again.lease = first.lease;
    n = hear(g, AGENT_FETCH, again);
    assert_int_equal(n.event, AGENT_CONFIRMED);
    assert_true(follow(g, AGENT_FETCH, n).us > 0); /* and not asked for again at once */
    assert_int_equal(agent_lease_left(g).us, DUR_S(1800).us);
    again.lease = lease_text(g, "ENROLLED", first.etag, 5);
    n = hear(g, AGENT_FETCH, again);
    assert_int_equal(n.event, AGENT_CONFIRMED);
    (void)follow(g, AGENT_FETCH, n);
    assert_int_equal(agent_lease_left(g).us, DUR_S(3600).us);
    seneschal_agent_close(g);
}

/* Every one of them: the configuration in force stays, and what was refused is seen. */
static void test_refused_answers(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        bool again; /* tells the server once more: another etag or another reason */
    } want[] = { { "signature-invalid", true },  { "signature-missing", true },
                 { "signature-missing", false }, { "lease-missing", true },
                 { "lease-invalid", true },      { "sequence-back", true } };
    struct seneschal_agent *g = enrolled();
    (void)take(g, genuine(g, BODY, 5));
    static const char other[] =
        "{\"config\":{\"a\":\"two\"},\"enabled\":true,\"version\":\"2026-01-01.2\"}";
    struct given bad[ARRAY_LEN(want)];
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        bad[i] = genuine(g, other, 6);
    bad[0].body = "{\"config\":{\"a\":\"TWO\"},\"enabled\":true,\"version\":\"2026-01-01.2\"}";
    bad[1].signature = STR_NONE;
    bad[2].signature = STR_NONE;
    bad[3].lease = STR_NONE;
    bad[4].lease = lease_text(g, "ENROLLED", STR("\"x\""), 6);
    bad[5].lease = lease_text(g, "ENROLLED", bad[5].etag, 4);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        print_message("# %s\n", want[i].word);
        dur_t wait = take(g, bad[i]);
        assert_string_equal(seneschal_agent_refused(g), want[i].word);
        assert_int_equal(g->trust.owed != VERIFY_GOOD, want[i].again);
        assert_int_equal(wait.us == 0, want[i].again); /* tells it at once, else by backoff */
        assert_true(holds(in_state("journal.ndjson"), want[i].word));
        assert_true(holds(out, "\"one\""));
        assert_int_equal(seneschal_agent_state(g), SENESCHAL_ACTIVE);
        wait = follow(g, AGENT_REJECT, (struct agent_news){ .event = AGENT_UNCHANGED });
        assert_int_equal(g->trust.owed, VERIFY_GOOD);
    }
    assert_int_equal(g->trust.rejections, ARRAY_LEN(bad));
    g = reopen(g);
    assert_string_equal(seneschal_agent_refused(g), "sequence-back");
    (void)take(g, genuine(g, other, 6));
    assert_string_equal(seneschal_agent_refused(g), "");
    assert_true(holds(out, "\"two\""));
    seneschal_agent_close(g);
}

/* A page of a portal is not even refused; what looks like ours is, whatever else it lacks. */
static void test_what_is_no_answer(void **state)
{
    (void)state;
    struct seneschal_agent *g = enrolled();
    const struct given page = { .status = 200, .body = "<html>sign in</html>" };
    assert_int_equal(hear(g, AGENT_FETCH, page).event, AGENT_UNREACHED);
    struct given cut = genuine(g, BODY, 5);
    cut.body = "{\"config\":{\"a\"";
    cut.etag = STR_NONE;
    struct agent_news n = hear(g, AGENT_FETCH, cut);
    assert_int_equal(n.event, AGENT_REJECTED);
    assert_int_equal(n.refusal, VERIFY_SIGNATURE_INVALID);
    assert_true(agent_etag_is(n.etag)); /* the server is told of these bytes */
    /* A key that is not known: the set is asked for, and nobody is there. */
    struct given strange = genuine(g, BODY, 5);
    struct buf b;
    buf_init(&b, KIB(4));
    jws_sign_detached(&b, &foreign, STR(BODY));
    strange.signature = kept(g, &b);
    assert_int_equal(hear(g, AGENT_FETCH, strange).event, AGENT_UNREACHED);
    seneschal_agent_close(g);
}

static void test_refusals_unsigned_and_signed(void **state)
{
    (void)state;
    static const char revoked[] = "{\"code\":\"device-revoked\"}";
    struct seneschal_agent *g = enrolled();
    (void)take(g, genuine(g, BODY, 5));
    struct given old = { .status = 403, .body = revoked };
    old.lease = lease_text(g, "REVOKED", STR_NONE, 5);
    (void)take(g, genuine(g, BODY, 6));
    struct agent_news n = hear(g, AGENT_FETCH, old); /* of before it was reinstated */
    assert_int_equal(n.event, AGENT_REVOKED);
    assert_int_equal(n.refusal, VERIFY_SEQUENCE_BACK);

    const struct given plain = { .status = 403, .body = revoked };
    n = hear(g, AGENT_FETCH, plain);
    assert_int_equal(n.event, AGENT_REVOKED);
    assert_int_equal(n.refusal, VERIFY_LEASE_MISSING);
    assert_int_equal(follow(g, AGENT_FETCH, n).us, 0); /* what it would end is told first */
    assert_int_equal(seneschal_agent_state(g), SENESCHAL_DISABLED);
    assert_int_equal(seneschal_agent_wiped(g), 0);
    assert_string_equal(g->store.token, "sen_d_1");
    (void)take(g, genuine(g, BODY, 6));
    assert_int_equal(seneschal_agent_state(g), SENESCHAL_ACTIVE);

    struct given blocked = { .status = 403, .body = "{\"code\":\"device-blocked\"}" };
    blocked.lease = lease_text(g, "BLOCKED", STR_NONE, 99); /* the store's number, not ours */
    n = hear(g, AGENT_HEARTBEAT, blocked);
    assert_int_equal(n.event, AGENT_BLOCKED);
    assert_int_equal(n.refusal, VERIFY_GOOD);
    assert_true(follow(g, AGENT_HEARTBEAT, n).us >= DUR_S(240).us);
    assert_string_equal(g->store.token, "sen_d_1");
    (void)take(g, genuine(g, BODY, 7));
    assert_int_equal(seneschal_agent_state(g), SENESCHAL_ACTIVE);
    seneschal_agent_close(g);
}

static void test_a_signed_revocation_wipes(void **state)
{
    (void)state;
    struct seneschal_agent *g = enrolled();
    char seed[AGENT_TEXT];
    int64_t wait_ms = 0;
    memcpy(seed, g->store.seed, sizeof seed);
    (void)take(g, genuine(g,
                          "{\"config\":{\"a\":\"one\",\"degraded\":{\"a\":\"zero\"}},"
                          "\"enabled\":true,\"version\":\"v\"}",
                          5));
    assert_true(holds(in_state("journal.ndjson"), "\"one\""));
    assert_true(holds(in_state("degraded.json"), "\"zero\""));
    struct given refusal = { .status = 403, .body = "{\"code\":\"device-revoked\"}" };
    refusal.lease = lease_text(g, "REVOKED", STR_NONE, 6);
    struct agent_news n = hear(g, AGENT_ACK, refusal);
    assert_int_equal(n.event, AGENT_WIPED);
    (void)follow(g, AGENT_ACK, n);

    for (int round = 0; round < 2; round++) {
        assert_int_equal(seneschal_agent_state(g), SENESCHAL_DISABLED);
        assert_int_equal(seneschal_agent_wiped(g), 1);
        assert_string_equal(seneschal_agent_reason(g), "device-revoked");
        assert_string_equal(seneschal_agent_device_id(g), DEVICE);
        assert_int_equal(g->seed.n, 0);
        assert_false(holds(out, "\"one\""));
        assert_true(holds(out, "\"device-revoked\""));
        static const char *const files[] = { "state.json", "state.json.prev", "journal.ndjson",
                                             "degraded.json" };
        for (size_t i = 0; i < ARRAY_LEN(files); i++) {
            assert_false(holds(in_state(files[i]), "sen_d_1"));
            assert_false(holds(in_state(files[i]), seed));
            assert_false(holds(in_state(files[i]), "\"one\""));
            assert_false(holds(in_state(files[i]), "\"zero\""));
        }
        assert_true(holds(in_state("journal.ndjson"), "\"/a\"")); /* that it was, and when */
        /* Nobody is asked: port 9 would give SENESCHAL_LATER. */
        assert_int_equal(seneschal_agent_step(g, 0, &wait_ms), SENESCHAL_REFUSED);
        assert_true(wait_ms > 0);
        g = reopen(g);
    }
    seneschal_agent_close(g);
}

/* Set back between two runs: what is in force goes on for what is left of its lease, and it is seen
 * before anybody answers. */
static void test_a_clock_set_back(void **state)
{
    (void)state;
    struct seneschal_agent *g = enrolled();
    (void)take(g, genuine(g, BODY, 5));
    pass(1000, 1000);
    g = reopen(g);
    pass(-7200, 0);
    g = reopen(g);
    assert_int_equal(agent_follow_time(g), E_OK);
    assert_string_equal(seneschal_agent_refused(g), "clock-back");
    assert_int_equal(g->trust.owed, VERIFY_CLOCK_BACK);
    assert_int_equal(agent_lease_left(g).us, DUR_S(2600).us); /* the same boot: it is known */
    struct agent_news n = hear(g, AGENT_FETCH, genuine(g, BODY, 6));
    assert_int_equal(n.refusal, VERIFY_CLOCK_BACK); /* the newest that was seen is of later */
    (void)follow(g, AGENT_FETCH, n);
    pass(2601, 2601);
    assert_int_equal(agent_follow_time(g), E_OK);
    assert_int_equal(seneschal_agent_state(g), SENESCHAL_DISABLED);
    seneschal_agent_close(g);
}

/* A machine that was suspended: the monotonic clock stood still, the wall clock did not. */
static void test_a_lease_ends_by_either_clock(void **state)
{
    (void)state;
    struct seneschal_agent *g = enrolled();
    struct given first = genuine(g, BODY, 5);
    (void)take(g, first);
    pass(3600 + VERIFY_LEEWAY_S - 1, 1);
    assert_true(agent_lease_left(g).us > 0);
    pass(1, 0); /* the last moment in which it would be accepted */
    assert_int_equal(agent_lease_left(g).us, 0);
    assert_int_equal(agent_follow_time(g), E_OK);
    assert_int_equal(seneschal_agent_state(g), SENESCHAL_DISABLED);
    /* By the other: the same lease, played again, brings nothing back. */
    (void)clear(NULL);
    seneschal_agent_close(g);
    g = enrolled();
    first = genuine(g, BODY, 5);
    (void)take(g, first);
    pass(3590, 3601);
    assert_int_equal(agent_follow_time(g), E_OK);
    assert_int_equal(seneschal_agent_state(g), SENESCHAL_DISABLED);
    struct agent_news n = hear(g, AGENT_FETCH, first);
    assert_int_equal(n.event, AGENT_REJECTED);
    assert_int_equal(n.refusal, VERIFY_LEASE_EXPIRED);
    seneschal_agent_close(g);
}

static void test_grace(void **state)
{
    (void)state;
    struct seneschal_agent *g = enrolled();
    (void)take(g, genuine(g, BODY, 5));
    g->store.lease_grace_s = 600; /* as a lease with it sets it: test_verify.c */
    pass(3600, 3600);
    assert_int_equal(agent_follow_time(g), E_OK);
    assert_int_equal(seneschal_agent_state(g), SENESCHAL_STALE);
    assert_true(holds(out, "\"one\""));
    g->trust.prefers = false;
    const struct given bare = { .status = 304 };
    (void)take(g, bare);
    assert_int_equal(seneschal_agent_state(g), SENESCHAL_STALE); /* it proves nothing */
    pass(600, 600);
    assert_int_equal(agent_follow_time(g), E_OK);
    assert_int_equal(seneschal_agent_state(g), SENESCHAL_DISABLED);
    assert_false(holds(out, "\"one\""));
    seneschal_agent_close(g);
}

/* The first root key stays: who comes with another is not our server, whatever token it brings. */
static void test_the_pin(void **state)
{
    (void)state;
    struct seneschal_agent *g = enrolled();
    const struct http_answer nothing = { .status = 200 };
    struct agent_news n = news_of_token(&foreign);
    assert_int_equal(trust_judge(g, AGENT_CONFIRM, &nothing, &n), E_OK);
    assert_int_equal(n.event, AGENT_REJECTED);
    assert_int_equal(n.refusal, VERIFY_KEY_SET_INVALID);
    (void)follow(g, AGENT_CONFIRM, n);
    assert_string_equal(g->store.token, "sen_d_1");
    n = news_of_token(&root);
    n.org = STR(DEVICE);
    assert_int_equal(trust_judge(g, AGENT_CONFIRM, &nothing, &n), E_OK);
    assert_int_equal(n.event, AGENT_REJECTED);
    n = news_of_token(&root);
    assert_int_equal(trust_judge(g, AGENT_CONFIRM, &nothing, &n), E_OK);
    assert_int_equal(n.event, AGENT_ENROLLED);
    seneschal_agent_close(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_only_what_is_proven_prolongs, clear),
        cmocka_unit_test_teardown(test_refused_answers, clear),
        cmocka_unit_test_teardown(test_what_is_no_answer, clear),
        cmocka_unit_test_teardown(test_refusals_unsigned_and_signed, clear),
        cmocka_unit_test_teardown(test_a_signed_revocation_wipes, clear),
        cmocka_unit_test_teardown(test_a_clock_set_back, clear),
        cmocka_unit_test_teardown(test_a_lease_ends_by_either_clock, clear),
        cmocka_unit_test_teardown(test_grace, clear),
        cmocka_unit_test_teardown(test_the_pin, clear),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
