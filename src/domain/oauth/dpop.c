/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/dpop.h"

#include "base/enc.h"
#include "base/ref.h"
#include "base/rng.h"
#include "domain/oauth/dpop_seen.h"
#include "plat/jose/jwk.h"

#include <assert.h>
#include <pthread.h>

#define NONCE_TURN DUR_S(300)

struct dpop_guard {
    pthread_mutex_t lock; /* of `seen` */
    struct dpop_seen seen;
    secret_t key; /* of the nonces: of this process alone */
    ts_t since;
};

err_t dpop_guard_new(ts_t now, struct dpop_guard **ret)
{
    struct dpop_guard *g = ref_new(sizeof *g);
    if (g == NULL)
        return E_NO_MEMORY;
    if (dpop_seen_init(&g->seen, now) != E_OK) {
        ref_drop(g);
        return E_NO_MEMORY;
    }
    if (pthread_mutex_init(&g->lock, NULL) != 0) {
        dpop_seen_fini(&g->seen);
        ref_drop(g);
        return E_NO_MEMORY;
    }
    g->key.n = TOKEN_BYTES;
    rng_bytes(g->key.b, g->key.n);
    g->since = now;
    *ret = g;
    return E_OK;
}

void dpop_guard_free(struct dpop_guard *g)
{
    if (g == NULL)
        return;
    dpop_seen_fini(&g->seen);
    (void)pthread_mutex_destroy(&g->lock); /* nobody holds it any more */
    secret_wipe(&g->key);
    ref_drop(g);
}

static void nonce_of(const struct dpop_guard *g, int64_t slot, char ret[static DPOP_NONCE_TEXT])
{
    char text[24];
    int n = snprintf(text, sizeof text, "%lld", (long long)slot);
    const str_t parts[] = { STR("dpop-nonce"), str_of(text, (size_t)n) };
    digest_t d = hmac_of_parts(&g->key, parts, ARRAY_LEN(parts));
    struct buf b;
    buf_init(&b, DPOP_NONCE_TEXT);
    buf_add_base64url(&b, d.b, sizeof d.b);
    assert(b.err != E_OK || b.n == DPOP_NONCE_TEXT);
    if (b.err == E_OK)
        memcpy(ret, b.p, DPOP_NONCE_TEXT);
    buf_fini(&b);
}

void dpop_nonce(struct dpop_guard *g, ts_t now, char ret[static DPOP_NONCE_TEXT])
{
    memset(ret, '-', DPOP_NONCE_TEXT);
    nonce_of(g, now.us / NONCE_TURN.us, ret);
}

/* One of this turn or of the one before. */
static bool nonce_is_ours(const struct dpop_guard *g, ts_t now, str_t nonce)
{
    char text[DPOP_NONCE_TEXT];
    for (int64_t back = 0; back < 2; back++) {
        memset(text, '\0', sizeof text);
        nonce_of(g, now.us / NONCE_TURN.us - back, text);
        if (nonce.n == sizeof text && bytes_eq_ct(nonce.p, text, sizeof text))
            return true;
    }
    return false;
}

static err_t bad(struct diag *why, const char *what)
{
    return FAIL(why, E_DPOP_PROOF, "the DPoP proof %s", what);
}

/* The key stands in the header (section 4.2); everywhere else such a `jwk` is ignored. */
static err_t header_key(struct arena *a, const struct jwt *t, struct diag *why, struct jwk *ret)
{
    CLEANUP(json_freep) struct json *head = NULL;
    str_t text = STR_NONE;
    struct diag flaw = { 0 };
    TRY(base64url_decode(a, t->jws.head, &text));
    err_t e = json_parse(text, NULL, &head);
    if (e == E_NO_MEMORY)
        return e;
    const struct json *jwk = e == E_OK ? json_member(head, STR("jwk")) : NULL;
    if (jwk == NULL)
        return bad(why, "has no jwk in its header");
    e = jwk_read_any(a, jwk, &flaw, ret);
    return e == E_BAD_FIELD ? bad(why, "has a jwk that is no public key") : e;
}

/* Scheme and host in any case, and without query and fragment (section 4.3). */
static bool url_fits(str_t htu, str_t url)
{
    htu = str_sub(htu, 0, str_find(htu, '#'));
    htu = str_sub(htu, 0, str_find(htu, '?'));
    size_t scheme = str_find(url, ':') + 3;
    str_t rest = str_sub(url, scheme, url.n);
    size_t head = scheme + str_find(rest, '/');
    return htu.n == url.n && head <= url.n && bytes_eq_nocase(htu.p, url.p, head) &&
           memcmp(htu.p + head, url.p + head, url.n - head) == 0;
}

static err_t request_check(struct arena *a, const struct jwt_claims *c, const struct dpop_ask *ask,
                           struct diag *why)
{
    str_t ath = STR_NONE;
    if (!str_eq(jwt_text(c, STR("htm")), ask->method))
        return bad(why, "is for another method (htm)");
    if (!url_fits(jwt_text(c, STR("htu")), ask->url))
        return bad(why, "is for another URL (htu)");
    if (ask->access_token.p == NULL)
        return E_OK;
    digest_t d = sha256_of(ask->access_token);
    TRY(base64url_make(a, d.b, sizeof d.b, &ath));
    return str_eq(jwt_text(c, STR("ath")), ath) ? E_OK
                                                : bad(why, "is for another access token (ath)");
}

static err_t times_check(const struct dpop_guard *g, const struct jwt_claims *c, ts_t now,
                         struct diag *why)
{
    const dur_t leeway = JWT_LEEWAY;
    str_t nonce = jwt_text(c, STR("nonce"));
    if (c->iat.us < now.us - leeway.us || c->iat.us > now.us + leeway.us)
        return bad(why, "is too old or of a time to come (iat)");
    if (nonce.p != NULL)
        return nonce_is_ours(g, now, nonce)
                   ? E_OK
                   : FAIL(why, E_DPOP_NONCE, "the nonce of the DPoP proof is not the newest");
    /* A proof from before this process was there, and its memory of what was seen. */
    if (c->iat.us <= g->since.us + leeway.us)
        return FAIL(why, E_DPOP_NONCE, "this server has just started: the proof needs a nonce");
    return E_OK;
}

static err_t claims_check(struct dpop_guard *g, struct arena *a, const struct jwt *t,
                          const struct dpop_ask *ask, struct diag *why)
{
    struct diag flaw = { 0 };
    const struct jwt_want want = {
        .typ = STR("dpop+jwt"), .now = ask->now, .exp_may_miss = true, .jti = true, .iat = true
    };
    if (jwt_check(&t->claims, &want, &flaw) != E_OK)
        return FAIL(why, E_DPOP_PROOF, "the DPoP proof: %s", flaw.text);
    TRY(request_check(a, &t->claims, ask, why));
    return times_check(g, &t->claims, ask->now, why);
}

static err_t seen_check(struct dpop_guard *g, ts_t now, str_t jkt, str_t jti, struct diag *why)
{
    const str_t parts[] = { jkt, STR("\0"), jti };
    digest_t what = sha256_of_parts(parts, ARRAY_LEN(parts));
    (void)pthread_mutex_lock(&g->lock);
    err_t e = dpop_seen_add(&g->seen, now, &what);
    (void)pthread_mutex_unlock(&g->lock);
    return e == E_CONFLICT ? bad(why, "was used already: make a new one for each request") : e;
}

err_t dpop_check(struct dpop_guard *g, struct arena *a, const struct dpop_ask *ask,
                 struct diag *why, str_t *ret_jkt)
{
    CLEANUP(jwt_fini) struct jwt t = { 0 };
    struct jwk key = { .kid = STR_NONE };
    str_t jkt = STR_NONE;
    err_t e = jwt_read(a, ask->proof, &t);
    if (e == E_BAD_FIELD)
        return bad(why, "is not a well-formed JWT");
    TRY(e);
    TRY(header_key(a, &t, why, &key));
    e = jwt_verify(&t, &key.key);
    if (e == E_FORBIDDEN)
        return bad(why, "is not signed by the key in its header");
    TRY(e);
    TRY(claims_check(g, a, &t, ask, why));
    TRY(jwk_thumbprint(a, &key.key, &jkt));
    TRY(seen_check(g, ask->now, jkt, t.claims.jti, why));
    *ret_jkt = jkt;
    return E_OK;
}
