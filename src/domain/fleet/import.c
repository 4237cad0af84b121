/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/fleet/import.h"

#include "domain/fleet/derive.h"
#include "domain/identity/actor_load.h"

#include <assert.h>

struct import {
    const struct agent_import_in *in;
    struct row_device device; /* status NONE: not known here */
    bool token_known;         /* somebody here has this token, in whatever state */
    struct sql_fleet_token_owner_row owner;
};

static err_t import_look(struct act *act, struct import *it);
static bool import_is_new(const struct import *it);
static bool import_is_same(const struct import *it);
static err_t import_write(struct act *act, struct import *it, struct agent_import_out *out);

err_t agent_import(struct act *act, const struct agent_import_in *in, struct agent_import_out *ret)
{
    struct import it = { .in = in };
    assert(in->status == DEVICE_ENROLLED || in->status == DEVICE_UNINSTALLED ||
           in->status == DEVICE_REVOKED);
    TRY(import_look(act, &it));
    struct agent_import_out out = {
        .outcome = IMPORT_CREATED,
        .id = it.device.id,
        .status = in->status,
        .token_taken = it.token_known && !oid_eq(it.owner.principal, it.device.id),
    };
    if (!import_is_new(&it)) {
        out.outcome = import_is_same(&it) ? IMPORT_UNCHANGED : IMPORT_KEPT;
        out.status = (enum device_status)it.device.status;
    } else if (!in->dry_run) {
        TRY(import_write(act, &it, &out));
    }
    *ret = out;
    return E_OK;
}

static err_t import_look(struct act *act, struct import *it)
{
    err_t e = device_by_machine_id(act, it->in->machine_id, &it->device);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    if (!it->in->has_token)
        return E_OK;
    struct sql_fleet_token_owner by = { .hash = digest_str(&it->in->token) };
    e = sql_fleet_token_owner(act->db, act->arena, &by, &it->owner);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    it->token_known = e == E_OK;
    return E_OK;
}

/* One that only asks has no more right to the name than one that was never heard of. */
static bool import_is_new(const struct import *it)
{
    return it->device.status == DEVICE_NONE ||
           (it->device.status == DEVICE_PENDING && !it->device.known);
}

/* The words of the file are those that stand here; what it does not say is no difference. */
static bool word_is(str_t there, str_t here)
{
    return there.p == NULL || str_eq(there, here);
}

static bool token_is(const struct import *it)
{
    if (!it->in->has_token || (it->token_known && !oid_eq(it->owner.principal, it->device.id)))
        return it->device.join_seq == 0; /* it came without one, and has none yet */
    return it->token_known && it->owner.state == TOKEN_CURRENT;
}

static bool import_is_same(const struct import *it)
{
    const struct row_device *d = &it->device;
    const struct agent_words *w = &it->in->words;
    return d->imported && d->status == it->in->status && token_is(it) &&
           word_is(w->user_name, d->agent_user_name) &&
           word_is(w->user_email, d->agent_user_email) && word_is(w->user_id, d->agent_user_id) &&
           word_is(w->hostname, d->hostname) && word_is(w->os_info, d->os) &&
           word_is(w->version, d->client_version);
}

static err_t import_device(struct act *act, const struct import *it, oid_t id, bool token)
{
    const struct agent_import_in *in = it->in;
    bool revoked = in->status == DEVICE_REVOKED;
    bool out = in->status == DEVICE_UNINSTALLED;
    ts_t ended = ts_is_set(in->ended_at) ? in->ended_at : act->now;
    struct sql_device_import row = {
        .id = id,
        .org = act->org,
        .machine_id = in->machine_id,
        .status = in->status,
        .hostname = in->words.hostname,
        .os = in->words.os_info,
        .client_version = in->words.version,
        .user_name = in->words.user_name,
        .user_email = in->words.user_email,
        .user_words = in->words.user_id,
        .join_seq = token ? 1 : 0,
        .enrolled_at = ts_is_set(in->enrolled_at) ? in->enrolled_at : act->now,
        .last_seen_at = in->last_seen_at,
        .uninstalled_at = out ? ended : (ts_t){ 0 },
        .uninstall_reason = out ? in->reason : STR_NONE,
        .revoked_at = revoked ? ended : (ts_t){ 0 },
        .revoke_reason = revoked ? in->reason : STR_NONE,
        .now = act->now,
    };
    if (token)
        row.token_issued_at =
            ts_is_set(in->token_issued_at) ? in->token_issued_at : row.enrolled_at;
    if (revoked) {
        row.revoked_by_kind = (opt_i64_t){ true, act->actor.kind };
        row.revoked_by = act->actor.id;
    }
    TRY(fleet_lower(act->arena, row.machine_id, &row.machine_key));
    TRY(fleet_lower(act->arena, row.hostname, &row.hostname_key));
    return sql_device_import(act->db, &row);
}

static err_t import_token(struct act *act, const struct import *it, oid_t device)
{
    struct sql_fleet_token_add row = {
        .hash = digest_str(&it->in->token),
        .id = oid_make(),
        .org = act->org,
        .kind = ACTOR_DEVICE,
        .principal = device,
        .state = TOKEN_CURRENT,
        .join_seq = 1,
        .now = act->now,
    };
    return sql_fleet_token_add(act->db, &row);
}

static err_t import_write(struct act *act, struct import *it, struct agent_import_out *out)
{
    bool token = it->in->has_token && !it->token_known;
    out->id = oid_make();
    if (it->device.status != DEVICE_NONE) {
        TRY(device_note(act, &it->device, MOVE_DELETE, DEVICE_NONE, STR("imported")));
        TRY(device_erase(act, it->device.id));
    }
    TRY(import_device(act, it, out->id, token));
    return token ? import_token(act, it, out->id) : E_OK;
}
