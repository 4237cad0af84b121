/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs of possession (RFC 9449). */
#include "domain/oauth/dpop.h"

#include "base/enc.h"
#include "base/fault.h"
#include "domain/oauth/dpop_seen.h"
#include "plat/jose/jwk.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const ts_t start = { INT64_C(1790000000000000) };
static const str_t url = { "https://id.example.org/oauth2/token", 35 };

struct desk {
    struct arena *a;
    struct dpop_guard *guard;
    struct sign_key *pair;
    ts_t now;
};

static int setup(void **state)
{
    static struct desk d;
    assert_int_equal(crypto_init(), E_OK);
    d.a = arena_new(MIB(4));
    assert_non_null(d.a);
    assert_int_equal(dpop_guard_new(start, &d.guard), E_OK);
    assert_int_equal(sign_key_make(PUBKEY_P256, &d.pair), E_OK);
    d.now = ts_add(start, DUR_S(1000)); /* long after the start */
    *state = &d;
    return 0;
}

static int teardown(void **state)
{
    struct desk *d = *state;
    fault_disarm();
    dpop_guard_free(d->guard);
    sign_key_free(d->pair);
    arena_free(d->a);
    return 0;
}

/* A compact JWS whose header is given whole: what jws_sign_with does not write. */
static str_t signed_with(struct desk *d, str_t head, str_t payload)
{
    struct buf b;
    uint8_t sig[SIGNATURE_MAX];
    size_t sig_n = 0;
    str_t text = STR_NONE;
    buf_init(&b, KIB(8));
    buf_add_base64url(&b, head.p, head.n);
    buf_add_byte(&b, '.');
    buf_add_base64url(&b, payload.p, payload.n);
    assert_int_equal(sign_key_sign(d->pair, buf_str(&b), sig, &sig_n), E_OK);
    buf_add_byte(&b, '.');
    buf_add_base64url(&b, sig, sig_n);
    assert_int_equal(b.err, E_OK);
    assert_int_equal(str_copy(d->a, buf_str(&b), &text), E_OK);
    buf_fini(&b);
    return text;
}

static str_t head_with(struct desk *d, const char *typ, const struct sign_key *key)
{
    struct buf b;
    str_t text = STR_NONE;
    buf_init(&b, KIB(4));
    buf_addf(&b, "{\"alg\":\"ES256\",\"typ\":\"%s\"", typ);
    if (key != NULL) {
        BUF_ADD(&b, ",\"jwk\":");
        jwk_write(&b, sign_key_public(key));
    }
    buf_add_byte(&b, '}');
    assert_int_equal(str_copy(d->a, buf_str(&b), &text), E_OK);
    buf_fini(&b);
    return text;
}

static str_t proof_of(struct desk *d, const char *htm, const char *htu, int64_t age_s,
                      const char *more)
{
    static int jti;
    str_t payload = STR_NONE;
    assert_int_equal(str_format(d->a, &payload,
                                "{\"htm\":\"%s\",\"htu\":\"%s\",\"iat\":%lld,\"jti\":\"%d\"%s}",
                                htm, htu, (long long)(d->now.us / 1000000 - age_s), jti++, more),
                     E_OK);
    return signed_with(d, head_with(d, "dpop+jwt", d->pair), payload);
}

static err_t check(struct desk *d, str_t proof, str_t access_token)
{
    const struct dpop_ask ask = { proof, STR("POST"), url, access_token, d->now };
    struct diag why = { 0 };
    str_t jkt = STR_NONE;
    str_t want = STR_NONE;
    err_t e = dpop_check(d->guard, d->a, &ask, &why, &jkt);
    assert_int_equal(jkt.p != NULL, e == E_OK);
    if (e == E_OK) {
        assert_int_equal(jwk_thumbprint(d->a, sign_key_public(d->pair), &want), E_OK);
        assert_true(str_eq(jkt, want));
    }
    return e;
}

static const struct {
    const char *name;
    const char *htm;
    const char *htu;
    int64_t age_s;
    err_t err;
} proofs[] = {
    { "as it should be", "POST", "https://id.example.org/oauth2/token", 0, E_OK },
    { "with query and fragment", "POST", "https://id.example.org/oauth2/token?a=b#c", 0, E_OK },
    { "host in another case", "POST", "HTTPS://ID.example.org/oauth2/token", 0, E_OK },
    { "59 s old", "POST", "https://id.example.org/oauth2/token", 59, E_OK },
    { "59 s ahead", "POST", "https://id.example.org/oauth2/token", -59, E_OK },
    { "61 s old", "POST", "https://id.example.org/oauth2/token", 61, E_DPOP_PROOF },
    { "62 s ahead", "POST", "https://id.example.org/oauth2/token", -62, E_DPOP_PROOF },
    { "another method", "GET", "https://id.example.org/oauth2/token", 0, E_DPOP_PROOF },
    { "method in another case", "post", "https://id.example.org/oauth2/token", 0, E_DPOP_PROOF },
    { "another path", "POST", "https://id.example.org/oauth2/Token", 0, E_DPOP_PROOF },
    { "another host", "POST", "https://id.example.com/oauth2/token", 0, E_DPOP_PROOF },
    { "another scheme", "POST", "http://id.example.org/oauth2/token", 0, E_DPOP_PROOF },
    { "nothing but a query", "POST", "?https://id.example.org/oauth2/token", 0, E_DPOP_PROOF },
};

static void test_proofs(void **state)
{
    struct desk *d = *state;
    for (size_t i = 0; i < ARRAY_LEN(proofs); i++) {
        err_t e =
            check(d, proof_of(d, proofs[i].htm, proofs[i].htu, proofs[i].age_s, ""), STR_NONE);
        if (e != proofs[i].err)
            fail_msg("%s: %d", proofs[i].name, e);
    }
}

static void test_a_proof_is_good_once(void **state)
{
    struct desk *d = *state;
    str_t proof = proof_of(d, "POST", url.p, 0, "");
    assert_int_equal(check(d, proof, STR_NONE), E_OK);
    assert_int_equal(check(d, proof, STR_NONE), E_DPOP_PROOF);
    for (int i = 0; i < 12; i++) { /* as long as it is young enough, and over every turn */
        d->now = ts_add(d->now, DUR_S(5));
        assert_int_equal(check(d, proof, STR_NONE), E_DPOP_PROOF);
    }
}

static void test_the_key_is_the_one_of_the_header(void **state)
{
    struct desk *d = *state;
    struct sign_key *other = NULL;
    str_t payload = STR_NONE;
    assert_int_equal(sign_key_make(PUBKEY_P256, &other), E_OK);
    assert_int_equal(str_format(d->a, &payload,
                                "{\"htm\":\"POST\",\"htu\":\"%.*s\",\"iat\":%lld,\"jti\":\"k\"}",
                                STR_ARG(url), (long long)(d->now.us / 1000000)),
                     E_OK);
    assert_int_equal(check(d, signed_with(d, head_with(d, "dpop+jwt", other), payload), STR_NONE),
                     E_DPOP_PROOF);
    assert_int_equal(check(d, signed_with(d, head_with(d, "dpop+jwt", NULL), payload), STR_NONE),
                     E_DPOP_PROOF);
    assert_int_equal(check(d, signed_with(d, head_with(d, "JWT", d->pair), payload), STR_NONE),
                     E_DPOP_PROOF);
    assert_int_equal(check(d, STR("x.y.z"), STR_NONE), E_DPOP_PROOF);
    assert_int_equal(check(d, STR(""), STR_NONE), E_DPOP_PROOF);
    assert_int_equal(check(d, signed_with(d, head_with(d, "dpop+jwt", d->pair), payload), STR_NONE),
                     E_OK);
    sign_key_free(other);
}

static void test_a_proof_is_for_one_access_token(void **state)
{
    struct desk *d = *state;
    digest_t hash = sha256_of(STR("token"));
    str_t text = STR_NONE;
    str_t ath = STR_NONE;
    assert_int_equal(base64url_make(d->a, hash.b, sizeof hash.b, &text), E_OK);
    assert_int_equal(str_format(d->a, &ath, ",\"ath\":\"%.*s\"", STR_ARG(text)), E_OK);
    char *more = str_cz(d->a, ath);
    assert_non_null(more);
    assert_int_equal(check(d, proof_of(d, "POST", url.p, 0, more), STR("token")), E_OK);
    assert_int_equal(check(d, proof_of(d, "POST", url.p, 0, more), STR("other")), E_DPOP_PROOF);
    assert_int_equal(check(d, proof_of(d, "POST", url.p, 0, ""), STR("token")), E_DPOP_PROOF);
}

/* What was seen before a restart is not known any more: only proofs that are surely younger pass,
 * or hold what this process gave out. */
static void test_a_restart_opens_nothing(void **state)
{
    struct desk *d = *state;
    char nonce[DPOP_NONCE_TEXT];
    str_t with = STR_NONE;
    d->now = ts_add(start, DUR_S(30));
    assert_int_equal(check(d, proof_of(d, "POST", url.p, 0, ""), STR_NONE), E_DPOP_NONCE);
    dpop_nonce(d->guard, d->now, nonce);
    assert_int_equal(str_format(d->a, &with, ",\"nonce\":\"%.*s\"", (int)sizeof nonce, nonce),
                     E_OK);
    char *more = str_cz(d->a, with);
    assert_int_equal(check(d, proof_of(d, "POST", url.p, 0, more), STR_NONE), E_OK);
    d->now = ts_add(d->now, DUR_S(300));
    assert_int_equal(check(d, proof_of(d, "POST", url.p, 0, more), STR_NONE), E_OK);
    d->now = ts_add(d->now, DUR_S(600));
    assert_int_equal(check(d, proof_of(d, "POST", url.p, 0, more), STR_NONE), E_DPOP_NONCE);
    assert_int_equal(check(d, proof_of(d, "POST", url.p, 0, ",\"nonce\":\"x\""), STR_NONE),
                     E_DPOP_NONCE);
    assert_int_equal(check(d, proof_of(d, "POST", url.p, 0, ""), STR_NONE), E_OK);
}

static void test_memory_of_proofs_is_bounded(void **state)
{
    (void)state;
    struct dpop_seen seen;
    digest_t d = { { 0 } };
    assert_int_equal(dpop_seen_init(&seen, start), E_OK);
    for (uint32_t i = 0; i < DPOP_SEEN_MAX; i++) {
        memcpy(d.b + 4, &i, sizeof i);
        assert_int_equal(dpop_seen_add(&seen, start, &d), E_OK);
    }
    d.b[9] = 1;
    assert_int_equal(dpop_seen_add(&seen, start, &d), E_OVERLOADED);
    ts_t later = ts_add(start, DPOP_WINDOW);
    assert_int_equal(dpop_seen_add(&seen, later, &d), E_OK);
    d.b[9] = 0;
    assert_int_equal(dpop_seen_add(&seen, later, &d), E_CONFLICT); /* one of before */
    assert_int_equal(dpop_seen_add(&seen, ts_add(later, DPOP_WINDOW), &d), E_OK);
    assert_int_equal(dpop_seen_add(&seen, ts_add(later, DUR_S(1000)), &d), E_OK);
    dpop_seen_fini(&seen);
}

static void test_faults(void **state)
{
    struct desk *d = *state;
    str_t proof = proof_of(d, "POST", url.p, 0, "");
    for (long n = 0;; n++) {
        fault_arm(n);
        const struct dpop_ask ask = { proof, STR("POST"), url, STR_NONE, d->now };
        str_t jkt = STR_NONE;
        err_t e = dpop_check(d->guard, d->a, &ask, NULL, &jkt);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(e, fired ? E_NO_MEMORY : E_OK);
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_proofs, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_proof_is_good_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_key_is_the_one_of_the_header, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_proof_is_for_one_access_token, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_restart_opens_nothing, setup, teardown),
        cmocka_unit_test(test_memory_of_proofs_is_bounded),
        cmocka_unit_test_setup_teardown(test_faults, setup, teardown),
    };
    return cmocka_run_group_tests_name("dpop", tests, NULL, NULL);
}
