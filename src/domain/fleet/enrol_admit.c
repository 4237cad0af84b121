/* SPDX-License-Identifier: Apache-2.0 */
/* Letting a device in, or not: one request is approved, with its key and its claim, and the others
 * end. */
#include "domain/fleet/derive.h"
#include "domain/fleet/enrol.h"
#include "domain/live/history.h"

/* What the approval puts in force. */
struct force {
    oid_t user_id;
    str_t labels;
    struct row_device_group *groups; /* given by the approval: they replace */
    size_t groups_n;
    struct row_device_group *key_groups; /* of the enrolment key: they are added */
    size_t key_groups_n;
};

static err_t admit_check(struct act *act, const struct enrol_admission *in);
static err_t admit_force(struct act *act, const struct enrol_admission *in, struct force *ret);
static err_t admit_device(struct act *act, const struct enrol_admission *in, const struct force *f);
static err_t admit_request(struct act *act, const struct enrol_admission *in);

err_t enrol_admit(struct act *act, const struct enrol_admission *in)
{
    struct force f = { 0 };
    oid_t id = in->device->id;
    TRY(admit_check(act, in));
    TRY(admit_force(act, in, &f));
    TRY(admit_request(act, in));
    TRY(admit_device(act, in, &f));
    bool given = in->grants != NULL && in->grants->has_groups;
    if (given)
        TRY(device_groups_put(act, id, f.groups, f.groups_n, true));
    TRY(device_groups_put(act, id, f.key_groups, f.key_groups_n, false));
    if (f.labels.p != NULL)
        TRY(device_labels_put(act, id, f.labels));
    if (given || f.key_groups_n > 0 || oid_is_set(f.user_id) || oid_is_set(in->device->user_id))
        TRY(act_scope_changed(act, SCOPE_DEVICE, act->org, id));
    TRY(device_note(act, in->device, MOVE_APPROVE, DEVICE_ENROLLED, in->reason));
    return device_touched(act, id);
}

static err_t admit_check(struct act *act, const struct enrol_admission *in)
{
    const struct row_device *d = in->device;
    const struct row_enrol_request *rq = in->request;
    enum device_status to;
    TRY(device_step((enum device_status)d->status, MOVE_APPROVE, &act->why, &to));
    TRY(fleet_lock_check(act, in->rules, d->known));
    if (d->key_hash.p != NULL && (rq->key_hash.p == NULL || !str_eq(d->key_hash, rq->key_hash)))
        return FAIL(&act->why, E_ALREADY_KNOWN,
                    "the machine has a key of its own and comes back only with it; delete the "
                    "device first");
    if (rq->key_hash.p == NULL || d->key_hash.p != NULL)
        return E_OK;
    struct sql_device_by_key by = { .org = act->org, .key_hash = rq->key_hash };
    struct sql_device_by_key_row owner;
    err_t e = sql_device_by_key(act->db, act->arena, &by, &owner);
    if (e == E_NOT_FOUND)
        return E_OK;
    TRY(e);
    return FAIL(&act->why, E_ALREADY_KNOWN, "the public key belongs to another machine");
}

/* The enrolment key's part. A key that is over, deleted, expired or used up, approves nothing and
 * gives nothing, but does not stop a person. */
static err_t force_by_key(struct act *act, const struct enrol_admission *in, struct force *f)
{
    struct row_enrolment_key key;
    if (!oid_is_set(in->request->enrol_key_id))
        return E_OK;
    err_t e = enrolment_key_use(act, in->request->enrol_key_id, &key);
    bool over = e == E_UNAUTHENTICATED || e == E_KEY_EXPIRED || e == E_KEY_EXHAUSTED;
    if (over && !in->by_key) {
        diag_clear(&act->why);
        return E_OK;
    }
    if (e == E_UNAUTHENTICATED)
        return E_KEY_EXPIRED;
    TRY(e);
    struct sql_enrolment_key_group_list groups = { .org = act->org, .key_id = key.id };
    TRY(sql_enrolment_key_group_list(act->db, act->arena, &groups, &f->key_groups,
                                     &f->key_groups_n));
    return labels_merge(act->arena, f->labels, key.labels, &f->labels);
}

static err_t admit_force(struct act *act, const struct enrol_admission *in, struct force *ret)
{
    struct force f = { .labels = in->device->known ? in->device->labels : STR_NONE };
    const struct device_grants *grants = in->grants;
    f.user_id = in->request->user_id;
    if (!oid_is_set(f.user_id) && in->device->known)
        f.user_id = in->device->user_id;
    TRY(force_by_key(act, in, &f));
    if (grants != NULL && grants->has_user) {
        if (oid_is_set(grants->user_id))
            TRY(owner_check(act, grants->user_id));
        f.user_id = grants->user_id;
    }
    if (grants != NULL && grants->has_groups) {
        TRY(groups_resolve(act, grants->groups, grants->groups_n, &f.groups));
        f.groups_n = grants->groups_n;
    }
    if (grants != NULL)
        TRY(labels_merge(act->arena, f.labels, grants->labels, &f.labels));
    *ret = f;
    return E_OK;
}

static err_t admit_device(struct act *act, const struct enrol_admission *in, const struct force *f)
{
    const struct row_enrol_request *rq = in->request;
    struct sql_device_enrol row = {
        .org = act->org,
        .id = in->device->id,
        .status = DEVICE_ENROLLED,
        .now = act->now,
        .hostname = rq->hostname,
        .kind = rq->kind,
        .os = rq->os,
        .client_version = rq->client_version,
        .fingerprint = rq->fingerprint,
        .metadata = rq->metadata,
        .labels = f->labels,
        .user_id = f->user_id,
        .public_key = rq->public_key,
        .key_hash = rq->key_hash,
        .enrol_key_id = rq->enrol_key_id,
    };
    TRY(fleet_lower(act->arena, rq->hostname, &row.hostname_key));
    TRY(sql_device_enrol(act->db, &row));
    if (!oid_eq(f->user_id, in->device->user_id))
        TRY(history_owner(act, in->device->id, f->user_id));
    if (!in->device->known)
        return E_OK;
    /* Coming back kills what the machine had. */
    struct sql_fleet_token_drop_all tokens = { .org = act->org, .principal = in->device->id };
    struct sql_rotation_drop rotation = { .org = act->org, .device = in->device->id };
    TRY(sql_fleet_token_drop_all(act->db, &tokens));
    return sql_rotation_drop(act->db, &rotation);
}

static err_t admit_request(struct act *act, const struct enrol_admission *in)
{
    struct sql_enrol_request_approve approve = {
        .org = act->org,
        .id = in->request->id,
        .state = ENROL_APPROVED,
        .join_seq = in->device->join_seq + 1,
        .now = act->now,
        .expires_at = ts_add(act->now, ENROL_OPEN_TTL),
    };
    TRY(requests_end(act, in->device->id, ENROL_APPROVED)); /* all of them, then this one */
    return sql_enrol_request_approve(act->db, &approve);
}

/* The request that is meant. `ret_several->n` > 0: the caller has to say. */
static err_t decide_request(struct act *act, const struct enrol_decide_in *in,
                            struct row_enrol_request *ret, struct enrol_several *ret_several)
{
    struct row_enrol_request *open;
    size_t n;
    TRY(requests_open(act, in->device_id, &open, &n));
    if (oid_is_set(in->request_id)) {
        for (size_t i = 0; i < n; i++) {
            if (oid_eq(open[i].id, in->request_id)) {
                *ret = open[i];
                return E_OK;
            }
        }
        return FAIL(&act->why, E_NOT_FOUND, "the device has no such open request");
    }
    if (n == 0)
        return FAIL(&act->why, E_CONFLICT, "the device has no open request");
    if (n > 1)
        *ret_several = (struct enrol_several){ open, n };
    else
        *ret = open[0];
    return E_OK;
}

err_t enrol_approve(struct act *act, const struct enrol_decide_in *in, struct enrol_several *ret)
{
    struct row_device d;
    struct row_enrol_request rq;
    struct enrol_several several = { 0 };
    enum device_status to;
    TRY(device_get(act, in->device_id, &d));
    TRY(device_step((enum device_status)d.status, MOVE_APPROVE, &act->why, &to));
    TRY(decide_request(act, in, &rq, &several));
    if (several.n == 0) {
        struct enrol_admission admission = { .device = &d,
                                             .request = &rq,
                                             .grants = &in->grants,
                                             .rules = in->rules,
                                             .reason = in->reason };
        TRY(enrol_admit(act, &admission));
    }
    *ret = several;
    return E_OK;
}

err_t enrol_refuse(struct act *act, const struct enrol_decide_in *in, struct enrol_several *ret)
{
    struct row_device d;
    struct row_enrol_request rq;
    struct row_enrol_request *left;
    struct enrol_several several = { 0 };
    enum device_status to;
    size_t left_n;
    TRY(device_get(act, in->device_id, &d));
    TRY(device_step((enum device_status)d.status, MOVE_REFUSE, &act->why, &to));
    TRY(decide_request(act, in, &rq, &several));
    if (several.n > 0) {
        *ret = several;
        return E_OK;
    }
    struct sql_enrol_request_state state = { .org = act->org, .id = rq.id, .state = ENROL_REFUSED };
    TRY(sql_enrol_request_state(act->db, &state));
    TRY(requests_closed(act, 1));
    TRY(requests_open(act, d.id, &left, &left_n));
    if (left_n == 0)
        TRY(device_change_row(act, &d, MOVE_REFUSE, in->reason));
    *ret = several;
    return E_OK;
}
