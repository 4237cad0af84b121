/* SPDX-License-Identifier: Apache-2.0 */
/* Whoever holds the claim, and the key where the request has one, fetches the token. */
#include "domain/fleet/derive.h"
#include "domain/fleet/enrol.h"
#include "domain/identity/actor_load.h"

struct confirm {
    const struct enrol_confirm_in *in;
    struct row_device device;
    struct row_enrol_request request;
    digest_t claim_hash;
};

static err_t confirm_find(struct act *act, const struct enrol_confirm_in *in, struct confirm *c);
static err_t confirm_may(struct act *act, const struct confirm *c);
static err_t confirm_prove(struct act *act, struct confirm *c, struct enrol_confirm_out *out);
static err_t confirm_admit(struct act *act, struct confirm *c);
static err_t confirm_token(struct act *act, struct confirm *c, struct enrol_confirm_out *out);

err_t enrol_confirm(struct act *act, const struct enrol_confirm_in *in,
                    struct enrol_confirm_out *ret)
{
    struct confirm c = { .in = in };
    struct enrol_confirm_out out = { 0 };
    TRY(confirm_find(act, in, &c));
    TRY(confirm_may(act, &c));
    out.org = act->org;
    out.device_id = c.device.id;
    if (c.request.state == ENROL_OPEN && !c.request.auto_approve) {
        TRY(challenge_current(act, &c.request, &out.challenge));
        *ret = out;
        return E_OK;
    }
    out.outcome = ENROL_HAS_TOKEN;
    if (c.request.public_key.p != NULL)
        TRY(confirm_prove(act, &c, &out));
    if (out.outcome == ENROL_HAS_TOKEN) {
        out.approved = c.request.state == ENROL_OPEN;
        if (out.approved)
            TRY(confirm_admit(act, &c));
        TRY(confirm_token(act, &c, &out));
    }
    *ret = out;
    return E_OK;
}

err_t enrol_confirm_try(struct act *act, const struct enrol_confirm_in *in,
                        struct challenge_proof *ret)
{
    struct confirm c = { .in = in };
    struct challenge_proof proof = { .n = 0 };
    oid_t org = act->org; /* the caller's, for his event */
    err_t e = in->signature.p != NULL ? confirm_find(act, in, &c) : E_CLAIM_WRONG;
    if (e == E_OK && c.request.public_key.p != NULL)
        e = challenge_try(act, &c.request, in->signature, &proof);
    act->org = org;
    diag_clear(&act->why); /* the transaction says it */
    *ret = proof;
    return e == E_CLAIM_WRONG || e == E_NOT_FOUND ? E_OK : e;
}

/* A claim that fits nothing, an unknown device and a malformed claim look alike. */
static err_t confirm_find(struct act *act, const struct enrol_confirm_in *in, struct confirm *c)
{
    struct sql_device_org_row where;
    c->claim_hash = sha256_of(in->claim);
    if (!token_is_ours(in->claim) || !str_starts(in->claim, STR("sen_c_")))
        return E_CLAIM_WRONG;
    err_t e = sql_device_org(act->db, act->arena, &(struct sql_device_org){ .id = in->device_id },
                             &where);
    if (e == E_NOT_FOUND)
        return E_CLAIM_WRONG;
    TRY(e);
    act->org = where.org; /* the claim proves it; nothing before this line used it */
    struct sql_enrol_request_by_claim by = { .org = act->org,
                                             .device = in->device_id,
                                             .claim_hash = digest_str(&c->claim_hash) };
    e = sql_enrol_request_by_claim(act->db, act->arena, &by, &c->request);
    if (e == E_NOT_FOUND)
        return E_CLAIM_WRONG;
    TRY(e);
    if (c->request.claim_hash.n != sizeof c->claim_hash.b ||
        !bytes_eq_ct(c->request.claim_hash.p, c->claim_hash.b, sizeof c->claim_hash.b))
        return E_CLAIM_WRONG;
    return device_get(act, in->device_id, &c->device);
}

static err_t claim_used(struct act *act)
{
    return FAIL(&act->why, E_CLAIM_USED, "the claim gives no token any more");
}

static err_t confirm_may(struct act *act, const struct confirm *c)
{
    if (c->device.status == DEVICE_REVOKED)
        return E_DEVICE_REVOKED;
    if (c->device.status == DEVICE_BLOCKED)
        return E_DEVICE_BLOCKED;
    switch ((enum enrol_state)c->request.state) {
    case ENROL_OPEN:
        return c->request.expires_at.us > act->now.us ? E_OK : E_CLAIM_WRONG;
    case ENROL_APPROVED:
        if (ts_add(c->request.approved_at, ENROL_CLAIM_TTL).us <= act->now.us)
            return claim_used(act);
        return c->device.status == DEVICE_ENROLLED ? E_OK : claim_used(act);
    case ENROL_USED:
        return claim_used(act);
    case ENROL_REFUSED:
        return FAIL(&act->why, E_FORBIDDEN, "the request was refused");
    case ENROL_ENDED:
        break;
    }
    return FAIL(&act->why, E_CONFLICT,
                "the request has ended: another one was approved, or the device is out");
}

static err_t confirm_prove(struct act *act, struct confirm *c, struct enrol_confirm_out *out)
{
    enum challenge_check check = CHALLENGE_WRONG;
    if (c->in->signature.p != NULL)
        TRY(challenge_verify(act, &c->request, c->in->signature, c->in->proof, &check));
    if (check == CHALLENGE_RIGHT)
        return E_OK;
    out->outcome = check == CHALLENGE_LATE ? ENROL_TOO_LATE : ENROL_SIGN;
    return challenge_current(act, &c->request, &out->challenge);
}

/* The first right confirm of a request by a key that approves. */
static err_t confirm_admit(struct act *act, struct confirm *c)
{
    struct enrol_admission admission = {
        .device = &c->device, .request = &c->request, .rules = c->in->rules, .by_key = true
    };
    TRY(enrol_admit(act, &admission));
    c->request.join_seq = c->device.join_seq + 1;
    return E_OK;
}

/* The same claim and number: the same token. It stands as given out until it is used (rotate.h). */
static err_t confirm_token(struct act *act, struct confirm *c, struct enrol_confirm_out *out)
{
    derive_claim_token(act->keys, c->device.id, &c->claim_hash, c->request.join_seq, &out->token);
    digest_t hash = sha256_of(token_str(&out->token));
    struct sql_fleet_token_add token = {
        .hash = digest_str(&hash),
        .id = oid_make(),
        .org = act->org,
        .kind = ACTOR_DEVICE,
        .principal = c->device.id,
        .state = TOKEN_ISSUED,
        .join_seq = c->request.join_seq,
        .now = act->now,
    };
    struct sql_device_token_issued issued = { .org = act->org,
                                              .id = c->device.id,
                                              .now = act->now };
    out->join_seq = c->request.join_seq;
    TRY(sql_fleet_token_add(act->db, &token));
    return sql_device_token_issued(act->db, &issued);
}
