/* SPDX-License-Identifier: Apache-2.0 */
#include "app/job_kinds.h"

#include "api/retention.h"
#include "domain/audit/refusals.h"
#include "domain/fleet/device.h"
#include "domain/fleet/enrol.h"
#include "domain/fleet/seen.h"
#include "domain/hooks/hook_seal.h"
#include "domain/identity/clock_seen.h"
#include "domain/identity/data_key.h"
#include "domain/identity/org_key.h"
#include "domain/live/seen.h"
#include "domain/oauth/issuer_keys.h"
#include "domain/policy/rollout_tick.h"
#include "domain/policy/secret_store.h"
#include "domain/signin/session.h"
#include "domain/signin/totp.h"
#include "sql/store.h"

/* Pages of the store: 4 KiB each. A slice moves few, so that nobody waits for it. */
enum {
    SLICE = 500,
    RESEAL_SLICE = 200,
    CHECKPOINT_EVENTS = 1000,
    VACUUM_KEEP = 4096,
    VACUUM_SLICE = 128,
    KEYS_SLICE = 64
};
#define ROLLOUT_BUDGET DUR_MS(5)

static err_t run_seen(struct job_task *task)
{
    struct live_seen *seen = ARENA_ARRAY(task->act.arena, struct live_seen, SLICE);
    struct device_seen *rows = ARENA_ARRAY(task->act.arena, struct device_seen, SLICE);
    if (seen == NULL || rows == NULL)
        return E_NO_MEMORY;
    size_t n = live_seen_collect(task->services->live, SEEN_LEAST, seen, SLICE);
    for (size_t i = 0; i < n; i++)
        rows[i] =
            (struct device_seen){ .org = seen[i].org, .device = seen[i].device, .at = seen[i].at };
    task->more = n == SLICE;
    return device_seen_batch(&task->act, rows, n);
}

static err_t run_expire(struct job_task *task)
{
    size_t n;
    TRY(enrol_expire(&task->act, SLICE, &n));
    task->more = n == SLICE;
    return E_OK;
}

static err_t run_checkpoint(struct job_task *task)
{
    const struct services *sv = task->services;
    return audit_checkpoint(sv->audit, task->act.db, task->act.arena, &sv->keys.by_use[KEY_AUDIT],
                            &task->line);
}

/* SAFETY rule 5: a thousand events are signed before their minute is over. */
static bool checkpoint_presses(const struct job_task *task)
{
    return audit_unsigned(task->services->audit) >= CHECKPOINT_EVENTS;
}

/* Memory keeps no names of devices. */
static err_t known_name(struct job_task *task, const struct refusal_who *who, str_t *ret)
{
    struct row_device device;
    *ret = str_from_cz(who->name);
    if (who->kind != ACTOR_DEVICE)
        return E_OK;
    task->act.org = who->org;
    err_t e = device_get(&task->act, who->id, &device);
    if (e == E_OK)
        *ret = device.machine_id;
    return e == E_NOT_FOUND ? E_OK : e;
}

static err_t summary_append(struct job_task *task, const struct refusal_summary *s)
{
    const struct refusal_who *who = &s->who;
    struct audit_event e = {
        .org = who->org,
        .action = STR("request.refused"),
        .result = AUDIT_REFUSED,
        .actor_kind = who->kind,
        .actor_id = who->id,
        .reason = str_from_cz(err_info(s->reason)->slug),
    };
    if (who->kind == ACTOR_NONE) {
        TRY(str_format(task->act.arena, &e.details,
                       "{\"block\":\"%s\",\"count\":%lld,\"row\":\"%s\"}", s->peer, (long long)s->n,
                       s->row));
    } else {
        e.ip = str_from_cz(s->peer);
        TRY(known_name(task, who, &e.actor_name));
        TRY(str_format(task->act.arena, &e.details, "{\"count\":%lld,\"row\":\"%s\"}",
                       (long long)s->n, s->row));
    }
    return audit_append(task->services->audit, task->act.db, task->act.arena, &e);
}

static err_t run_refusals(struct job_task *task)
{
    struct refusal_summary *list =
        ARENA_ARRAY(task->act.arena, struct refusal_summary, REFUSALS_SLICE);
    if (list == NULL)
        return E_NO_MEMORY;
    size_t n = refusals_take(task->services->refusals, list, REFUSALS_SLICE);
    for (size_t i = 0; i < n; i++)
        TRY(summary_append(task, &list[i]));
    task->more = n == REFUSALS_SLICE;
    return E_OK;
}

static void applied_refusals(struct job_task *task)
{
    refusals_written(task->services->refusals);
}

/* Pages that a churn will want again soon are left to it. */
static err_t run_vacuum(struct job_task *task)
{
    int64_t left;
    TRY(db_vacuum(task->act.db, VACUUM_KEEP, VACUUM_SLICE, &left));
    task->more = left > VACUUM_KEEP;
    return E_OK;
}

static err_t run_retention(struct job_task *task, enum retained what)
{
    return retention_run(task->services, &task->act, what, SLICE, &task->more);
}

static err_t run_idempotency(struct job_task *task)
{
    return run_retention(task, RETAINED_IDEMPOTENCY);
}

static err_t key_retired(struct job_task *task, const char *use, int64_t epoch)
{
    str_t details;
    TRY(str_format(task->act.arena, &details, "{\"epoch\":%lld,\"use\":\"%s\"}", (long long)epoch,
                   use));
    struct audit_event e = {
        .org = task->act.org, .action = STR("key.retired"), .result = AUDIT_OK, .details = details
    };
    return audit_append(task->services->audit, task->act.db, task->act.arena, &e);
}

/* One write a minute for a session in use, however many tokens follow from it. */
static err_t run_session_seen(struct job_task *task)
{
    dur_t idle = services_settings(task->services)->session.idle;
    struct live_session_seen *seen = ARENA_ARRAY(task->act.arena, struct live_session_seen, SLICE);
    if (seen == NULL)
        return E_NO_MEMORY;
    size_t n = live_sessions_collect(task->services->live, SESSION_SEEN_LEAST, seen, SLICE);
    for (size_t i = 0; i < n; i++)
        TRY(session_seen(&task->act, seen[i].session, seen[i].at, idle));
    task->more = n == SLICE;
    return E_OK;
}

static err_t run_session_expiry(struct job_task *task)
{
    return run_retention(task, RETAINED_SESSIONS);
}

/* A rotation that a kill cut off goes on at the next start. */
static err_t run_reseal(struct job_task *task)
{
    static const struct {
        const char *use;
        err_t (*run)(struct act *act, int64_t limit, struct data_resealed *ret);
    } uses[] = {
        { DATA_KEY_SECRETS, secret_reseal },
        { DATA_KEY_FACTORS, totp_reseal },
        { DATA_KEY_OUTGOING, hook_reseal },
    };
    for (size_t i = 0; i < ARRAY_LEN(uses) && !task->more; i++) {
        struct data_resealed done;
        TRY(uses[i].run(&task->act, RESEAL_SLICE, &done));
        for (size_t k = 0; k < done.retired_n; k++)
            TRY(key_retired(task, uses[i].use, done.retired[k]));
        task->more = done.n == RESEAL_SLICE;
    }
    return E_OK;
}

static bool reseal_presses(const struct job_task *task)
{
    return atomic_exchange(&task->services->reseal, false);
}

static err_t run_history(struct job_task *task)
{
    return run_retention(task, RETAINED_HISTORY);
}

static ts_t rollout_seen(void *live, oid_t device)
{
    return live_seen_at(live, device);
}

/* Each second, but only while a rollout is under way: an idle server writes nothing for it. */
static bool rollouts_press(const struct job_task *task)
{
    const struct rollout_pulse *pulse = &task->services->rollouts;
    return atomic_load(&pulse->open) || atomic_load(&pulse->moved) != atomic_load(&pulse->looked);
}

static err_t run_rollouts(struct job_task *task)
{
    struct services *sv = task->services;
    uint64_t moved = atomic_load(&sv->rollouts.moved);
    struct rollout_tick tick = {
        .audit = sv->audit,
        .up_since = sv->started_at,
        .seen = rollout_seen,
        .seen_arg = sv->live,
        .budget = ROLLOUT_BUDGET,
    };
    TRY(rollout_tick(&task->act, &tick));
    task->more = tick.more;
    /* Said before the commit: should it fail, the next look comes with the row of the job. */
    atomic_store(&sv->rollouts.open, tick.open);
    atomic_store(&sv->rollouts.looked, moved);
    return E_OK;
}

static err_t retired_append(struct job_task *task, const struct org_key_gone *key)
{
    str_t details = STR_NONE;
    TRY(str_format(task->act.arena, &details, "{\"kid\":\"%.*s\",\"use\":\"config\"}",
                   STR_ARG(key->kid)));
    struct audit_event e = {
        .org = key->org,
        .action = STR("key.retired"),
        .actor_kind = ACTOR_SYSTEM,
        .target_kind = STR("organisation"),
        .target_id = key->org,
        .details = details,
    };
    return audit_append(task->services->audit, task->act.db, task->act.arena, &e);
}

static err_t issuer_retired(struct job_task *task, str_t kid)
{
    str_t details = STR_NONE;
    TRY(str_format(task->act.arena, &details, "{\"kid\":\"%.*s\",\"use\":\"oidc\"}", STR_ARG(kid)));
    struct audit_event e = { .action = STR("key.retired"),
                             .actor_kind = ACTOR_SYSTEM,
                             .details = details };
    return audit_append(task->services->audit, task->act.db, task->act.arena, &e);
}

/* By a clock that was set back nothing retires. */
static err_t run_keys(struct job_task *task)
{
    struct org_key_gone *gone = NULL;
    str_t *kids = NULL;
    size_t n = 0;
    size_t kids_n = 0;
    if (clock_guard_behind(&task->services->clock))
        return E_OK;
    TRY(org_keys_retire(&task->act, KEYS_SLICE, &gone, &n));
    for (size_t i = 0; i < n; i++)
        TRY(retired_append(task, &gone[i]));
    TRY(issuer_keys_retire(&task->act, KEYS_SLICE, &kids, &kids_n));
    for (size_t i = 0; i < kids_n; i++)
        TRY(issuer_retired(task, kids[i]));
    task->more = n == KEYS_SLICE;
    return E_OK;
}

static err_t run_once(struct job_task *task)
{
    return run_retention(task, RETAINED_ONCE);
}

static err_t run_deliveries(struct job_task *task)
{
    return run_retention(task, RETAINED_DELIVERIES);
}

static err_t run_oauth_expiry(struct job_task *task)
{
    return run_retention(task, RETAINED_GRANTS);
}

static err_t run_series_expiry(struct job_task *task)
{
    return run_retention(task, RETAINED_SERIES);
}

static err_t run_token_expiry(struct job_task *task)
{
    return run_retention(task, RETAINED_TOKENS);
}

static err_t run_clock(struct job_task *task)
{
    return clock_seen_put(&task->act, clock_guard_seen(&task->services->clock));
}

/* clang-format off */
const struct job_kind job_kinds[JOB_KINDS] = {
    { "device-seen",        5,    run_seen,        NULL, NULL, false },
    { "request-expiry",     60,   run_expire,      NULL, NULL, false },
    { "audit-checkpoint",   60,   run_checkpoint,  checkpoint_presses, NULL, false },
    { "refusal-summary",    60,   run_refusals,    NULL, applied_refusals, false },
    { "idempotency-expiry", 600,  run_idempotency, NULL, NULL, false },
    { "delivery-expiry",    600,  run_deliveries,  NULL, NULL, false },
    { "secret-reseal",      600,  run_reseal,      reseal_presses, NULL, false },
    { "session-seen",       30,   run_session_seen, NULL, NULL, false },
    { "session-expiry",     600,  run_session_expiry, NULL, NULL, false },
    { "oauth-expiry",       60,   run_oauth_expiry, NULL, NULL, false },
    { "history-expiry",     3600, run_history,     NULL, NULL, false },
    { "rollout-tick",       60,   run_rollouts,    rollouts_press, NULL, true },
    { "store-vacuum",       60,   run_vacuum,      NULL, NULL, false },
    { "key-retirement",     10,   run_keys,        NULL, NULL, false },
    { "once-expiry",        60,   run_once,        NULL, NULL, false },
    { "approval-expiry",    5,    job_approvals,   NULL, NULL, false },
    { "credential-expiry",  600,  job_credentials, NULL, NULL, false },
    { "series",             60,   job_series,      job_series_presses, job_series_applied, false },
    { "series-expiry",      600,  run_series_expiry, NULL, NULL, false },
    { "token-expiry",       3600, run_token_expiry, NULL, NULL, false },
    { "clock-seen",         60,   run_clock,       NULL, NULL, false },
};
/* clang-format on */
