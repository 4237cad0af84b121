/* SPDX-License-Identifier: Apache-2.0 */
/* POST /agents/enroll: an installer brings a machine in with an enrolment key that approves. */
#include "domain/fleet/agents.h"
#include "domain/fleet/derive.h"
#include "domain/fleet/requests.h"
#include "domain/fleet/rotate.h"
#include "domain/live/history.h"

struct arrival {
    const struct agent_enrol_in *in;
    struct row_enrolment_key key;
    struct row_device device; /* status NONE: new */
    bool back;                /* it was in before */
    bool adopted;             /* it is in, imported, and never had a token */
    str_t labels;
};

static err_t arrival_look(struct act *act, struct arrival *it);
static err_t arrival_may(struct act *act, struct arrival *it);
static err_t arrival_write(struct act *act, struct arrival *it);
static err_t arrival_token(struct act *act, struct arrival *it, struct token_text *ret);

err_t agent_enrol(struct act *act, const struct agent_enrol_in *in, struct agent_enrol_out *ret)
{
    struct arrival it = { .in = in };
    struct agent_enrol_out out = { 0 };
    TRY(arrival_look(act, &it));
    TRY(arrival_may(act, &it));
    out.created = !it.back && !it.adopted;
    out.reactivated = it.back;
    TRY(arrival_write(act, &it));
    TRY(arrival_token(act, &it, &out.token));
    TRY(device_touched(act, it.device.id));
    TRY(device_get(act, it.device.id, &out.device));
    *ret = out;
    return E_OK;
}

static err_t arrival_look(struct act *act, struct arrival *it)
{
    if (act->actor.kind != ACTOR_ENROLMENT_KEY)
        return FAIL(&act->why, E_APPROVAL_REQUIRED,
                    "only an enrolment key that approves by itself (auto_approve) may do this");
    TRY(enrolment_key_check(act, act->actor.id, it->in->machine_id, &it->key));
    if (!it->key.auto_approve)
        return FAIL(&act->why, E_APPROVAL_REQUIRED,
                    "this enrolment key does not approve by itself");
    err_t e = device_by_machine_id(act, it->in->machine_id, &it->device);
    return e == E_NOT_FOUND ? E_OK : e;
}

/* A machine that was in comes back only with the key that let it in, or where it was imported. A
 * stranger's request that made it PENDING meanwhile changes nothing about that. */
static err_t arrival_back(struct act *act, const struct arrival *it)
{
    const struct row_device *d = &it->device;
    if (!it->in->allow_reactivate)
        return FAIL(&act->why, E_ALREADY_KNOWN,
                    "the machine is known, and no reactivation was wanted");
    if (!d->imported && !oid_eq(d->enrol_key_id, it->key.id))
        return FAIL(&act->why, E_ALREADY_KNOWN, "another way let this machine in: use that one");
    if (d->key_hash.p != NULL)
        return FAIL(&act->why, E_SIGNATURE_REQUIRED,
                    "the machine has a key and comes back only with its proof");
    return E_OK;
}

static err_t arrival_may(struct act *act, struct arrival *it)
{
    enum device_status to;
    enum device_status from = (enum device_status)it->device.status;
    bool known = it->device.known || from == DEVICE_UNINSTALLED;
    if (from == DEVICE_REVOKED || from == DEVICE_BLOCKED)
        return device_step(from, MOVE_AGENT_ENROL, &act->why, &to);
    TRY(fleet_lock_check(act, it->in->rules, known));
    it->adopted = from == DEVICE_ENROLLED && it->key.adopt && it->device.imported &&
                  it->device.join_seq == 0 && !ts_is_set(it->device.token_issued_at);
    if (it->adopted)
        return E_OK;
    TRY(device_step(from, MOVE_AGENT_ENROL, &act->why, &to));
    it->back = known;
    return known ? arrival_back(act, it) : E_OK;
}

/* What the machine had before it came back ends. */
static err_t arrival_clear(struct act *act, const struct arrival *it)
{
    oid_t id = it->device.id;
    TRY(device_note(act, &it->device, MOVE_AGENT_ENROL, DEVICE_ENROLLED, STR_NONE));
    TRY(requests_end(act, id, ENROL_APPROVED));
    TRY(sql_rotation_drop(act->db, &(struct sql_rotation_drop){ .org = act->org, .device = id }));
    return sql_fleet_token_drop_all(
        act->db, &(struct sql_fleet_token_drop_all){ .org = act->org, .principal = id });
}

static err_t arrival_groups(struct act *act, const struct arrival *it)
{
    struct sql_enrolment_key_group_list of = { .org = act->org, .key_id = it->key.id };
    struct row_device_group *groups;
    size_t n;
    TRY(sql_enrolment_key_group_list(act->db, act->arena, &of, &groups, &n));
    TRY(device_groups_put(act, it->device.id, groups, n, false));
    if (it->labels.p != NULL)
        TRY(device_labels_put(act, it->device.id, it->labels));
    return n > 0 ? act_scope_changed(act, SCOPE_DEVICE, act->org, it->device.id) : E_OK;
}

/* A machine that nobody knew: one row, written once. */
static err_t arrival_add(struct act *act, struct arrival *it, str_t hostname_key)
{
    const struct agent_words *w = &it->in->words;
    struct sql_agent_add row = {
        .id = oid_make(),
        .org = act->org,
        .machine_id = it->in->machine_id,
        .status = DEVICE_ENROLLED,
        .now = act->now,
        .hostname = w->hostname,
        .hostname_key = hostname_key,
        .os = w->os_info,
        .client_version = w->version,
        .user_name = w->user_name,
        .user_email = w->user_email,
        .user_words = w->user_id,
        .labels = it->labels,
        .enrol_key_id = it->key.id,
        .join_seq = it->device.join_seq + 1,
    };
    TRY(fleet_lower(act->arena, row.machine_id, &row.machine_key));
    it->device.id = row.id;
    return sql_agent_add(act->db, &row);
}

/* What the installer says of a machine that has a row. */
static err_t arrival_words(struct act *act, const struct arrival *it, str_t hostname_key)
{
    const struct agent_words *w = &it->in->words;
    struct sql_agent_words row = {
        .org = act->org,
        .id = it->device.id,
        .now = act->now,
        .hostname = w->hostname,
        .hostname_key = hostname_key,
        .os = w->os_info,
        .client_version = w->version,
        .user_name = w->user_name,
        .user_email = w->user_email,
        .user_words = w->user_id,
        .labels = it->labels,
    };
    return sql_agent_words(act->db, &row);
}

static err_t arrival_return(struct act *act, struct arrival *it, str_t hostname_key)
{
    struct sql_agent_enrol row = {
        .org = act->org,
        .id = it->device.id,
        .status = DEVICE_ENROLLED,
        .now = act->now,
        .enrol_key_id = it->key.id,
    };
    TRY(arrival_clear(act, it));
    TRY(sql_agent_enrol(act->db, &row));
    if (!it->device.known && oid_is_set(it->device.user_id))
        TRY(history_owner(act, it->device.id, (oid_t){ 0 }));
    return arrival_words(act, it, hostname_key);
}

static err_t arrival_write(struct act *act, struct arrival *it)
{
    str_t hostname_key;
    if (!it->adopted) /* else nobody came in */
        TRY(enrolment_key_use(act, it->key.id, &it->key));
    TRY(labels_merge(act->arena, it->device.labels, it->key.labels, &it->labels));
    TRY(fleet_lower(act->arena, it->in->words.hostname, &hostname_key));
    if (it->adopted) /* it was in all the time: nothing that it had ends */
        TRY(arrival_words(act, it, hostname_key));
    else if (it->device.status == DEVICE_NONE)
        TRY(arrival_add(act, it, hostname_key));
    else
        TRY(arrival_return(act, it, hostname_key));
    return arrival_groups(act, it);
}

/* The current one from the start: the installer has it in its hands. */
static err_t arrival_token(struct act *act, struct arrival *it, struct token_text *ret)
{
    token_make(STR("sen_d_"), ret);
    digest_t hash = sha256_of(token_str(ret));
    int64_t join_seq = it->device.join_seq + 1;
    struct sql_fleet_token_add in = {
        .hash = digest_str(&hash),
        .id = oid_make(),
        .org = act->org,
        .kind = ACTOR_DEVICE,
        .principal = it->device.id,
        .state = TOKEN_CURRENT,
        .join_seq = join_seq,
        .now = act->now,
    };
    struct sql_agent_token_set set = {
        .org = act->org, .id = it->device.id, .now = act->now, .join_seq = join_seq
    };
    TRY(sql_fleet_token_add(act->db, &in));
    if (it->device.status == DEVICE_NONE)
        return E_OK; /* arrival_add wrote it with the row */
    return sql_agent_token_set(act->db, &set);
}
