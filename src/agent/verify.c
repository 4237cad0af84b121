/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/verify.h"
#include "base/enc.h"
#include "plat/json/json.h"

#include <assert.h>

#define TIME_MAX_S INT64_C(253402300799) /* 9999-12-31: no sum of two such overflows */

static const struct {
    const char *word;
    const char *text;
} refusals[VERIFY_REFUSALS] = {
    [VERIFY_GOOD] = { "", "" },
#define REFUSAL(code, word, text) [VERIFY_##code] = { word, text },
#include "agent/refusals.def"
#undef REFUSAL
};

static const str_t status_names[VERIFY_STATUSES] = {
    [VERIFY_ENROLLED] = { "ENROLLED", 8 },
    [VERIFY_REVOKED] = { "REVOKED", 7 },
    [VERIFY_BLOCKED] = { "BLOCKED", 7 },
};

const char *verify_word(enum verify_refusal r)
{
    assert(r < VERIFY_REFUSALS);
    return refusals[r].word;
}

const char *verify_text(enum verify_refusal r)
{
    assert(r < VERIFY_REFUSALS);
    return refusals[r].text;
}

bool verify_clock_is_back(int64_t iat_s, ts_t now)
{
    return now.us / 1000000 < iat_s - VERIFY_LEEWAY_S;
}

static const struct pubkey *key_of(const struct verify_keys *keys, str_t kid)
{
    for (size_t i = 0; i < keys->count; i++) {
        if (str_eq(kid, str_of(keys->key[i].kid, JWS_KID)))
            return &keys->key[i].key;
    }
    return NULL;
}

/* A signature as it came, and the key that it names. */
struct opened {
    struct jws jws;
    const struct pubkey *key; /* NULL: none of ours */
};

/* `invalid`: what it is called when it cannot be read. */
static err_t opened_read(struct arena *a, const struct verify_keys *keys, str_t text,
                         enum verify_refusal invalid, struct verify_result *r, struct opened *ret)
{
    struct opened o = { 0 };
    err_t e = jws_read(a, text, &o.jws);
    if (e == E_NO_MEMORY)
        return e;
    if (e != E_OK || o.jws.kid.p == NULL) {
        r->refusal = invalid;
        return E_OK;
    }
    o.key = key_of(keys, o.jws.kid);
    if (o.key == NULL) {
        r->refusal = VERIFY_KEY_UNKNOWN;
        r->kid = o.jws.kid;
    }
    *ret = o;
    return E_OK;
}

static err_t check_signature(struct arena *a, const struct verify_trust *t,
                             const struct verify_answer *in, struct verify_result *r)
{
    struct opened o = { 0 };
    if (in->signature.p == NULL) {
        r->refusal = VERIFY_SIGNATURE_MISSING;
        return E_OK;
    }
    TRY(opened_read(a, t->keys, in->signature, VERIFY_SIGNATURE_INVALID, r, &o));
    if (r->refusal != VERIFY_GOOD)
        return E_OK;
    err_t e = jws_verify_detached(&o.jws, o.key, in->body);
    if (e == E_NO_MEMORY)
        return e;
    if (e != E_OK)
        r->refusal = VERIFY_SIGNATURE_INVALID;
    return E_OK;
}

static bool claim_number(const struct json *v, str_t name, int64_t max, int64_t *ret)
{
    const struct json *member = json_member(v, name);
    if (member == NULL || json_type(member) != JSON_INT)
        return false;
    int64_t n = json_int(member);
    if (n < 0 || n > max)
        return false;
    *ret = n;
    return true;
}

static str_t claim_text(const struct json *v, str_t name)
{
    const struct json *member = json_member(v, name);
    return member != NULL && json_type(member) == JSON_STRING ? json_string(member) : STR_NONE;
}

/* Claims that are not known are ignored: a later server may say more. */
static bool claims_read(const struct json *v, struct verify_lease *ret)
{
    struct verify_lease l = { 0 };
    if (json_type(v) != JSON_OBJECT || !claim_number(v, STR("seq"), INT64_MAX, &l.seq) ||
        !claim_number(v, STR("iat"), TIME_MAX_S, &l.iat_s) ||
        !claim_number(v, STR("exp"), TIME_MAX_S, &l.exp_s) || l.exp_s <= l.iat_s)
        return false;
    if (json_member(v, STR("grace_s")) != NULL &&
        !claim_number(v, STR("grace_s"), TIME_MAX_S, &l.grace_s))
        return false;
    str_t status = claim_text(v, STR("status"));
    for (int i = 0; i < VERIFY_STATUSES; i++) {
        if (!str_eq(status, status_names[i]))
            continue;
        l.status = (enum verify_status)i;
        *ret = l;
        return true;
    }
    return false;
}

/* The first reason counts: whose it is, for what, and only then whether it is current. */
static enum verify_refusal lease_judge(const struct verify_trust *t, const struct json *v,
                                       enum verify_status status, str_t etag,
                                       struct verify_lease *ret)
{
    struct verify_lease l;
    const struct json *named = json_type(v) == JSON_OBJECT ? json_member(v, STR("etag")) : NULL;
    if (!claims_read(v, &l))
        return VERIFY_LEASE_INVALID;
    if (!str_eq(claim_text(v, STR("device")), t->device) || t->device.n == 0)
        return VERIFY_LEASE_DEVICE;
    if (l.status != status || (named == NULL) != (etag.p == NULL) ||
        (named != NULL && !str_eq(claim_text(v, STR("etag")), etag)))
        return VERIFY_LEASE_INVALID;
    if (l.exp_s + VERIFY_LEEWAY_S < t->now.us / 1000000)
        return VERIFY_LEASE_EXPIRED;
    /* A refusal of before the newest lease was taken back since. */
    if (l.seq < t->seq || (status != VERIFY_ENROLLED && l.iat_s < t->iat_s))
        return VERIFY_SEQUENCE_BACK;
    if (verify_clock_is_back(l.iat_s > t->iat_s ? l.iat_s : t->iat_s, t->now))
        return VERIFY_CLOCK_BACK;
    *ret = l;
    return VERIFY_GOOD;
}

static err_t check_lease(struct arena *a, const struct verify_trust *t, str_t text,
                         enum verify_status status, str_t etag, struct verify_result *r)
{
    struct opened o = { 0 };
    str_t payload;
    CLEANUP(json_freep) struct json *v = NULL;
    if (text.p == NULL) {
        r->refusal = VERIFY_LEASE_MISSING;
        return E_OK;
    }
    TRY(opened_read(a, t->keys, text, VERIFY_LEASE_INVALID, r, &o));
    if (r->refusal != VERIFY_GOOD)
        return E_OK;
    err_t e = str_eq(o.jws.typ, STR("seneschal-lease+jwt"))
                  ? jws_verify(a, &o.jws, o.key, &payload)
                  : E_FORBIDDEN; /* RFC 8725 section 3.11: a token of another kind is none */
    if (e == E_OK)
        e = json_parse(payload, NULL, &v);
    if (e == E_NO_MEMORY)
        return e;
    r->refusal = e == E_OK ? lease_judge(t, v, status, etag, &r->lease) : VERIFY_LEASE_INVALID;
    return E_OK;
}

err_t verify_lease(struct arena *a, const struct verify_trust *t, str_t text,
                   enum verify_status status, str_t etag, struct verify_result *ret)
{
    struct verify_result r = { 0 };
    TRY(check_lease(a, t, text, status, etag, &r));
    *ret = r;
    return E_OK;
}

/* The ETag is the hash of the bytes, with its quotes. */
static bool etag_fits(str_t etag, str_t body)
{
    char want[2 * SHA256_SIZE + 2];
    digest_t d = sha256_of(body);
    want[0] = want[sizeof want - 1] = '"';
    hex_encode(d.b, sizeof d.b, want + 1);
    return str_eq(etag, str_of(want, sizeof want));
}

err_t verify_config(struct arena *a, const struct verify_trust *t, const struct verify_answer *in,
                    struct verify_result *ret)
{
    struct verify_result r = { 0 };
    TRY(check_signature(a, t, in, &r));
    if (r.refusal == VERIFY_GOOD && in->lease.p != NULL && !etag_fits(in->etag, in->body))
        r.refusal = VERIFY_LEASE_INVALID;
    if (r.refusal == VERIFY_GOOD)
        TRY(check_lease(a, t, in->lease, VERIFY_ENROLLED, in->etag, &r));
    *ret = r;
    return E_OK;
}
