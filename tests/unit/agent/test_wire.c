/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent makes of an answer: ours, as API.md has it, or none. */
#include "agent/wire.h"
#include "base/enc.h"
#include "plat/crypto/crypto.h"
#include "plat/json/json.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define BODY      "{\"config\":{\"a\":1},\"enabled\":true,\"version\":\"2026-01-01.1\"}"
#define CHALLENGE "\"challenge\":{\"nonce\":\"n1\",\"context\":\"c1\",\"expires_at\":\"x\"}"

struct row {
    const char *name;
    enum agent_ask ask;
    int status;
    const char *body;
    enum agent_event want;
};

static const struct row rows[] = {
    { "init", AGENT_INIT, 201,
      "{\"device_id\":\"d\",\"request_id\":\"r\",\"code\":\"ABCDEFGH\",\"status\":\"PENDING\","
      "\"claim\":\"sen_c_1\"," CHALLENGE ",\"poll_interval_s\":5,\"more\":[]}",
      AGENT_INITED },
    { "init without a claim", AGENT_INIT, 201, "{\"device_id\":\"d\"," CHALLENGE "}",
      AGENT_UNREACHED },
    { "init without a challenge", AGENT_INIT, 201, "{\"device_id\":\"d\",\"claim\":\"c\"}",
      AGENT_UNREACHED },
    { "fleet locked", AGENT_INIT, 403, "{\"code\":\"fleet-locked\"}", AGENT_TURNED_AWAY },
    { "enrolment key used up", AGENT_INIT, 403, "{\"code\":\"key-exhausted\"}", AGENT_TURNED_AWAY },
    { "enrolment key unknown", AGENT_INIT, 401, "{\"code\":\"unauthenticated\"}",
      AGENT_TURNED_AWAY },
    { "enrolled by another key", AGENT_INIT, 409, "{\"code\":\"already-enrolled\"}",
      AGENT_TURNED_AWAY },
    { "the nonce was used with another body", AGENT_INIT, 409, "{\"code\":\"conflict\"}",
      AGENT_CLAIM_USED },
    { "init of a revoked machine", AGENT_INIT, 403, "{\"code\":\"device-revoked\"}",
      AGENT_REVOKED },

    { "waits", AGENT_CONFIRM, 202, "{\"status\":\"PENDING\"," CHALLENGE "}", AGENT_WAITING },
    { "token", AGENT_CONFIRM, 200, "{\"status\":\"ENROLLED\",\"token\":\"sen_d_1\",\"join_seq\":1}",
      AGENT_ENROLLED },
    { "token without join_seq", AGENT_CONFIRM, 200, "{\"token\":\"sen_d_1\"}", AGENT_UNREACHED },
    { "sign", AGENT_CONFIRM, 403, "{\"code\":\"signature-required\"," CHALLENGE "}",
      AGENT_CHALLENGED },
    { "sign again", AGENT_CONFIRM, 409, "{\"code\":\"challenge-expired\"," CHALLENGE "}",
      AGENT_CHALLENGED },
    { "sign nothing", AGENT_CONFIRM, 409, "{\"code\":\"challenge-expired\"}", AGENT_UNREACHED },
    { "claim used", AGENT_CONFIRM, 409, "{\"code\":\"claim-used\"}", AGENT_CLAIM_USED },
    { "claim wrong", AGENT_CONFIRM, 403, "{\"code\":\"claim-wrong\"}", AGENT_CLAIM_WRONG },
    { "refused", AGENT_CONFIRM, 403, "{\"code\":\"forbidden\"}", AGENT_CLAIM_WRONG },

    { "configuration", AGENT_FETCH, 200, BODY, AGENT_CONFIGURED },
    { "no configuration of ours", AGENT_FETCH, 200, "{\"enabled\":true}", AGENT_UNREACHED },
    { "a page of a portal", AGENT_FETCH, 200, "<html>sign in</html>", AGENT_UNREACHED },
    { "not modified", AGENT_FETCH, 304, "", AGENT_CONFIRMED },
    { "revoked", AGENT_FETCH, 403, "{\"code\":\"device-revoked\"}", AGENT_REVOKED },
    { "blocked", AGENT_FETCH, 403, "{\"code\":\"device-blocked\"}", AGENT_BLOCKED },
    { "the word with another status", AGENT_FETCH, 404, "{\"code\":\"device-revoked\"}",
      AGENT_UNREACHED },
    { "a proxy's 403", AGENT_FETCH, 403, "{\"code\":\"forbidden\"}", AGENT_UNREACHED },
    { "a proxy's 403 in HTML", AGENT_FETCH, 403, "<h1>Forbidden</h1>", AGENT_UNREACHED },
    { "unknown token", AGENT_FETCH, 401, "{\"code\":\"unauthenticated\"}", AGENT_UNAUTHENTICATED },
    { "a proxy's 401", AGENT_FETCH, 401, "", AGENT_UNREACHED },
    { "busy", AGENT_FETCH, 503, "{\"code\":\"overloaded\"}", AGENT_UNREACHED },
    { "a redirect", AGENT_FETCH, 302, "", AGENT_UNREACHED },

    { "rotated", AGENT_ROTATE, 200, "{\"token\":\"sen_d_2\",\"join_seq\":2}", AGENT_CONFIRMED },
    { "rotated to nothing", AGENT_ROTATE, 200, "{\"join_seq\":2}", AGENT_UNREACHED },
    { "clone", AGENT_ROTATE, 403, "{\"code\":\"device-blocked\"}", AGENT_BLOCKED },
    { "acknowledged", AGENT_ACK, 204, "", AGENT_CONFIRMED },
    { "ack with another answer", AGENT_ACK, 200, "{}", AGENT_UNREACHED },
    { "heartbeat", AGENT_HEARTBEAT, 202, "", AGENT_CONFIRMED },
    { "a refused answer was told", AGENT_REJECT, 204, "", AGENT_UNCHANGED },
    { "about ourselves, without a key", AGENT_PIN, 200, "{\"id\":\"d\"}", AGENT_UNREACHED },
    { "about ourselves, revoked", AGENT_PIN, 403, "{\"code\":\"device-revoked\"}", AGENT_REVOKED },
    { "not a body", AGENT_CONFIRM, 200, "[1,2", AGENT_UNREACHED },
    { "duplicate members", AGENT_CONFIRM, 200, "{\"token\":\"a\",\"token\":\"b\",\"join_seq\":1}",
      AGENT_UNREACHED },
};

static void etag_of(str_t body, char out[static 67])
{
    digest_t d = sha256_of(body);
    out[0] = '"';
    hex_encode(d.b, sizeof d.b, out + 1);
    out[65] = '"';
    out[66] = '\0';
}

static enum agent_event read_event(struct arena *a, const struct row *row, str_t etag,
                                   struct agent_news *ret)
{
    const struct http_answer_field fields[] = { { STR("etag"), etag },
                                                { STR("retry-after"), STR("7") } };
    const struct http_answer answer = {
        .status = row->status, .fields = fields, .fields_n = 2, .body = str_from_cz(row->body)
    };
    assert_int_equal(agent_read(a, row->ask, &answer, ret), E_OK);
    return ret->event;
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        char etag[67];
        struct agent_news news;
        etag_of(str_from_cz(rows[i].body), etag);
        print_message("# %s\n", rows[i].name);
        assert_int_equal(read_event(a, &rows[i], str_from_cz(etag), &news), rows[i].want);
        assert_int_equal(news.retry_after_s, 7);
    }
}

/* Whether it is the hash of these bytes is verify.c's to say, and has a word of its own. */
static void test_the_etag_is_a_hash(void **state)
{
    (void)state;
    static const struct row row = { "", AGENT_FETCH, 200, BODY, AGENT_CONFIGURED };
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    char etag[67];
    struct agent_news news;
    etag_of(str_from_cz(BODY), etag);
    assert_int_equal(read_event(a, &row, str_from_cz(etag), &news), AGENT_CONFIGURED);
    assert_true(news.enabled);
    assert_true(str_eq(news.version, STR("2026-01-01.1")));
    assert_true(str_eq(news.body, STR(BODY)));
    assert_int_equal(news.lease.exp_s, 0); /* nothing is proven yet */
    str_t again;
    assert_int_equal(agent_etag_make(a, STR(BODY), &again), E_OK);
    assert_true(str_eq(again, str_from_cz(etag)));
    etag[10] = 'x';
    assert_int_equal(read_event(a, &row, str_from_cz(etag), &news), AGENT_UNREACHED);
    assert_int_equal(read_event(a, &row, STR_NONE, &news), AGENT_UNREACHED);
    assert_int_equal(read_event(a, &row, STR("\"\""), &news), AGENT_UNREACHED);
}

#define ROOT                                                                                       \
    "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"
#define ORG "019d7c30-5b1e-7abc-8def-0123456789ab"

/* Root key and organisation: both, and whole, or nothing that could be pinned. */
static void test_what_is_pinned(void **state)
{
    (void)state;
    static const struct {
        const char *name, *body;
        bool pinned;
    } bodies[] = {
        { "as it is",
          "{\"jwks_uri\":\"https://h/api/v1/iassistants/config/keys/" ORG "\",\"root_key\":" ROOT
          "}",
          true },
        { "at the root of a path",
          "{\"jwks_uri\":\"https://h/s/iassistants/config/keys/" ORG "\",\"root_key\":" ROOT "}",
          true },
        { "no key", "{\"jwks_uri\":\"https://h/iassistants/config/keys/" ORG "\"}", false },
        { "no address", "{\"root_key\":" ROOT "}", false },
        { "an address of another thing",
          "{\"jwks_uri\":\"https://h/oauth2/jwks\",\"root_key\":" ROOT "}", false },
        { "no organisation's name",
          "{\"jwks_uri\":\"https://h/iassistants/config/keys/019d7c30/../"
          "1e-7abc-8def-0123456789ab\","
          "\"root_key\":" ROOT "}",
          false },
        { "a key that is none",
          "{\"jwks_uri\":\"https://h/iassistants/config/keys/" ORG
          "\",\"root_key\":{\"kty\":\"OKP\"}}",
          false },
    };
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        struct agent_news news;
        const struct http_answer answer = { .status = 200, .body = str_from_cz(bodies[i].body) };
        print_message("# %s\n", bodies[i].name);
        assert_int_equal(agent_read(a, AGENT_PIN, &answer, &news), E_OK);
        assert_int_equal(news.event, bodies[i].pinned ? AGENT_PINNED : AGENT_UNREACHED);
        assert_true(str_eq(news.org, bodies[i].pinned ? STR(ORG) : STR_NONE));
        assert_int_equal(news.root.kind, bodies[i].pinned ? PUBKEY_ED25519 : PUBKEY_NONE);
    }
}

static void test_retry_after(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t want;
    } values[] = { { "0", 0 },    { "5", 5 },  { "999999", 3600 }, { "99999999999999999999", 0 },
                   { "soon", 0 }, { "-1", 0 }, { "", 0 } };
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        struct agent_news news;
        const struct http_answer_field f = { STR("Retry-After"), str_from_cz(values[i].text) };
        const struct http_answer answer = { .status = 503, .fields = &f, .fields_n = 1 };
        assert_int_equal(agent_read(a, AGENT_FETCH, &answer, &news), E_OK);
        assert_int_equal(news.retry_after_s, values[i].want);
        assert_true(news.later);
    }
}

/* API.md, confirm: the bytes that are signed, put together here once more and by hand. */
static void test_the_signature_is_over_the_bytes_of_the_contract(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    CLEANUP(json_freep) struct json *v = NULL;
    struct agent_store s = { 0 };
    secret_t seed = { .n = ED25519_SEED, .b = { 1, 2, 3 } };
    uint8_t x[ED25519_PUBLIC];
    struct pubkey k;
    struct buf b;
    assert_int_equal(agent_text_set(s.device_id, STR("dev")), E_OK);
    assert_int_equal(agent_text_set(s.claim, STR("sen_c_1")), E_OK);
    assert_int_equal(agent_text_set(s.challenge_context, STR("ctx")), E_OK);
    assert_int_equal(agent_text_set(s.challenge_nonce, STR("nonce")), E_OK);
    buf_init(&b, KIB(8));
    assert_int_equal(agent_body_confirm(a, &b, &seed, &s), E_OK);
    assert_int_equal(json_parse(buf_str(&b), NULL, &v), E_OK);
    buf_fini(&b);
    assert_int_equal(json_count(v), 3);
    assert_true(str_eq(json_string(json_member(v, STR("claim"))), STR("sen_c_1")));

    uint8_t message[3 + 1 + 3 + 1 + 5 + 1 + SHA256_SIZE] = "ctx\0dev\0nonce\0";
    uint8_t signature[ED25519_SIG];
    ed25519_public(&seed, x);
    assert_int_equal(pubkey_from_raw(PUBKEY_ED25519, str_of(x, sizeof x), STR_NONE, &k), E_OK);
    digest_t d = sha256_of(str_of(k.spki, k.spki_n));
    memcpy(message + 14, d.b, sizeof d.b);
    assert_int_equal(base64url_decode_n(json_string(json_member(v, STR("signature"))), signature,
                                        sizeof signature),
                     E_OK);
    assert_int_equal(
        pubkey_verify(&k, str_of(message, sizeof message), str_of(signature, sizeof signature)),
        E_OK);
}

/* The same bytes as every other client of ours (vectors.def). */
static void test_signatures_that_stay_as_they_are(void **state)
{
    (void)state;
    static const struct {
        const char *seed, *context, *device, *nonce, *signature;
    } vectors[] = {
#define VECTOR(...) { __VA_ARGS__ },
#include "vectors.def"
#undef VECTOR
    };
    for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        CLEANUP(json_freep) struct json *v = NULL;
        struct agent_store s = { 0 };
        secret_t seed;
        struct buf b;
        assert_int_equal(agent_text_set(s.seed, str_from_cz(vectors[i].seed)), E_OK);
        assert_int_equal(agent_text_set(s.challenge_context, str_from_cz(vectors[i].context)),
                         E_OK);
        assert_int_equal(agent_text_set(s.device_id, str_from_cz(vectors[i].device)), E_OK);
        assert_int_equal(agent_text_set(s.challenge_nonce, str_from_cz(vectors[i].nonce)), E_OK);
        assert_int_equal(agent_seed_read(&s, &seed), E_OK);
        buf_init(&b, KIB(8));
        assert_int_equal(agent_body_confirm(a, &b, &seed, &s), E_OK);
        assert_int_equal(json_parse(buf_str(&b), NULL, &v), E_OK);
        buf_fini(&b);
        assert_true(str_eq(json_string(json_member(v, STR("signature"))),
                           str_from_cz(vectors[i].signature)));
    }
}

static void test_bodies(void **state)
{
    (void)state;
    const struct agent_host host = { "m-1", "host", "", "1.0" };
    struct agent_store s = { .join_seq = 4 };
    secret_t seed = { .n = ED25519_SEED, .b = { 9 } };
    CLEANUP(json_freep) struct json *v = NULL;
    struct buf b;
    buf_init(&b, KIB(8));
    agent_body_init(&b, &seed, &host);
    assert_int_equal(json_parse(buf_str(&b), NULL, &v), E_OK);
    assert_true(str_eq(json_string(json_member(v, STR("machine_id"))), STR("m-1")));
    assert_null(json_member(v, STR("os"))); /* what is not known is not sent */
    assert_int_equal(json_count(json_member(v, STR("public_key"))), 3);
    assert_null(json_member(json_member(v, STR("public_key")), STR("d")));

    buf_clear(&b);
    assert_int_equal(agent_text_set(s.rotate_nonce, STR("abc")), E_OK);
    agent_body_rotate(&b, &s);
    assert_true(str_eq(buf_str(&b), STR("{\"join_seq\":4,\"nonce\":\"abc\"}")));

    buf_clear(&b);
    clock_freeze((ts_t){ 1700000000000000 }, (dur_t){ 0 });
    agent_body_ack(&b, &(struct agent_ack){ .etag = STR("\"e\"") });
    assert_true(str_eq(buf_str(&b), STR("{\"etag\":\"\\\"e\\\"\",\"result\":\"applied\","
                                        "\"applied_at\":\"2023-11-14T22:13:20.000Z\"}")));
    buf_clear(&b);
    agent_body_ack(&b, &(struct agent_ack){ .etag = STR("\"e\""),
                                            .version = STR("v.1"),
                                            .failure = STR("no room") });
    assert_true(str_eq(buf_str(&b),
                       STR("{\"version\":\"v.1\",\"etag\":\"\\\"e\\\"\",\"result\":\"failed\","
                           "\"reason\":\"no room\",\"applied_at\":\"2023-11-14T22:13:20.000Z\"}")));
    clock_release();
    buf_clear(&b);
    agent_body_reject(&b, STR("\"e\""), "sequence-back");
    assert_true(str_eq(
        buf_str(&b),
        STR("{\"etag\":\"\\\"e\\\"\",\"result\":\"rejected\",\"reason\":\"sequence-back\"}")));
    buf_fini(&b);
}

static int setup(void **state)
{
    (void)state;
    return crypto_init() == E_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_the_etag_is_a_hash),
        cmocka_unit_test(test_what_is_pinned),
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_the_signature_is_over_the_bytes_of_the_contract),
        cmocka_unit_test(test_signatures_that_stay_as_they_are),
        cmocka_unit_test(test_bodies),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
