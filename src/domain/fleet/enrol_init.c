/* SPDX-License-Identifier: Apache-2.0 */
/* A machine asks to come in. */
#include "domain/fleet/derive.h"
#include "domain/fleet/enrol.h"
#include "domain/live/history.h"

/* What is known when the request is looked at. */
struct init {
    const struct enrol_init_in *in;
    struct row_device device; /* status NONE: there is none */
    struct row_enrolment_key by_key;
    str_t machine_key;
    digest_t key_hash;
    bool has_key;
    digest_t idem_hash;
    digest_t idem_body;
    bool recovers; /* an enrolled machine that lost its state and has its key */
};

static err_t init_look(struct act *act, const struct enrol_init_in *in, struct init *it);
static err_t init_refuse(struct act *act, struct init *it);
static err_t init_find(struct act *act, struct init *it, struct row_enrol_request *ret,
                       bool *ret_found);
static err_t init_again(struct act *act, struct init *it, struct row_enrol_request *rq,
                        struct enrol_init_out *ret);
static err_t init_new(struct act *act, struct init *it, struct enrol_init_out *ret);

err_t enrol_init(struct act *act, const struct enrol_init_in *in, struct enrol_init_out *ret)
{
    struct init it = { .in = in };
    struct row_enrol_request before;
    bool found = false;
    TRY(init_look(act, in, &it));
    TRY(init_refuse(act, &it));
    TRY(init_find(act, &it, &before, &found));
    if (found)
        return init_again(act, &it, &before, ret);
    if (it.device.status == DEVICE_ENROLLED && !it.recovers)
        return FAIL(&act->why, E_ALREADY_ENROLLED, "the machine is enrolled already");
    return init_new(act, &it, ret);
}

/* Everything that the machine said, so that another body under the same Idempotency-Key is found
 * out. None of these texts can hold a NUL. */
static digest_t body_digest(const struct enrol_init_in *in, const digest_t *key_hash)
{
    const struct device_words *w = &in->words;
    const str_t nul = STR("\0");
    const str_t parts[] = {
        in->machine_id,    nul, w->hostname,          nul, w->kind,      nul, w->os,     nul,
        w->client_version, nul, w->fingerprint,       nul, w->user_hint, nul, w->labels, nul,
        w->metadata,       nul, digest_str(key_hash),
    };
    return sha256_of_parts(parts, ARRAY_LEN(parts));
}

static err_t init_look(struct act *act, const struct enrol_init_in *in, struct init *it)
{
    TRY(fleet_lower(act->arena, in->machine_id, &it->machine_key));
    struct sql_device_by_machine by = { .org = act->org,
                                        .machine_key = it->machine_key,
                                        .machine_id = in->machine_id };
    err_t e = sql_device_by_machine(act->db, act->arena, &by, &it->device);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    it->has_key = in->key.kind != PUBKEY_NONE;
    if (it->has_key)
        it->key_hash = pubkey_hash(&in->key);
    if (in->idem.p != NULL) {
        it->idem_hash = sha256_of(in->idem);
        it->idem_body = body_digest(in, &it->key_hash);
    }
    if (act->actor.kind == ACTOR_ENROLMENT_KEY)
        TRY(enrolment_key_check(act, act->actor.id, in->machine_id, &it->by_key));
    return E_OK;
}

/* A key belongs to one device of an organisation; that of a revoked one enrols no other. */
static err_t key_is_free(struct act *act, const struct init *it)
{
    struct sql_device_by_key by = { .org = act->org, .key_hash = digest_str(&it->key_hash) };
    struct sql_device_by_key_row owner;
    err_t e = sql_device_by_key(act->db, act->arena, &by, &owner);
    if (e == E_NOT_FOUND)
        return E_OK;
    TRY(e);
    if (it->device.status != DEVICE_NONE && oid_eq(owner.id, it->device.id))
        return E_OK;
    return FAIL(&act->why, E_ALREADY_KNOWN, "the public key belongs to another machine");
}

/* PRODUCT's order: revoked, blocked, fleet lock, key known elsewhere. Already enrolled comes after
 * the look at earlier requests: a machine that asks again gets its answer again. */
static err_t init_refuse(struct act *act, struct init *it)
{
    enum device_status to;
    enum device_status from = (enum device_status)it->device.status;
    if (from == DEVICE_REVOKED || from == DEVICE_BLOCKED)
        return device_step(from, MOVE_INIT, &act->why, &to);
    bool known = it->device.known || from == DEVICE_UNINSTALLED;
    TRY(fleet_lock_check(act, it->in->rules, known));
    if (it->has_key)
        TRY(key_is_free(act, it));
    it->recovers = from == DEVICE_ENROLLED && it->has_key && it->device.key_hash.p != NULL &&
                   str_eq(it->device.key_hash, digest_str(&it->key_hash));
    return E_OK;
}

static bool request_lives(const struct row_enrol_request *rq, ts_t now)
{
    if (rq->state == ENROL_OPEN)
        return rq->expires_at.us > now.us;
    return rq->state == ENROL_APPROVED && ts_add(rq->approved_at, ENROL_CLAIM_TTL).us > now.us;
}

static err_t init_find_idem(struct act *act, const struct init *it, struct row_enrol_request *ret,
                            bool *ret_found)
{
    struct sql_enrol_request_by_idem by = { .org = act->org,
                                            .idem_hash = digest_str(&it->idem_hash) };
    err_t e = sql_enrol_request_by_idem(act->db, act->arena, &by, ret);
    if (e == E_NOT_FOUND)
        return E_OK;
    TRY(e);
    if (!str_eq(ret->idem_body, digest_str(&it->idem_body)))
        return FAIL(&act->why, E_CONFLICT, "this Idempotency-Key was used with another body");
    if (!request_lives(ret, act->now))
        return FAIL(&act->why, E_CONFLICT, "the request of this Idempotency-Key is over");
    *ret_found = true;
    return E_OK;
}

/* An earlier request of the same nonce or the same key. */
static err_t init_find(struct act *act, struct init *it, struct row_enrol_request *ret,
                       bool *ret_found)
{
    if (it->in->idem.p != NULL)
        TRY(init_find_idem(act, it, ret, ret_found));
    if (*ret_found || it->device.status == DEVICE_NONE)
        return E_OK;
    struct sql_enrol_request_of of = {
        .org = act->org, .device = it->device.id, .upto = ENROL_APPROVED, .limit = 64
    };
    struct row_enrol_request *rows;
    size_t n;
    int open_n = 0;
    TRY(sql_enrol_request_of(act->db, act->arena, &of, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        if (!request_lives(&rows[i], act->now))
            continue;
        open_n += rows[i].state == ENROL_OPEN;
        if (it->has_key && str_eq(rows[i].key_hash, digest_str(&it->key_hash))) {
            *ret = rows[i];
            *ret_found = true;
            return E_OK;
        }
    }
    int64_t most = it->in->rules->open_per_machine;
    if (open_n >= (most > 0 ? most : ENROL_OPEN_PER_DEVICE))
        return FAIL(&act->why, E_RATE_LIMITED, "%d requests of this machine are open already",
                    open_n);
    return E_OK;
}

static err_t init_again(struct act *act, struct init *it, struct row_enrol_request *rq,
                        struct enrol_init_out *ret)
{
    struct enrol_init_out out = {
        .device_id = rq->device_id, .request_id = rq->id, .code = rq->code, .user_id = rq->user_id
    };
    (void)it;
    TRY(challenge_renew(act, rq, &out.challenge));
    derive_claim(act->keys, rq->id, &out.claim);
    *ret = out;
    return E_OK;
}

/* The device of a new request: made, or back to PENDING. An enrolled one that recovers stays what
 * it is. */
static err_t init_device(struct act *act, struct init *it, oid_t user_id)
{
    const struct device_words *w = &it->in->words;
    if (it->device.status != DEVICE_NONE) {
        if (it->recovers || it->device.status == DEVICE_PENDING)
            return E_OK;
        return device_change_row(act, &it->device, MOVE_INIT, STR_NONE);
    }
    struct sql_device_add in = {
        .id = oid_make(),
        .org = act->org,
        .machine_id = it->in->machine_id,
        .machine_key = it->machine_key,
        .status = DEVICE_PENDING,
        .hostname = w->hostname,
        .kind = w->kind,
        .os = w->os,
        .client_version = w->client_version,
        .fingerprint = w->fingerprint,
        .metadata = w->metadata,
        .user_id = user_id,
        .now = act->now,
    };
    TRY(fleet_lower(act->arena, w->hostname, &in.hostname_key));
    it->device.id = in.id;
    TRY(sql_device_add(act->db, &in));
    return oid_is_set(user_id) ? history_owner(act, in.id, user_id) : E_OK;
}

/* A person's token, ours, says who asks. */
static oid_t proven_user(const struct act *act)
{
    bool person = act->actor.kind == ACTOR_USER && oid_eq(act->actor.org, act->org);
    return person ? act->actor.id : (oid_t){ 0 };
}

static err_t init_count(struct act *act, const struct init *it)
{
    struct sql_enrol_count_up_row count;
    int64_t most = it->in->rules->open_most > 0 ? it->in->rules->open_most : ENROL_OPEN_PER_ORG;
    struct sql_enrol_count_up up = { .org = act->org, .most = most };
    if (it->recovers)
        return E_OK; /* nobody has to decide about it */
    err_t e = sql_enrol_count_up(act->db, act->arena, &up, &count);
    if (e == E_NOT_FOUND)
        return FAIL(&act->why, E_OVERLOADED,
                    "%lld machines wait for approval already: approve or refuse some",
                    (long long)most);
    return e;
}

static err_t init_new(struct act *act, struct init *it, struct enrol_init_out *ret)
{
    const struct device_words *w = &it->in->words;
    struct enrol_init_out out = { .request_id = oid_make(),
                                  .user_id = proven_user(act),
                                  .waits = !it->recovers && !it->by_key.auto_approve };
    char code[ENROL_CODE_TEXT];
    enrol_code(code);
    TRY(str_copy(act->arena, str_of(code, sizeof code), &out.code));
    TRY(challenge_first(act, &out.challenge));
    derive_claim(act->keys, out.request_id, &out.claim);
    digest_t claim_hash = sha256_of(token_str(&out.claim));
    TRY(init_count(act, it));
    TRY(init_device(act, it, out.user_id));
    out.device_id = it->device.id;
    struct sql_enrol_request_add in = {
        .id = out.request_id,
        .org = act->org,
        .device_id = out.device_id,
        .state = it->recovers ? ENROL_APPROVED : ENROL_OPEN,
        .code = out.code,
        .claim_hash = digest_str(&claim_hash),
        .join_seq = it->recovers ? it->device.join_seq + 1 : 0,
        .nonce = out.challenge.nonce,
        .nonce_until = out.challenge.expires_at,
        .enrol_key_id = it->by_key.id,
        .auto_approve = it->by_key.auto_approve,
        .user_id = out.user_id,
        .address = it->in->address,
        .hostname = w->hostname,
        .kind = w->kind,
        .os = w->os,
        .client_version = w->client_version,
        .fingerprint = w->fingerprint,
        .user_hint = w->user_hint,
        .labels = w->labels,
        .metadata = w->metadata,
        .now = act->now,
        .expires_at = ts_add(act->now, ENROL_OPEN_TTL),
        .approved_at = it->recovers ? act->now : (ts_t){ 0 },
    };
    if (it->has_key) {
        in.public_key = str_of(it->in->key.spki, it->in->key.spki_n);
        in.key_hash = digest_str(&it->key_hash);
    }
    if (it->in->idem.p != NULL) {
        in.idem_hash = digest_str(&it->idem_hash);
        in.idem_body = digest_str(&it->idem_body);
    }
    TRY(sql_enrol_request_add(act->db, &in));
    *ret = out;
    return E_OK;
}
