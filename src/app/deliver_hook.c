/* SPDX-License-Identifier: Apache-2.0 */
/* One call of a webhook at a time and thread; of each webhook only one at a time. */
#include "app/deliver_in.h"
#include "app/deliver_write.h"
#include "base/log.h"
#include "domain/hooks/webhook_send.h"

enum { HOOKS_LOOK_MAX = 200, FAN_SLICE = 200, ANSWER_MAX = 64 * 1024 };
#define HOOK_CONNECT_MAX DUR_S(5)
#define HOOK_TIME_MAX    DUR_S(10)
#define LOOK_AGAIN       DUR_S(1)

static err_t fan_run(struct act *act, struct services *services, void *arg)
{
    (void)services;
    return webhook_fan(act, FAN_SLICE, arg);
}

/* Under the lock: the next delivery whose webhook is free. */
static bool take_due(struct deliver_thread *t, struct sql_delivery_due_row *ret)
{
    struct deliver *d = t->deliver;
    struct sql_delivery_due_row *rows = NULL;
    size_t n = 0;
    if (sql_delivery_due(t->reader, t->arena,
                         &(struct sql_delivery_due){ .now = clock_now(), .limit = HOOKS_LOOK_MAX },
                         &rows, &n) != E_OK)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (held_take(&d->held, rows[i].webhook_id)) {
            *ret = rows[i];
            return true;
        }
    }
    return false;
}

static bool next_due(struct deliver_thread *t, struct sql_delivery_due_row *ret)
{
    struct deliver *d = t->deliver;
    struct services *sv = d->services;
    bool found = false;
    bool more = false;
    (void)pthread_mutex_lock(&d->lock);
    uint64_t moved = atomic_load(&sv->hooks.moved);
    dur_t now = clock_mono();
    if (moved != d->looked || now.us >= d->look_at.us) {
        oid_t none = { { 0 } };
        err_t e = moved != d->looked ? deliver_write(sv, t->arena, none, fan_run, &more) : E_OK;
        found = take_due(t, ret);
        if (e == E_OK && !more)
            d->looked = moved;
        if (!found)
            d->look_at = (dur_t){ now.us + LOOK_AGAIN.us };
    }
    (void)pthread_mutex_unlock(&d->lock);
    return found;
}

struct attempt {
    struct row_webhook hook;
    struct row_delivery delivery;
    struct webhook_request req;
    struct webhook_outcome outcome;
    bool begins; /* to fail */
};

static err_t attempt_read(struct deliver_thread *t, const struct sql_delivery_due_row *due,
                          struct attempt *a)
{
    TRY(sql_webhook_by_id(t->reader, t->arena, &(struct sql_webhook_by_id){ .id = due->webhook_id },
                          &a->hook));
    TRY(sql_delivery_get(t->reader, t->arena, &(struct sql_delivery_get){ .id = due->id },
                         &a->delivery));
    struct act act = deliver_act(t->deliver->services, t->arena, t->reader, a->hook.org);
    return webhook_request_make(&act, &a->hook, a->delivery.id, a->delivery.event, a->delivery.body,
                                &a->req);
}

/* A webhook and its key are of one state of the store: the key may be replaced meanwhile. */
static err_t attempt_load(struct deliver_thread *t, const struct sql_delivery_due_row *due,
                          struct attempt *a)
{
    TRY(db_read_begin(t->reader));
    err_t e = attempt_read(t, due, a);
    db_read_end(t->reader);
    return e;
}

static err_t attempt_call(struct deliver_thread *t, struct attempt *a, struct diag *why)
{
    struct services *sv = t->deliver->services;
    struct outbound_rules rules = services_settings(sv)->outbound;
    struct http_answer answer;
    rules.stop = &t->deliver->stop;
    struct http_call call = { .method = "POST",
                              .url = a->req.url,
                              .headers = a->req.lines,
                              .headers_n = a->req.lines_n,
                              .body = a->req.body,
                              .connect_max = HOOK_CONNECT_MAX,
                              .total_max = HOOK_TIME_MAX,
                              .answer_max = ANSWER_MAX };
    TRY(outbound_call(&rules, t->arena, &call, why, &answer));
    a->outcome.status = answer.status;
    a->outcome.ok = answer.status >= 200 && answer.status < 300;
    return a->outcome.ok ? E_OK : FAIL(why, E_IO, "the answer was %d", answer.status);
}

static err_t tell_failure(struct act *act, struct services *sv, const struct attempt *a)
{
    struct audit_event e = {
        .org = a->hook.org,
        .action = STR("webhook.failed"),
        .result = AUDIT_OK,
        .actor_kind = ACTOR_SYSTEM,
        .target_kind = STR("webhook"),
        .target_id = a->hook.id,
        .target_name = a->hook.name,
        .reason = a->outcome.error,
    };
    const struct notice_field fields[] = {
        { "webhook", a->hook.name, false },
        { "event", a->delivery.event, false },
        { "reason", a->outcome.error, false },
    };
    struct notice_in notice = { .kind = NOTICE_ADMIN_WEBHOOK_FAILED,
                                .cfg = &services_settings(sv)->notices,
                                .fields = fields,
                                .fields_n = ARRAY_LEN(fields) };
    TRY(audit_append(sv->audit, act->db, act->arena, &e));
    return notice_tell_admins(act, &notice);
}

static err_t result_write(struct act *act, struct services *sv, void *arg)
{
    struct attempt *a = arg;
    const struct settings *s = services_settings(sv);
    TRY(webhook_attempted(act, &a->hook, &a->delivery, &a->outcome, &s->webhooks, &a->begins));
    return a->begins ? tell_failure(act, sv, a) : E_OK;
}

static void say(const struct attempt *a)
{
    if (!a->outcome.ok)
        LOG(LOG_WARNING, "webhook-failed", LOG_F("webhook", a->hook.name),
            LOG_F("event", a->delivery.event), LOG_F("why", a->outcome.error),
            LOG_F("attempts", a->delivery.attempts + 1));
}

bool deliver_hook(struct deliver_thread *t)
{
    struct deliver *d = t->deliver;
    struct sql_delivery_due_row due;
    struct attempt a = { .begins = false };
    struct diag why = { 0 };
    if (d->services->sealed || !next_due(t, &due))
        return false;
    err_t e = attempt_load(t, &due, &a);
    if (e == E_OK)
        e = attempt_call(t, &a, &why);
    bool loaded = oid_is_set(a.delivery.id);
    a.outcome.error = str_from_cz(why.text[0] != '\0' ? why.text : err_info(e)->text);
    if (loaded && e != E_CLOSED) {
        err_t written = deliver_write(d->services, t->arena, a.hook.org, result_write, &a);
        say(&a);
        e = written != E_OK ? written : e;
    }
    deliver_give(d, due.webhook_id, e == E_OK);
    return true;
}
