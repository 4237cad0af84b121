/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/fleet/rotate.h"

#include "domain/fleet/derive.h"
#include "domain/fleet/requests.h"

#define RETIRED_KEPT DUR_DAYS(365)

static err_t settle_first_use(struct act *act, const struct row_device_token *t);

err_t device_token_settle(struct act *act, const digest_t *hash, oid_t *ret_device,
                          enum settle *ret)
{
    struct row_device_token t;
    struct row_device d;
    struct sql_device_token_get by = { .hash = digest_str(hash), .kind = ACTOR_DEVICE };
    err_t e = sql_device_token_get(act->db, act->arena, &by, &t);
    if (e == E_NOT_FOUND) {
        *ret_device = (oid_t){ 0 };
        *ret = SETTLE_GONE;
        return E_OK;
    }
    TRY(e);
    act->org = t.org;
    TRY(device_get(act, t.principal, &d));
    enum settle answer = SETTLE_CURRENT;
    if (d.status != DEVICE_ENROLLED) {
        answer = SETTLE_SHUT;
    } else if (t.state == TOKEN_RETIRED) {
        TRY(device_change_row(act, &d, MOVE_BLOCK, DEVICE_REASON_CLONE));
        answer = SETTLE_CLONE;
    } else if (t.state == TOKEN_ISSUED) {
        TRY(settle_first_use(act, &t));
        answer = SETTLE_GOOD;
    }
    *ret_device = d.id;
    *ret = answer;
    return E_OK;
}

/* What else was given out and never used dies with the claim or nonce that gave it. */
static err_t settle_first_use(struct act *act, const struct row_device_token *t)
{
    struct sql_device_token_retire retire = { .org = act->org,
                                              .device = t->principal,
                                              .from_state = TOKEN_CURRENT,
                                              .to_state = TOKEN_RETIRED };
    struct sql_device_token_state current = { .hash = t->hash, .state = TOKEN_CURRENT };
    struct sql_device_token_drop rest = { .org = act->org,
                                          .device = t->principal,
                                          .state = TOKEN_ISSUED };
    struct sql_device_join_seq_set seq = { .org = act->org,
                                           .id = t->principal,
                                           .join_seq = t->join_seq };
    struct sql_enrol_request_use used = { .org = act->org,
                                          .device = t->principal,
                                          .from_state = ENROL_APPROVED,
                                          .to_state = ENROL_USED };
    TRY(sql_device_token_retire(act->db, &retire));
    TRY(sql_device_token_state(act->db, &current));
    TRY(sql_device_token_drop(act->db, &rest));
    TRY(sql_device_join_seq_set(act->db, &seq));
    TRY(sql_enrol_request_use(act->db, &used));
    return device_touched(act, t->principal);
}

static err_t rotation_write(struct act *act, oid_t device, int64_t join_seq, const digest_t *nonce)
{
    struct sql_rotation_set in = { .org = act->org,
                                   .device = device,
                                   .join_seq = join_seq,
                                   .nonce_hash = digest_str(nonce),
                                   .now = act->now };
    return sql_rotation_set(act->db, &in);
}

/* Has this join_seq been asked for already, and by the same nonce? */
static err_t rotation_check(struct act *act, oid_t device, int64_t join_seq, const digest_t *nonce,
                            bool *ret_clone)
{
    struct row_rotation before;
    struct sql_rotation_get by = { .org = act->org, .device = device };
    err_t e = sql_rotation_get(act->db, act->arena, &by, &before);
    if (e == E_NOT_FOUND || (e == E_OK && before.join_seq != join_seq)) {
        *ret_clone = false;
        return rotation_write(act, device, join_seq, nonce);
    }
    TRY(e);
    *ret_clone = before.nonce_hash.n != sizeof nonce->b ||
                 !bytes_eq_ct(before.nonce_hash.p, nonce->b, sizeof nonce->b);
    return E_OK;
}

static err_t token_give(struct act *act, oid_t device, int64_t join_seq,
                        const struct token_text *token)
{
    digest_t hash = sha256_of(token_str(token));
    struct sql_fleet_token_add in = {
        .hash = digest_str(&hash),
        .id = oid_make(),
        .org = act->org,
        .kind = ACTOR_DEVICE,
        .principal = device,
        .state = TOKEN_ISSUED,
        .join_seq = join_seq,
        .now = act->now,
    };
    struct sql_device_token_issued issued = { .org = act->org, .id = device, .now = act->now };
    TRY(sql_fleet_token_add(act->db, &in));
    return sql_device_token_issued(act->db, &issued);
}

err_t device_rotate(struct act *act, int64_t join_seq, str_t nonce, struct rotate_out *ret)
{
    struct row_device d;
    struct rotate_out out = { .join_seq = join_seq + 1 };
    digest_t nonce_hash = sha256_of(nonce);
    TRY(device_get(act, act->actor.id, &d));
    if (d.status == DEVICE_REVOKED)
        return E_DEVICE_REVOKED;
    if (d.status != DEVICE_ENROLLED)
        return d.status == DEVICE_BLOCKED ? E_DEVICE_BLOCKED : E_UNAUTHENTICATED;
    if (join_seq != d.join_seq || act->actor.join_seq != d.join_seq)
        return FAIL(&act->why, E_CONFLICT, "join_seq is not that of the token in use");
    TRY(rotation_check(act, d.id, join_seq, &nonce_hash, &out.clone));
    if (out.clone) {
        TRY(device_change_row(act, &d, MOVE_BLOCK, DEVICE_REASON_CLONE));
    } else {
        derive_rotated_token(act->keys, d.id, out.join_seq, nonce, &out.token);
        TRY(token_give(act, d.id, out.join_seq, &out.token));
    }
    *ret = out;
    return E_OK;
}

err_t device_rotate_by_admin(struct act *act, oid_t id, struct token_text *ret_claim)
{
    struct row_device d;
    struct token_text claim;
    struct challenge challenge;
    char code[ENROL_CODE_TEXT];
    TRY(device_get(act, id, &d));
    if (d.status != DEVICE_ENROLLED)
        return FAIL(&act->why, E_CONFLICT, "the device is %s: rotate is not possible",
                    device_status_name((enum device_status)d.status));
    struct sql_fleet_token_drop_all tokens = { .org = act->org, .principal = id };
    TRY(requests_end(act, id, ENROL_APPROVED));
    TRY(sql_rotation_drop(act->db, &(struct sql_rotation_drop){ .org = act->org, .device = id }));
    TRY(sql_fleet_token_drop_all(act->db, &tokens));
    TRY(challenge_first(act, &challenge));
    enrol_code(code);
    struct sql_enrol_request_add in = {
        .id = oid_make(),
        .org = act->org,
        .device_id = id,
        .state = ENROL_APPROVED,
        .code = str_of(code, sizeof code),
        .join_seq = d.join_seq + 1,
        .public_key = d.public_key,
        .key_hash = d.key_hash,
        .nonce = challenge.nonce,
        .nonce_until = challenge.expires_at,
        .enrol_key_id = d.enrol_key_id,
        .now = act->now,
        .expires_at = ts_add(act->now, ENROL_OPEN_TTL),
        .approved_at = act->now,
    };
    derive_claim(act->keys, in.id, &claim);
    digest_t hash = sha256_of(token_str(&claim));
    in.claim_hash = digest_str(&hash);
    TRY(sql_enrol_request_add(act->db, &in));
    TRY(device_touched(act, id));
    *ret_claim = claim;
    return E_OK;
}

err_t retired_tokens_expire(struct act *act, int64_t limit, bool *ret_more)
{
    struct sql_token_retired_drop in = { .before = { act->now.us - RETIRED_KEPT.us },
                                         .limit = limit };
    TRY(sql_token_retired_drop(act->db, &in));
    *ret_more = db_changed(act->db) == limit;
    return E_OK;
}
