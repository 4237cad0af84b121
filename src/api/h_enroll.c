/* SPDX-License-Identifier: Apache-2.0 */
/* A machine asks to come in, and fetches its token. */
#include "api/handlers_fleet.h"
#include "api/handlers_keys.h"

#include "api/people.h"
#include "base/rng.h"
#include "plat/jose/jwk.h"

enum { POLL_INTERVAL_S = 5, IDEM_MIN = 22, IDEM_MAX = 64 };
enum { LOBBY_FULL_S = 120 };      /* people empty a lobby, not the server: no use in asking soon */
enum { LOBBY_NOTICES_HOUR = 10 }; /* whoever finds this row fills no administrator's mailbox */

static err_t challenge_view(struct request *rq, const struct challenge *c, struct obj *ret)
{
    struct challenge_out *out = ARENA_NEW(rq->act.arena, struct challenge_out);
    if (out == NULL)
        return E_NO_MEMORY;
    *out = (struct challenge_out){ c->nonce, c->context, c->expires_at };
    ret->v = out;
    return E_OK;
}

/* The key is checked on a worker: a point of the curve is not looked for in a transaction. */
err_t enroll_init_prepare(struct request *rq)
{
    const struct enroll_init_in *in = rq->in;
    if (in->public_key.text.p == NULL)
        return E_OK;
    CLEANUP(json_freep) struct json *jwk = NULL;
    struct enroll_init_in *with = ARENA_NEW(rq->act.arena, struct enroll_init_in);
    if (with == NULL)
        return E_NO_MEMORY;
    *with = *in;
    TRY(json_parse(in->public_key.text, &rq->act.why, &jwk));
    TRY(jwk_read(jwk, &rq->act.why, &with->key));
    rq->in = with;
    return E_OK;
}

/* For this row Idempotency-Key is the device's nonce. */
static err_t device_nonce(struct request *rq, str_t *ret)
{
    str_t key = http_field(rq->xchg, STR("Idempotency-Key"));
    if (key.p != NULL && (key.n < IDEM_MIN || key.n > IDEM_MAX))
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "Idempotency-Key",
                              "want %d to %d characters", IDEM_MIN, IDEM_MAX);
    *ret = key;
    return E_OK;
}

static err_t init_reply(struct request *rq, const struct enrol_init_out *made)
{
    struct enroll_init_out *out = ARENA_NEW(rq->act.arena, struct enroll_init_out);
    if (out == NULL)
        return E_NO_MEMORY;
    *out = (struct enroll_init_out){
        .device_id = made->device_id,
        .request_id = made->request_id,
        .code = made->code,
        .status = STR("PENDING"),
        .user_id = made->user_id,
        .poll_interval_s = POLL_INTERVAL_S,
    };
    TRY(str_copy(rq->act.arena, str_of(made->claim.p, made->claim.n), &out->claim));
    TRY(challenge_view(rq, &made->challenge, &out->challenge));
    return reply_obj(rq, 201, &enroll_init_out_shape, out);
}

/* A full lobby: machines come back in two to four minutes, each at its own moment. */
static err_t init_refused(struct request *rq, err_t e)
{
    if (e == E_OVERLOADED)
        TRY(reply_retry_after(rq, LOBBY_FULL_S + (int64_t)rng_below(LOBBY_FULL_S)));
    return e;
}

static err_t tell_lobby(struct request *rq, str_t machine_id, str_t code)
{
    const struct notice_field fields[] = { { "device", machine_id, false },
                                           { "code", code, false } };
    return people_tell_admins(rq, (struct notice_in){ .kind = NOTICE_ADMIN_NEW_DEVICE,
                                                      .fields = fields,
                                                      .fields_n = ARRAY_LEN(fields),
                                                      .hour_max = LOBBY_NOTICES_HOUR });
}

err_t enroll_init(struct request *rq)
{
    const struct enroll_init_in *in = rq->in;
    struct fleet_rules rules = request_fleet_rules(rq);
    struct enrol_init_in init = {
        .machine_id = in->machine_id,
        .words = { .hostname = in->hostname,
                   .kind = in->type,
                   .os = in->os,
                   .client_version = in->client_version,
                   .fingerprint = in->fingerprint,
                   .user_hint = in->user_hint,
                   .labels = in->labels.text,
                   .metadata = in->metadata.text },
        .key = in->key,
        .address = request_peer(rq),
        .rules = &rules,
    };
    struct enrol_init_out made;
    TRY(device_nonce(rq, &init.idem));
    TRY(init_refused(rq, enrol_init(&rq->act, &init, &made)));
    request_target(rq, "device", made.device_id, in->machine_id);
    if (made.waits)
        TRY(tell_lobby(rq, in->machine_id, made.code));
    return init_reply(rq, &made);
}

static err_t confirm_waits(struct request *rq, const struct enrol_confirm_out *done)
{
    struct enroll_confirm_out *out = ARENA_NEW(rq->act.arena, struct enroll_confirm_out);
    if (out == NULL)
        return E_NO_MEMORY;
    out->status = STR("PENDING");
    rq->quiet = true;
    TRY(challenge_view(rq, &done->challenge, &out->challenge));
    TRY(reply_retry_after(rq, POLL_INTERVAL_S));
    return reply_obj(rq, 202, &enroll_confirm_out_shape, out);
}

/* A refusal that brings the challenge to sign. */
static err_t confirm_challenge(struct request *rq, err_t e, const struct challenge *c)
{
    struct challenge_out out = { c->nonce, c->context, c->expires_at };
    str_t text;
    struct buf b;
    buf_init(&b, KIB(4));
    struct json_out o = json_out_to(&b);
    shape_encode(&o, &challenge_out_shape, &out);
    err_t copied = b.err != E_OK ? b.err : str_copy(rq->act.arena, buf_str(&b), &text);
    buf_fini(&b);
    TRY(copied);
    return reply_problem_more(rq, e, STR("challenge"), text);
}

static err_t confirm_token(struct request *rq, const struct enrol_confirm_out *done)
{
    struct enroll_confirm_out *out = ARENA_NEW(rq->act.arena, struct enroll_confirm_out);
    if (out == NULL)
        return E_NO_MEMORY;
    out->status = STR("ENROLLED");
    out->join_seq = (opt_i64_t){ true, done->join_seq };
    TRY(str_copy(rq->act.arena, str_of(done->token.p, done->token.n), &out->token));
    TRY(own_url(rq, STR("/api/v1/iassistants/config"), &out->config_url));
    TRY(key_set_url(rq, done->org, &out->jwks_uri));
    TRY(root_key_view(rq, &out->root_key.text));
    return reply_obj(rq, 200, &enroll_confirm_out_shape, out);
}

/* A signature takes as long as a whole transaction: it is looked at on a worker. */
err_t enroll_confirm_prepare(struct request *rq)
{
    const struct enroll_confirm_in *in = rq->in;
    struct enrol_confirm_in confirm = { .device_id = in->device_id,
                                        .claim = in->claim,
                                        .signature = in->signature };
    if (in->claim.p == NULL || in->signature.p == NULL)
        return E_OK;
    struct enroll_confirm_in *with = ARENA_NEW(rq->act.arena, struct enroll_confirm_in);
    struct challenge_proof *proof = ARENA_NEW(rq->act.arena, struct challenge_proof);
    if (with == NULL || proof == NULL)
        return E_NO_MEMORY;
    TRY(enrol_confirm_try(&rq->act, &confirm, proof));
    *with = *in;
    with->proof = proof;
    rq->in = with;
    return E_OK;
}

static err_t confirm_by_claim(struct request *rq, const struct enroll_confirm_in *in)
{
    struct fleet_rules rules = request_fleet_rules(rq);
    struct enrol_confirm_in confirm = {
        .device_id = in->device_id,
        .claim = in->claim,
        .signature = in->signature,
        .proof = in->proof,
        .rules = &rules,
    };
    struct enrol_confirm_out done;
    TRY(enrol_confirm(&rq->act, &confirm, &done));
    rq->event.org = done.org;
    rq->event.action = done.approved ? STR("device.enrolled") : STR("device.token-given");
    request_target(rq, "device", done.device_id, STR_NONE);
    switch (done.outcome) {
    case ENROL_WAITS:
        return confirm_waits(rq, &done);
    case ENROL_HAS_TOKEN:
        return confirm_token(rq, &done);
    case ENROL_SIGN:
        return confirm_challenge(rq, E_SIGNATURE_REQUIRED, &done.challenge);
    case ENROL_TOO_LATE:
        return confirm_challenge(rq, E_CHALLENGE_EXPIRED, &done.challenge);
    }
    return E_INTERNAL;
}

err_t enroll_confirm(struct request *rq)
{
    const struct enroll_confirm_in *in = rq->in;
    if ((in->decision.p != NULL) == (in->claim.p != NULL))
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "decision",
                              "want either decision or claim");
    if (in->claim.p != NULL)
        return confirm_by_claim(rq, in);
    bool approve = str_eq(in->decision, STR("approve"));
    struct fleet_rules rules = request_fleet_rules(rq);
    struct enrol_decide_in decide = { .device_id = in->device_id,
                                      .request_id = in->request_id,
                                      .reason = in->reason,
                                      .rules = &rules };
    TRY(request_may(rq, PERM_DEVICE_APPROVE));
    TRY(request_grants(rq, in->user_id, in->groups, in->labels.text, &decide.grants));
    rq->event.action = approve ? STR("device.approved") : STR("device.refused");
    return device_decide(rq, &decide, approve);
}
