/* SPDX-License-Identifier: Apache-2.0 */
/* The signed challenge: fresh nonces, ten minutes each, once each. */
#include "domain/fleet/derive.h"
#include "domain/fleet/requests.h"

#include "base/enc.h"
#include "base/rng.h"

enum { NONCE_BYTES = 24, SIGNATURE_BYTES = 64 };

/* With less to go the machine might not make it in time. */
#define NONCE_LEAST DUR_S(120)

/* base64url of "seneschal-enroll-v1" \0 organisation id. */
static err_t context_make(struct act *act, str_t *ret)
{
    static const char name[] = "seneschal-enroll-v1"; /* its NUL is the separator */
    char text[sizeof name + OID_TEXT];
    memcpy(text, name, sizeof name);
    oid_format(act->org, text + sizeof name);
    return base64url_make(act->arena, text, sizeof text, ret);
}

err_t challenge_first(struct act *act, struct challenge *ret)
{
    uint8_t bytes[NONCE_BYTES];
    struct challenge c = { .expires_at = ts_add(act->now, ENROL_NONCE_TTL) };
    rng_bytes(bytes, sizeof bytes);
    TRY(base64url_make(act->arena, bytes, sizeof bytes, &c.nonce));
    TRY(context_make(act, &c.context));
    *ret = c;
    return E_OK;
}

static err_t nonce_write(struct act *act, const struct row_enrol_request *rq)
{
    struct sql_enrol_request_nonce in = {
        .org = act->org,
        .id = rq->id,
        .nonce = rq->nonce,
        .until = rq->nonce_until,
        .spent = rq->nonce_spent,
    };
    return sql_enrol_request_nonce(act->db, &in);
}

static void nonce_spend(struct row_enrol_request *rq)
{
    if (rq->nonce.p != NULL)
        rq->nonce_spent = rq->nonce;
    rq->nonce = STR_NONE;
    rq->nonce_until = (ts_t){ 0 };
}

err_t challenge_renew(struct act *act, struct row_enrol_request *rq, struct challenge *ret)
{
    struct challenge c;
    TRY(challenge_first(act, &c));
    nonce_spend(rq);
    rq->nonce = c.nonce;
    rq->nonce_until = c.expires_at;
    TRY(nonce_write(act, rq));
    *ret = c;
    return E_OK;
}

err_t challenge_current(struct act *act, struct row_enrol_request *rq, struct challenge *ret)
{
    if (rq->nonce.p == NULL || rq->nonce_until.us < ts_add(act->now, NONCE_LEAST).us)
        return challenge_renew(act, rq, ret);
    struct challenge c = { .nonce = rq->nonce, .expires_at = rq->nonce_until };
    TRY(context_make(act, &c.context));
    *ret = c;
    return E_OK;
}

err_t challenge_message(struct arena *a, const struct challenge *c, oid_t device,
                        const struct pubkey *key, str_t *ret)
{
    char id[OID_TEXT];
    digest_t hash = pubkey_hash(key);
    struct buf b;
    buf_init(&b, KIB(1));
    oid_format(device, id);
    buf_add(&b, c->context);
    buf_add_byte(&b, '\0');
    buf_add(&b, str_of(id, sizeof id));
    buf_add_byte(&b, '\0');
    buf_add(&b, c->nonce);
    buf_add_byte(&b, '\0');
    buf_add(&b, digest_str(&hash));
    err_t e = b.err != E_OK ? b.err : str_copy(a, buf_str(&b), ret);
    buf_fini(&b);
    return e;
}

/* Does the signature fit this nonce? An absent nonce fits nothing. */
static err_t nonce_signed(struct act *act, const struct row_enrol_request *rq, str_t nonce,
                          str_t signature, bool *ret)
{
    struct challenge c = { .nonce = nonce };
    struct pubkey key;
    str_t message;
    if (nonce.p == NULL) {
        *ret = false;
        return E_OK;
    }
    TRY(pubkey_from_spki(rq->public_key, &key));
    TRY(context_make(act, &c.context));
    TRY(challenge_message(act->arena, &c, rq->device_id, &key, &message));
    *ret = pubkey_verify(&key, message, signature) == E_OK;
    return E_OK;
}

err_t challenge_try(struct act *act, const struct row_enrol_request *rq, str_t signature,
                    struct challenge_proof *ret)
{
    struct challenge_proof proof = { .key = rq->public_key };
    const str_t nonces[CHALLENGE_TRIED_MAX] = { rq->nonce, rq->nonce_spent };
    uint8_t raw[SIGNATURE_BYTES];
    bool fits = false;
    bool wrong = base64url_decode_n(signature, raw, sizeof raw) != E_OK;
    while (proof.n < ARRAY_LEN(nonces) && !fits && !wrong) {
        TRY(nonce_signed(act, rq, nonces[proof.n], str_of(raw, sizeof raw), &fits));
        proof.tried[proof.n].nonce = nonces[proof.n];
        proof.tried[proof.n].fits = fits;
        proof.n++;
    }
    *ret = proof;
    return E_OK;
}

/* What was found out beforehand counts where it is about this very key and nonce. */
static err_t nonce_proved(struct act *act, const struct row_enrol_request *rq, str_t nonce,
                          str_t signature, const struct challenge_proof *proof, bool *ret)
{
    bool same = proof != NULL && nonce.p != NULL && str_eq(proof->key, rq->public_key);
    for (size_t i = 0; same && i < proof->n; i++) {
        if (str_eq(proof->tried[i].nonce, nonce)) {
            *ret = proof->tried[i].fits;
            return E_OK;
        }
    }
    return nonce_signed(act, rq, nonce, signature, ret);
}

err_t challenge_verify(struct act *act, struct row_enrol_request *rq, str_t signature,
                       const struct challenge_proof *proof, enum challenge_check *ret)
{
    uint8_t raw[SIGNATURE_BYTES];
    bool fits;
    if (base64url_decode_n(signature, raw, sizeof raw) != E_OK) {
        *ret = CHALLENGE_WRONG;
        return E_OK;
    }
    TRY(nonce_proved(act, rq, rq->nonce, str_of(raw, sizeof raw), proof, &fits));
    if (fits && rq->nonce_until.us > act->now.us) {
        nonce_spend(rq);
        TRY(nonce_write(act, rq));
        *ret = CHALLENGE_RIGHT;
        return E_OK;
    }
    if (!fits)
        TRY(nonce_proved(act, rq, rq->nonce_spent, str_of(raw, sizeof raw), proof, &fits));
    *ret = fits ? CHALLENGE_LATE : CHALLENGE_WRONG;
    return E_OK;
}
