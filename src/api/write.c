/* SPDX-License-Identifier: Apache-2.0 */
/* A request on the writer: everything that changes the store, in one transaction with its audit
 * event (HOUSE "One request" 11). */
#include "api/passage.h"

#include "api/managed.h"
#include "api/refused.h"
#include "api/reply.h"
#include "domain/audit/refusals.h"
#include "domain/audit/topic.h"
#include "domain/fleet/rotate.h"
#include "plat/loop/workers.h"
#include "sql/store.h"

/* Of 500 devices of a bulk move, each refused with a sentence. */
enum { IDEM_ANSWER_MAX = 256 * 1024 };

static void submit(struct passage *p, enum load_class load)
{
    p->job.class = load == LOAD_URGENT ? WRITE_URGENT : WRITE_NORMAL;
    p->job.load = load;
    err_t e = writer_submit(p->api->services->writer, &p->job);
    if (e == E_OK)
        return;
    p->shed = SHED_WRITER;
    passage_finish(p, e);
}

static void event_begin(struct passage *p)
{
    const struct act *act = &p->rq.act;
    p->rq.event = (struct audit_event){
        .org = act->org,
        .action = str_from_cz(p->rq.route->audit),
        .actor_kind = act->actor.kind,
        .actor_id = act->actor.id,
        .actor_name = str_from_cz(act->actor.name),
        .request_id = p->rq.id,
    };
    p->rq.event.ip = request_peer(&p->rq);
}

/* Memory keeps no names of devices (a million of them): the record's come from the store. */
static err_t event_name_device(struct passage *p)
{
    struct row_device device;
    if (p->rq.act.actor.kind != ACTOR_DEVICE)
        return E_OK;
    err_t e = device_get(&p->rq.act, p->rq.act.actor.id, &device);
    if (e == E_OK)
        p->rq.event.actor_name = device.machine_id;
    return e == E_NOT_FOUND ? E_OK : e;
}

/* The job may run twice: it starts from nothing each time. */
static void begin(struct passage *p, struct db *db)
{
    struct act *act = &p->rq.act;
    act->db = db;
    act->now = clock_now();
    effects_init(&act->effects);
    act_clear_why(act);
    p->rq.reply = (struct reply){ 0 };
    p->rq.quiet = false;
    p->rq.marked = false;
    p->recorded = false;
    p->rq.oauth = NULL;
    event_begin(p);
}

/* HOUSE 11: actor and permission once more, if an effect touched the actor's shard since they were
 * checked. */
static err_t check_again(struct passage *p)
{
    struct actor_loaded loaded;
    struct actor *actor = &p->rq.act.actor;
    bool keep;
    if (!p->has_token || actor->kind == ACTOR_SYSTEM)
        return E_OK;
    uint64_t stamp = live_shard_stamp(p->api->services->live, actor->id);
    if (stamp == p->actor_stamp)
        return E_OK;
    TRY(passage_who(p, &loaded, &keep));
    TRY(loaded.who.refuse);
    *actor = live_actor(&loaded.who);
    return passage_may(p);
}

/* The same key and body give the same answer; another body is a conflict. E_NOT_FOUND: not seen
 * before. */
static err_t idempotency_find(struct passage *p)
{
    struct act *act = &p->rq.act;
    struct row_idempotency seen;
    TRY(sql_idempotency_get(act->db, act->arena,
                            &(struct sql_idempotency_get){ .principal = act->actor.id,
                                                           .route = request_path(&p->rq),
                                                           .key = p->idem_key },
                            &seen));
    if (!str_eq(seen.body_hash, str_of(p->idem_body.b, SHA256_SIZE)))
        return FAIL(&act->why, E_CONFLICT, "this Idempotency-Key was used with another body");
    p->rq.quiet = true;
    return reply_raw(&p->rq, (int)seen.status, "application/json", seen.answer);
}

static err_t idempotency_keep(struct passage *p)
{
    struct act *act = &p->rq.act;
    const struct reply *r = &p->rq.reply;
    CLEANUP(buf_fini) struct buf answer = { 0 };
    buf_init(&answer, IDEM_ANSWER_MAX);
    if (r->shape != NULL && !r->list)
        reply_encode_without_secrets(&answer, r->shape, r->body);
    TRY(answer.err);
    return sql_idempotency_add(
        act->db, &(struct sql_idempotency_add){ .principal = act->actor.id,
                                                .route = request_path(&p->rq),
                                                .key = p->idem_key,
                                                .body_hash = str_of(p->idem_body.b, SHA256_SIZE),
                                                .status = r->status,
                                                .object_id = p->rq.event.target_id,
                                                .answer = buf_str(&answer),
                                                .created_at = act->now });
}

static err_t handle(struct passage *p)
{
    TRY(event_name_device(p));
    TRY(p->rq.route->handler(&p->rq));
    if (p->rq.reply.refusal == E_OK)
        TRY(managed_note(&p->rq));
    if (!p->rq.quiet && p->rq.route->audit != NULL) {
        p->rq.event.result = p->rq.reply.refusal == E_OK ? AUDIT_OK : AUDIT_REFUSED;
        TRY(audit_append(p->api->services->audit, p->rq.act.db, p->rq.act.arena, &p->rq.event));
        p->recorded = true;
    }
    return p->idem_key.p != NULL ? idempotency_keep(p) : E_OK;
}

static err_t write_run(struct write_job *job, struct db *db)
{
    struct passage *p = CONTAINER_OF(job, struct passage, job);
    begin(p, db);
    if (clock_mono().us > p->deadline.us) {
        p->shed = SHED_WAITED;
        return E_OVERLOADED; /* its client has gone, or will ask again */
    }
    TRY(check_again(p));
    if (p->idem_key.p == NULL)
        return handle(p);
    err_t e = idempotency_find(p);
    return e == E_NOT_FOUND ? handle(p) : e;
}

static void refusal_settle(struct passage *p, err_t e);

/* A refusal of a known principal is itself on the record: once per hour, row and reason. */
static err_t refusal_append(struct passage *p, struct db *db, err_t e)
{
    const struct act *act = &p->rq.act;
    struct refusal what = { act->actor.id, p->rq.route->path, e, p->rq.id };
    if (act->actor.kind == ACTOR_NONE || !refused_counts(p->rq.route, e) ||
        p->rq.route->audit == NULL)
        return E_OK;
    p->recorded = true;
    if (!refusal_is_due(p->api->services->refusals, &what, clock_now()))
        return E_OK;
    p->rq.event.result = AUDIT_REFUSED;
    p->rq.event.reason = str_from_cz(err_info(e)->slug);
    p->noted = what;
    err_t written = audit_append(p->api->services->audit, db, p->rq.act.arena, &p->rq.event);
    if (written != E_OK)
        refusal_settle(p, E_OK);
    return written;
}

/* `e`: how it ended. A refusal that was noted, and did not become durable, is due again. */
static void refusal_settle(struct passage *p, err_t e)
{
    if (p->noted.row != NULL && p->noted.reason != e)
        refusal_forget(p->api->services->refusals, &p->noted);
    p->noted.row = NULL;
}

static err_t write_refused(struct write_job *job, struct db *db, err_t e)
{
    return refusal_append(CONTAINER_OF(job, struct passage, job), db, e);
}

void services_apply(const struct services *sv, const struct effects *effects)
{
    live_apply(sv->live, effects);
    gate_memory_apply(sv->gate, effects);
    for (const struct effect *e = effects->first; e != NULL; e = e->next) {
        if (e->kind == EFFECT_NOTICE)
            topics_tell(audit_topics(sv->audit), e->id, TOPIC_NOTICES);
        if (e->kind == EFFECT_DISOWNED)
            topics_tell(audit_topics(sv->audit), e->id, TOPIC_DEVICES);
    }
}

static void write_applied(struct write_job *job)
{
    struct passage *p = CONTAINER_OF(job, struct passage, job);
    services_apply(p->api->services, &p->rq.act.effects);
}

static void write_done(struct write_job *job, err_t e)
{
    struct passage *p = CONTAINER_OF(job, struct passage, job);
    refusal_settle(p, e);
    if (e == E_OK && p->rq.route->finish != NULL && p->rq.reply.status == 0)
        passage_committed(p);
    else
        passage_finish(p, e);
}

void passage_write(struct passage *p)
{
    p->job.run = write_run;
    p->job.refused = write_refused;
    p->job.applied = write_applied;
    p->job.done = write_done;
    submit(p, route_class(p->rq.route));
}

/* A request that was refused before it reached the writer: only its event is written. */
static err_t refusal_run(struct write_job *job, struct db *db)
{
    struct passage *p = CONTAINER_OF(job, struct passage, job);
    err_t e = p->result;
    struct diag why = p->rq.act.why;
    begin(p, db);
    p->rq.act.why = why;
    return refusal_append(p, db, e);
}

static void refusal_done(struct write_job *job, err_t e)
{
    struct passage *p = CONTAINER_OF(job, struct passage, job);
    refusal_settle(p, e == E_OK ? p->result : e);
    passage_finish(p, e == E_OK ? p->result : e);
}

void passage_audit_refusal(struct passage *p, err_t e)
{
    if (!p->known || p->rq.route->audit == NULL) {
        passage_finish(p, e);
        return;
    }
    p->result = e;
    p->job.run = refusal_run;
    p->job.refused = NULL;
    p->job.applied = NULL;
    p->job.done = refusal_done;
    submit(p, route_class(p->rq.route));
}

/* First use of a token that was given out, or use of one that was replaced: settled before the
 * request itself (FLEET 3). */
static err_t settle_run(struct write_job *job, struct db *db)
{
    struct passage *p = CONTAINER_OF(job, struct passage, job);
    enum settle outcome;
    oid_t device;
    begin(p, db);
    TRY(device_token_settle(&p->rq.act, &p->token, &device, &outcome));
    if (outcome != SETTLE_GOOD && outcome != SETTLE_CLONE)
        return E_OK;
    bool clone = outcome == SETTLE_CLONE;
    p->rq.event.org = p->rq.act.org;
    p->rq.event.action = clone ? STR("device.blocked") : STR("device.token-activated");
    p->rq.event.actor_kind = ACTOR_DEVICE;
    p->rq.event.actor_id = device;
    p->rq.event.reason = clone ? DEVICE_REASON_CLONE : STR_NONE;
    request_target(&p->rq, "device", device, STR_NONE);
    return audit_append(p->api->services->audit, db, p->rq.act.arena, &p->rq.event);
}

static void settle_done(struct write_job *job, err_t e)
{
    struct passage *p = CONTAINER_OF(job, struct passage, job);
    if (e == E_OK) {
        p->work.class = LOAD_TOKEN;
        p->work.known = true;
        p->shed = SHED_WORKERS;
        e = workers_submit(p->api->services->workers, &p->work);
    }
    if (e != E_OK)
        passage_finish(p, e);
}

void passage_settle(struct passage *p)
{
    p->job.run = settle_run;
    p->job.refused = NULL;
    p->job.applied = write_applied;
    p->job.done = settle_done;
    submit(p, LOAD_TOKEN);
}
