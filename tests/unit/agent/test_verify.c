/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent takes for the server's word: every refusal, and the order in which they are found.
 * Keys come from fixed seeds. */
#include "agent/verify.h"
#include "base/enc.h"
#include "plat/jose/jwk.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define DEVICE "01a20138-2275-722c-a05b-b6689319d310"
#define ORG    "019d7c30-5b1e-7abc-8def-0123456789ab"
#define BODY   "{\"config\":{\"a\":1},\"enabled\":true,\"version\":\"2026-01-01.1\"}"
#define TYP    "seneschal-lease+jwt"

enum { NOW_S = 1800000000, ROOM = 4096 };
enum { ROOT, CURRENT, NEXT, FOREIGN, SIGNERS };

static struct jws_key signer[SIGNERS];
static struct verify_keys keys;
static struct verify_pin pin;
static char etag[2 * SHA256_SIZE + 2];

static void know(struct verify_keys *k, int which)
{
    k->key[k->count].key = signer[which].public;
    memcpy(k->key[k->count].kid, signer[which].kid, JWS_KID);
    k->count++;
}

static int setup(void **state)
{
    (void)state;
    if (crypto_init() != E_OK)
        return -1;
    for (int i = 0; i < SIGNERS; i++) {
        const secret_t seed = { .n = ED25519_SEED, .b = { 7, (uint8_t)i } };
        if (jws_key_make(&seed, &signer[i]) != E_OK)
            return -1;
    }
    keys.n = 3;
    know(&keys, CURRENT);
    pin = (struct verify_pin){ signer[ROOT].public, STR(ORG) };
    digest_t d = sha256_of(STR(BODY));
    etag[0] = etag[sizeof etag - 1] = '"';
    hex_encode(d.b, sizeof d.b, etag + 1);
    return 0;
}

static str_t etag_str(void)
{
    return str_of(etag, sizeof etag);
}

static str_t kept(struct arena *a, struct buf *b)
{
    str_t out;
    assert_int_equal(b->err, E_OK);
    assert_int_equal(str_copy(a, buf_str(b), &out), E_OK);
    buf_fini(b);
    return out;
}

static str_t signed_bytes(struct arena *a, int who, str_t bytes)
{
    struct buf b;
    buf_init(&b, ROOM);
    jws_sign_detached(&b, &signer[who], bytes);
    return kept(a, &b);
}

static str_t signed_claims(struct arena *a, int who, const char *typ, const char *claims)
{
    struct buf b;
    buf_init(&b, ROOM);
    jws_sign(&b, &signer[who], str_from_cz(typ), str_from_cz(claims));
    return kept(a, &b);
}

/* The claims as the server writes them; `etag_of` absent: a lease of a refusal. */
struct claims {
    const char *device, *status;
    str_t etag_of;
    int64_t exp, iat, seq;
};

static struct claims good_claims(void)
{
    return (struct claims){ DEVICE, "ENROLLED", etag_str(), NOW_S + 3600, NOW_S, 42 };
}

static str_t lease_of(struct arena *a, int who, const struct claims *c)
{
    char text[2 * ROOM];
    char tag[ROOM] = "";
    if (c->etag_of.p != NULL)
        snprintf(tag, sizeof tag, "\"etag\":\"\\\"%.*s\\\"\",", (int)c->etag_of.n - 2,
                 c->etag_of.p + 1);
    snprintf(text, sizeof text,
             "{\"device\":\"%s\",%s\"exp\":%lld,\"iat\":%lld,\"seq\":%lld,\"status\":\"%s\"}",
             c->device, tag, (long long)c->exp, (long long)c->iat, (long long)c->seq, c->status);
    return signed_claims(a, who, TYP, text);
}

static struct verify_trust trust(void)
{
    return (struct verify_trust){ .keys = &keys,
                                  .device = STR(DEVICE),
                                  .now = { (int64_t)NOW_S * 1000000 } };
}

static struct verify_answer answer(struct arena *a)
{
    struct claims c = good_claims();
    return (struct verify_answer){ .body = STR(BODY),
                                   .etag = etag_str(),
                                   .signature = signed_bytes(a, CURRENT, STR(BODY)),
                                   .lease = lease_of(a, CURRENT, &c) };
}

static struct verify_result judged(struct arena *a, const struct verify_trust *t,
                                   const struct verify_answer *in)
{
    struct verify_result r = { .refusal = VERIFY_REFUSALS };
    assert_int_equal(verify_config(a, t, in, &r), E_OK);
    print_message("# %s\n", r.refusal == VERIFY_GOOD ? "good" : verify_word(r.refusal));
    return r;
}

static void test_a_genuine_answer(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
    struct verify_trust t = trust();
    struct verify_answer in = answer(a);
    struct verify_result r = judged(a, &t, &in);
    assert_int_equal(r.refusal, VERIFY_GOOD);
    assert_int_equal(r.lease.seq, 42);
    assert_int_equal(r.lease.iat_s, NOW_S);
    assert_int_equal(r.lease.exp_s, NOW_S + 3600);
    assert_int_equal(r.lease.grace_s, 0);
    /* The newest lease seen is this very one: asking again is no going back. */
    t.seq = 42;
    t.iat_s = NOW_S;
    assert_int_equal(judged(a, &t, &in).refusal, VERIFY_GOOD);
}

/* Each byte of body, signature and lease counts. */
static void test_every_byte(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(64));
    const struct verify_trust t = trust();
    const struct verify_answer in = answer(a);
    struct {
        str_t from;
        enum verify_refusal want;
        size_t at; /* of the field in the answer */
    } parts[] = {
        { in.body, VERIFY_SIGNATURE_INVALID, offsetof(struct verify_answer, body) },
        { in.signature, VERIFY_SIGNATURE_INVALID, offsetof(struct verify_answer, signature) },
        { in.lease, VERIFY_LEASE_INVALID, offsetof(struct verify_answer, lease) },
        { in.etag, VERIFY_LEASE_INVALID, offsetof(struct verify_answer, etag) },
    };
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        for (size_t byte = 0; byte < parts[i].from.n; byte++) {
            struct verify_answer bad = in;
            char text[ROOM];
            struct verify_result r;
            memcpy(text, parts[i].from.p, parts[i].from.n);
            text[byte] ^= 1;
            str_t changed = str_of(text, parts[i].from.n);
            memcpy((char *)&bad + parts[i].at, &changed, sizeof changed);
            assert_int_equal(verify_config(a, &t, &bad, &r), E_OK);
            /* A byte of the kid names another key. */
            assert_true(r.refusal == parts[i].want || r.refusal == VERIFY_KEY_UNKNOWN);
        }
    }
}

static void test_what_is_missing_or_foreign(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
    const struct verify_trust t = trust();
    const struct claims c = good_claims();
    struct verify_answer in = answer(a);
    in.signature = STR_NONE;
    assert_int_equal(judged(a, &t, &in).refusal, VERIFY_SIGNATURE_MISSING);
    in.lease = STR_NONE; /* the first reason counts */
    assert_int_equal(judged(a, &t, &in).refusal, VERIFY_SIGNATURE_MISSING);
    in = answer(a);
    in.lease = STR_NONE;
    assert_int_equal(judged(a, &t, &in).refusal, VERIFY_LEASE_MISSING);

    in = answer(a);
    in.signature = signed_bytes(a, FOREIGN, STR(BODY));
    struct verify_result r = judged(a, &t, &in);
    assert_int_equal(r.refusal, VERIFY_KEY_UNKNOWN);
    assert_true(str_eq(r.kid, str_of(signer[FOREIGN].kid, JWS_KID)));
    in.signature = signed_bytes(a, ROOT, STR(BODY)); /* the root signs key sets and nothing else */
    assert_int_equal(judged(a, &t, &in).refusal, VERIFY_KEY_UNKNOWN);
    in = answer(a);
    in.lease = lease_of(a, FOREIGN, &c);
    assert_int_equal(judged(a, &t, &in).refusal, VERIFY_KEY_UNKNOWN);

    /* A foreign key that calls itself by our key's name. */
    struct jws_key liar = signer[FOREIGN];
    struct buf b;
    memcpy(liar.kid, signer[CURRENT].kid, JWS_KID);
    buf_init(&b, ROOM);
    jws_sign_detached(&b, &liar, STR(BODY));
    in = answer(a);
    in.signature = kept(a, &b);
    assert_int_equal(judged(a, &t, &in).refusal, VERIFY_SIGNATURE_INVALID);
    /* Of one form in place of the other. */
    in = answer(a);
    in.signature = in.lease;
    assert_int_equal(judged(a, &t, &in).refusal, VERIFY_SIGNATURE_INVALID);
    in = answer(a);
    in.lease = in.signature;
    assert_int_equal(judged(a, &t, &in).refusal, VERIFY_LEASE_INVALID);
}

/* Signed by the right key, and still not for us, not for this, or not for now. */
static const struct {
    const char *name;
    struct claims claims; /* zero: as in a good one */
    enum verify_refusal want;
} leases[] = {
    { "another device", { .device = ORG }, VERIFY_LEASE_DEVICE },
    { "no device", { .device = "" }, VERIFY_LEASE_DEVICE },
    { "other bytes", { .etag_of = { "\"00\"", 4 } }, VERIFY_LEASE_INVALID },
    { "revoked, with a configuration", { .status = "REVOKED" }, VERIFY_LEASE_INVALID },
    { "a status that is none", { .status = "FRIEND" }, VERIFY_LEASE_INVALID },
    { "over", { .exp = NOW_S - VERIFY_LEEWAY_S - 1, .iat = NOW_S - 3600 }, VERIFY_LEASE_EXPIRED },
    { "over, within the leeway",
      { .exp = NOW_S - VERIFY_LEEWAY_S, .iat = NOW_S - 3600 },
      VERIFY_GOOD },
    { "ends before it begins", { .exp = NOW_S, .iat = NOW_S + 1 }, VERIFY_LEASE_INVALID },
    { "ends as it begins", { .exp = NOW_S, .iat = NOW_S }, VERIFY_LEASE_INVALID },
    { "the sequence goes back", { .seq = 40 }, VERIFY_SEQUENCE_BACK },
    { "the sequence stands", { .seq = 41 }, VERIFY_GOOD },
    { "the server's clock is a minute ahead", { .iat = NOW_S + 60 }, VERIFY_GOOD },
    { "our clock is back", { .iat = NOW_S + 61 }, VERIFY_CLOCK_BACK },
    { "no number that is a time", { .exp = INT64_MAX }, VERIFY_LEASE_INVALID },
};

static void test_leases(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
    struct verify_trust t = trust();
    t.seq = 41;
    t.iat_s = NOW_S - 10;
    for (size_t i = 0; i < ARRAY_LEN(leases); i++) {
        const struct claims *given = &leases[i].claims;
        struct claims c = good_claims();
        struct verify_answer in = answer(a);
        c.device = given->device != NULL ? given->device : c.device;
        c.status = given->status != NULL ? given->status : c.status;
        c.etag_of = given->etag_of.p != NULL ? given->etag_of : c.etag_of;
        c.exp = given->exp != 0 ? given->exp : c.exp;
        c.iat = given->iat != 0 ? given->iat : c.iat;
        c.seq = given->seq != 0 ? given->seq : c.seq;
        in.lease = lease_of(a, CURRENT, &c);
        print_message("# %s\n", leases[i].name);
        assert_int_equal(judged(a, &t, &in).refusal, leases[i].want);
    }
    /* The newest lease that was seen counts, not only the one at hand. */
    struct verify_answer in = answer(a);
    t.iat_s = NOW_S + VERIFY_LEEWAY_S;
    assert_int_equal(judged(a, &t, &in).refusal, VERIFY_GOOD);
    t.iat_s++;
    assert_int_equal(judged(a, &t, &in).refusal, VERIFY_CLOCK_BACK);
}

static void test_claims_that_are_none(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "[]",
        "1",
        "{}",
        "{\"device\":\"" DEVICE "\",\"exp\":1800003600,\"iat\":1800000000,\"seq\":42}",
        "{\"device\":\"" DEVICE "\",\"exp\":1800003600,\"iat\":1800000000,\"seq\":42,\"status\":7}",
        "{\"device\":\"" DEVICE "\",\"exp\":1800003600.0,\"iat\":1800000000,\"seq\":42,"
        "\"status\":\"ENROLLED\"}",
        "{\"device\":\"" DEVICE "\",\"exp\":1800003600,\"iat\":1800000000,\"seq\":-1,"
        "\"status\":\"ENROLLED\"}",
        "{\"device\":\"" DEVICE
        "\",\"exp\":1800003600,\"grace_s\":-5,\"iat\":1800000000,\"seq\":42,"
        "\"status\":\"ENROLLED\"}",
        "{\"device\":\"" DEVICE "\",\"device\":\"" DEVICE "\",\"exp\":1800003600,"
        "\"iat\":1800000000,\"seq\":42,\"status\":\"ENROLLED\"}",
    };
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
    const struct verify_trust t = trust();
    struct verify_answer in = answer(a);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        print_message("# %s\n", texts[i]);
        in.lease = signed_claims(a, CURRENT, TYP, texts[i]);
        assert_int_equal(judged(a, &t, &in).refusal, VERIFY_LEASE_INVALID);
    }
    /* RFC 8725 section 3.11: the same claims as a token of another kind. */
    struct claims c = good_claims();
    char text[ROOM];
    snprintf(text, sizeof text,
             "{\"device\":\"%s\",\"etag\":\"\\\"%.64s\\\"\",\"exp\":%lld,\"grace_s\":30,"
             "\"iat\":%lld,\"more\":[],\"seq\":42,\"status\":\"ENROLLED\"}",
             DEVICE, etag + 1, (long long)c.exp, (long long)c.iat);
    in.lease = signed_claims(a, CURRENT, "at+jwt", text);
    assert_int_equal(judged(a, &t, &in).refusal, VERIFY_LEASE_INVALID);
    in.lease = signed_claims(a, CURRENT, TYP, text); /* what is not known is ignored */
    struct verify_result r = judged(a, &t, &in);
    assert_int_equal(r.refusal, VERIFY_GOOD);
    assert_int_equal(r.lease.grace_s, 30);
}

/* Leases alone: of a 304, and of a refusal. */
static void test_leases_alone(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
    const struct verify_trust t = trust();
    struct verify_result r;
    struct claims c = good_claims();
    str_t positive = lease_of(a, CURRENT, &c);
    c.etag_of = STR_NONE;
    str_t without = lease_of(a, CURRENT, &c);
    c.status = "REVOKED";
    str_t revoked = lease_of(a, CURRENT, &c);
    c.status = "BLOCKED";
    str_t blocked = lease_of(a, CURRENT, &c);
    const struct {
        str_t text;
        enum verify_status status;
        str_t etag;
        enum verify_refusal want;
    } rows[] = {
        { positive, VERIFY_ENROLLED, etag_str(), VERIFY_GOOD },
        { positive, VERIFY_ENROLLED, STR("\"other\""), VERIFY_LEASE_INVALID },
        { without, VERIFY_ENROLLED, etag_str(), VERIFY_LEASE_INVALID },
        { STR_NONE, VERIFY_ENROLLED, etag_str(), VERIFY_LEASE_MISSING },
        { revoked, VERIFY_REVOKED, STR_NONE, VERIFY_GOOD },
        { blocked, VERIFY_REVOKED, STR_NONE, VERIFY_LEASE_INVALID },
        { positive, VERIFY_REVOKED, STR_NONE, VERIFY_LEASE_INVALID },
        { blocked, VERIFY_BLOCKED, STR_NONE, VERIFY_GOOD },
        { STR("a.b.c"), VERIFY_BLOCKED, STR_NONE, VERIFY_LEASE_INVALID },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(verify_lease(a, &t, rows[i].text, rows[i].status, rows[i].etag, &r), E_OK);
        assert_int_equal(r.refusal, rows[i].want);
    }
}

static str_t set_of(struct arena *a, int64_t n, const char *org, int first, int second)
{
    struct buf b;
    buf_init(&b, ROOM);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "iat", i64, NOW_S);
    json_out_name(&o, STR("keys"));
    json_out_open(&o, '[');
    jwk_set_key_write(&o, &signer[first].public, str_of(signer[first].kid, JWS_KID));
    o.comma = true;
    if (second >= 0)
        jwk_set_key_write(&o, &signer[second].public, str_of(signer[second].kid, JWS_KID));
    json_out_close(&o, ']');
    JSON_OUT(&o, "n", i64, n);
    JSON_OUT(&o, "org", str, str_from_cz(org));
    json_out_close(&o, '}');
    return kept(a, &b);
}

static void test_key_sets(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
    enum verify_refusal r;
    struct verify_keys got = { 0 };
    str_t two = set_of(a, 4, ORG, NEXT, CURRENT);
    const struct verify_set in = { two, signed_bytes(a, ROOT, two) };
    assert_int_equal(verify_key_set(a, &pin, 3, &in, &r, &got), E_OK);
    assert_int_equal(r, VERIFY_GOOD);
    assert_int_equal(got.count, 2);
    assert_int_equal(got.n, 4);
    assert_memory_equal(got.key[0].kid, signer[NEXT].kid, JWS_KID);
    assert_int_equal(verify_key_set(a, &pin, 4, &in, &r, &got), E_OK);
    assert_int_equal(r, VERIFY_GOOD); /* the newest once more */

    const str_t other = set_of(a, 4, DEVICE, NEXT, -1);
    const struct {
        const char *name;
        int64_t newest;
        str_t body, signature;
    } bad[] = {
        { "an older one", 5, two, signed_bytes(a, ROOT, two) },
        { "another organisation's", 3, other, signed_bytes(a, ROOT, other) },
        { "not signed", 3, two, STR_NONE },
        { "signed by a key of its own", 3, two, signed_bytes(a, NEXT, two) },
        { "signed by another root", 3, two, signed_bytes(a, FOREIGN, two) },
        { "a signature over another one", 3, two, signed_bytes(a, ROOT, other) },
        { "a signature that is none", 3, two, STR("x") },
        { "no set", 3, STR("[]"), signed_bytes(a, ROOT, STR("[]")) },
        { "not JSON", 3, STR("{"), signed_bytes(a, ROOT, STR("{")) },
        { "empty", 3, STR("{\"keys\":[],\"n\":4,\"org\":\"" ORG "\"}"),
          signed_bytes(a, ROOT, STR("{\"keys\":[],\"n\":4,\"org\":\"" ORG "\"}")) },
        { "generation zero", 0, set_of(a, 0, ORG, NEXT, -1),
          signed_bytes(a, ROOT, set_of(a, 0, ORG, NEXT, -1)) },
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct verify_keys kept_as_it_is = { .n = 99 };
        print_message("# %s\n", bad[i].name);
        const struct verify_set set = { bad[i].body, bad[i].signature };
        assert_int_equal(verify_key_set(a, &pin, bad[i].newest, &set, &r, &kept_as_it_is), E_OK);
        assert_int_equal(r, VERIFY_KEY_SET_INVALID);
        assert_int_equal(kept_as_it_is.n, 99);
    }
}

/* While the key is changed both count; a retired one does not. */
static void test_a_rotation(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
    struct verify_keys set = { .n = 1 };
    struct verify_trust t = trust();
    const struct claims c = good_claims();
    struct verify_answer old = answer(a);
    struct verify_answer new = answer(a);
    new.signature = signed_bytes(a, NEXT, STR(BODY));
    new.lease = lease_of(a, NEXT, &c);
    t.keys = &set;
    know(&set, CURRENT);
    assert_int_equal(judged(a, &t, &old).refusal, VERIFY_GOOD);
    assert_int_equal(judged(a, &t, &new).refusal, VERIFY_KEY_UNKNOWN);
    know(&set, NEXT);
    assert_int_equal(judged(a, &t, &old).refusal, VERIFY_GOOD);
    assert_int_equal(judged(a, &t, &new).refusal, VERIFY_GOOD);
    set.key[0] = set.key[1];
    set.count = 1;
    assert_int_equal(judged(a, &t, &old).refusal, VERIFY_KEY_UNKNOWN);
    assert_int_equal(judged(a, &t, &new).refusal, VERIFY_GOOD);
}

static void test_keys_in_the_store(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
    struct verify_keys two = { .n = 7 };
    struct verify_keys back;
    struct buf b;
    know(&two, NEXT);
    know(&two, CURRENT);
    buf_init(&b, ROOM);
    verify_keys_write(&b, &two);
    str_t text = kept(a, &b);
    assert_int_equal(verify_keys_read(a, 7, text, &back), E_OK);
    assert_int_equal(back.count, 2);
    assert_int_equal(back.n, 7);
    for (int i = 0; i < 2; i++)
        assert_memory_equal(back.key[i].kid, two.key[i].kid, JWS_KID);
    assert_int_equal(verify_keys_read(a, 0, STR(""), &back), E_OK);
    assert_int_equal(back.count, 0);
    assert_int_equal(verify_keys_read(a, 7, STR("AAAA"), &back), E_CORRUPT);
    assert_int_equal(verify_keys_read(a, 7, str_sub(text, 0, text.n - 1), &back), E_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_genuine_answer),
        cmocka_unit_test(test_every_byte),
        cmocka_unit_test(test_what_is_missing_or_foreign),
        cmocka_unit_test(test_leases),
        cmocka_unit_test(test_claims_that_are_none),
        cmocka_unit_test(test_leases_alone),
        cmocka_unit_test(test_key_sets),
        cmocka_unit_test(test_a_rotation),
        cmocka_unit_test(test_keys_in_the_store),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
