/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/agent.h"
#include "base/rng.h"

enum { FOLLOW_UNAUTHENTICATED_MAX = 2, PENDING_S = 5 };

#define SECOND_US INT64_C(1000000)

static const dur_t heartbeat_each = { 600 * SECOND_US };
static const dur_t token_age_max = { 30 * INT64_C(86400) * SECOND_US };
/* A 304 that comes at once where a long poll was asked for: do not turn in circles. */
static const dur_t poll_least = { 5 * SECOND_US };
/* A server that has no root key for us: not before each poll. */
static const dur_t pin_again = { 60 * SECOND_US };

const struct agent_law agent_default_law = {
    .first = { SECOND_US },
    .cap = { 60 * SECOND_US },
    .spread = { 2 * SECOND_US },
};

void agent_tell(struct seneschal_agent *g, const char *event, const char *reason)
{
    if (g->notify == NULL)
        return;
    const struct seneschal_notice notice = {
        .event = event,
        .state = agent_state_name((enum agent_state)g->store.state),
        .reason = reason,
        .code = g->store.code[0] != '\0' ? g->store.code : NULL,
        .etag = g->store.etag[0] != '\0' ? g->store.etag : NULL,
    };
    g->notify(g->arg, &notice);
}

static err_t follow_move(struct seneschal_agent *g, enum agent_event event, const char *reason,
                         struct agent_move *ret)
{
    struct agent_store *s = &g->store;
    enum agent_state from = (enum agent_state)s->state;
    struct agent_move move = agent_step(from, event);
    bool news = move.to != from || (move.does & AGENT_DO_WIPE) != 0 ||
                ((move.does & AGENT_DO_DISABLE) != 0 && strcmp(s->reason, reason) != 0);
    if (move.does & AGENT_DO_DROP_REQUEST) {
        agent_text_clear(s->init_nonce);
        agent_text_clear(s->request_id);
        agent_text_clear(s->code);
        agent_text_clear(s->claim);
        agent_text_clear(s->challenge_context);
        agent_text_clear(s->challenge_nonce);
    }
    /* The file first: a crash in between finds it off, and the store is checked against it at
     * start. */
    if (news && (move.does & AGENT_DO_DISABLE) != 0)
        TRY(agent_force_off(g, reason, (move.does & AGENT_DO_DEGRADE) != 0));
    else if (news && (move.does & AGENT_DO_DEGRADE) != 0 && g->degraded)
        TRY(agent_force_off(g, reason, true));
    if (move.does & AGENT_DO_WIPE)
        TRY(agent_wipe(g));
    s->state = move.to;
    if (news)
        TRY(agent_text_set(s->reason, move.to == AGENT_DISABLED || move.to == AGENT_STALE
                                          ? str_from_cz(reason)
                                          : STR_NONE));
    if (news || move.does != 0)
        TRY(agent_store_save(g->dir, s, &g->why));
    if (news)
        agent_tell(g, "agent-state", reason);
    *ret = move;
    return E_OK;
}

static err_t follow_set(char text[static AGENT_TEXT], str_t value)
{
    return value.p == NULL ? E_OK : agent_text_set(text, value);
}

/* What the answers of enrolment bring, stored before anything is done with it. */
static err_t follow_enrolment(struct seneschal_agent *g, const struct agent_news *n)
{
    struct agent_store *s = &g->store;
    bool code_is_new = n->code.p != NULL && !str_eq(n->code, str_from_cz(s->code));
    TRY(follow_set(s->device_id, n->device_id));
    TRY(follow_set(s->request_id, n->request_id));
    TRY(follow_set(s->code, n->code));
    TRY(follow_set(s->claim, n->claim));
    TRY(follow_set(s->challenge_context, n->challenge_context));
    TRY(follow_set(s->challenge_nonce, n->challenge_nonce));
    if (n->event == AGENT_INITED)
        TRY(agent_store_save(g->dir, s, &g->why));
    if (code_is_new)
        agent_tell(g, "agent-code", NULL);
    return E_OK;
}

/* Both generations hold the new token before its first use, which kills the old one for good. */
static err_t follow_token(struct seneschal_agent *g, const struct agent_news *n)
{
    struct agent_store *s = &g->store;
    TRY(agent_text_set(s->token, n->token));
    s->join_seq = n->join_seq;
    s->token_us = clock_wall().us;
    agent_text_clear(s->rotate_nonce);
    g->token_refused = false;
    g->unauthenticated = 0;
    return agent_store_save_both(g->dir, s, &g->why);
}

static err_t follow_enrolled(struct seneschal_agent *g, const struct agent_news *n)
{
    TRY(trust_pin(g, n));
    if (g->store.lease_exp_s == 0) { /* it has time to bring the first configuration */
        g->confirmed = clock_mono();
        g->store.confirmed_us = clock_wall().us;
    }
    return follow_token(g, n);
}

static void follow_answered(struct seneschal_agent *g)
{
    g->unauthenticated = 0;
    g->fetched = true;
}

/* The file before the store: a crash in between fetches the same bytes again. */
static err_t follow_config(struct seneschal_agent *g, const struct agent_news *n)
{
    struct agent_store *s = &g->store;
    follow_answered(g);
    trust_accept(g, &n->lease);
    err_t e = agent_force_config(g, n);
    if (e == E_NO_MEMORY)
        return e;
    TRY(agent_text_set(s->etag, n->etag)); /* also for the ack of a failure */
    TRY(agent_text_set(s->version, n->version));
    TRY(e);
    s->ack_owed = 1;
    return agent_store_save(g->dir, s, &g->why);
}

/* Not in force: off, the server is told, and it is fetched again by backoff. */
static err_t follow_unwritten(struct seneschal_agent *g)
{
    struct agent_news answer;
    struct diag why = g->why;
    err_ignore(agent_ask(g, AGENT_ACK, 0, &answer)); /* the next failure tells it again */
    g->apply_failed = STR_NONE;
    g->why = why;
    TRY(agent_force_off(g, "not-written", false));
    agent_tell(g, "agent-failed", g->why.text);
    return E_OK;
}

static err_t follow_lease(struct seneschal_agent *g, const struct verify_lease *lease)
{
    follow_answered(g);
    trust_accept(g, lease);
    return agent_store_save(g->dir, &g->store, &g->why);
}

/* Every authenticated call counts as seen: a heartbeat is for the version, and need not be often.
 */
void agent_plan_heartbeat(struct seneschal_agent *g)
{
    const struct agent_law law = { .first = heartbeat_each, .cap = heartbeat_each };
    g->heartbeat.us = clock_mono().us + agent_backoff(&law, 2, rng_u64()).us;
}

static bool follow_heard(const struct agent_news *n)
{
    return n->event != AGENT_UNREACHED || (n->slug.p != NULL && !n->later);
}

/* Ack, heartbeat and rotation ask on the side: they change no state, whatever else is answered. */
static err_t follow_side(struct seneschal_agent *g, enum agent_ask ask, const struct agent_news *n)
{
    bool heard = follow_heard(n);
    g->side_put_off = n->later || (ask == AGENT_REJECT && !heard); /* who lies may swallow it */
    if (ask == AGENT_REJECT && heard)
        g->trust.owed = VERIFY_GOOD;
    if (ask == AGENT_PIN && n->event != AGENT_PINNED)
        g->trust.pin_after.us = clock_mono().us + pin_again.us;
    if (ask == AGENT_ROTATE && n->event == AGENT_CONFIRMED) {
        TRY(follow_token(g, n));
        agent_tell(g, "agent-token", "rotated");
    }
    if (ask == AGENT_ROTATE && heard)
        atomic_store(&g->rotate, false);
    if (ask == AGENT_HEARTBEAT)
        agent_plan_heartbeat(g);
    if (ask == AGENT_ACK && heard) {
        adapt_reported(g->adapt);
        g->store.ack_owed = 0; /* a refusal of ours would be the same the next time */
        TRY(agent_store_save(g->dir, &g->store, &g->why));
    }
    return E_OK;
}

static dur_t follow_wait(struct seneschal_agent *g, enum agent_wait wait, int64_t retry_after_s)
{
    uint64_t random = rng_u64();
    dur_t told = DUR_S(retry_after_s);
    switch (wait) {
    case AGENT_GO:
        g->failures = 0;
        return (dur_t){ 0 };
    case AGENT_NOW:
        return (dur_t){ 0 };
    case AGENT_RETRY:
        if (g->failures++ == 0)
            return (dur_t){ 0 };
        return agent_backoff(&agent_default_law, g->failures, random);
    case AGENT_ASKED:
        if (retry_after_s > 0) /* never sooner, and not all at the same moment */
            return (dur_t){ told.us + agent_backoff(&agent_default_law, 1, random).us };
        g->failures++;
        return agent_backoff(&agent_default_law, g->failures, random);
    case AGENT_BACK_OFF:
        g->failures++;
        return agent_backoff(&agent_default_law, g->failures, random);
    case AGENT_LONG: {
        dur_t w = agent_long_wait(random);
        return w.us > told.us ? w : told;
    }
    }
    return (dur_t){ 0 };
}

static err_t follow_pinned(struct seneschal_agent *g, const struct agent_news *n)
{
    TRY(trust_pin(g, n));
    return agent_store_save_both(g->dir, &g->store, &g->why);
}

/* A refusal of ours, signed or by a lease that was refused, or what any proxy can say. */
static err_t follow_refusal(struct seneschal_agent *g, const struct agent_news *n)
{
    if (n->lease.exp_s != 0)
        trust_accept(g, &n->lease);
    return n->refusal == VERIFY_GOOD
               ? E_OK
               : trust_refuse(g, n->refusal, str_from_cz(g->store.etag)); /* what it would end */
}

static err_t follow_event(struct seneschal_agent *g, enum agent_ask ask, const struct agent_news *n)
{
    switch (n->event) {
    case AGENT_INITED:
    case AGENT_WAITING:
    case AGENT_CHALLENGED:
        return follow_enrolment(g, n);
    case AGENT_ENROLLED:
        return follow_enrolled(g, n);
    case AGENT_CONFIGURED:
        return follow_config(g, n);
    case AGENT_CONFIRMED:
        return ask == AGENT_FETCH ? follow_lease(g, &n->lease) : follow_side(g, ask, n);
    case AGENT_UNCHANGED:
        if (ask == AGENT_FETCH)
            follow_answered(g);
        return follow_side(g, ask, n);
    case AGENT_REJECTED:
        g->trust.rejections++;
        return trust_refuse(g, n->refusal, n->etag);
    case AGENT_PINNED:
        return follow_pinned(g, n);
    case AGENT_REVOKED:
    case AGENT_WIPED:
    case AGENT_BLOCKED:
        TRY(follow_refusal(g, n));
        break;
    case AGENT_UNAUTHENTICATED:
        g->token_refused = ++g->unauthenticated >= FOLLOW_UNAUTHENTICATED_MAX;
        return E_OK;
    case AGENT_CLAIM_USED:
    case AGENT_CLAIM_WRONG:
    case AGENT_TURNED_AWAY:
    case AGENT_UNREACHED:
    case AGENT_LEASE_OVER:
    case AGENT_GRACE_OVER:
    case AGENT_EVENTS:
        break;
    }
    bool side = ask != AGENT_FETCH && ask != AGENT_INIT && ask != AGENT_CONFIRM;
    return side ? follow_side(g, ask, n) : E_OK;
}

static bool follow_tells(const struct seneschal_agent *g)
{
    return g->trust.owed != VERIFY_GOOD && g->store.token[0] != '\0' && !g->side_put_off;
}

/* By backoff, however often it was told: a proxy that lies in a new way each time makes nobody turn
 * in circles. */
static dur_t follow_rejected(const struct seneschal_agent *g)
{
    return agent_backoff(&agent_default_law, g->trust.rejections + 1, rng_u64());
}

err_t agent_follow(struct seneschal_agent *g, enum agent_ask ask, const struct agent_news *news,
                   dur_t *ret)
{
    struct agent_move move;
    char reason[AGENT_TEXT];
    TRY(agent_text_set(reason, news->slug.p != NULL ? news->slug
                                                    : str_from_cz(agent_event_name(news->event))));
    dur_t answered = g->answered; /* the time before */
    if (ask == AGENT_FETCH) {
        g->side_put_off = false;
        g->answered = clock_mono();
    }
    err_t e = follow_event(g, ask, news);
    if (e != E_OK && g->apply_failed.p != NULL) {
        TRY(follow_unwritten(g));
        *ret = follow_wait(g, AGENT_BACK_OFF, 0);
        return E_OK;
    }
    TRY(e);
    TRY(follow_move(g, news->event, reason, &move));
    if (news->event == AGENT_CONFIGURED)
        agent_tell(g, "agent-config", news->enabled ? "enabled" : "disabled");
    if (news->event == AGENT_TURNED_AWAY || news->event == AGENT_CLAIM_WRONG)
        agent_tell(g, "agent-refused", reason);
    if (news->event == AGENT_UNREACHED || news->event == AGENT_UNAUTHENTICATED)
        agent_tell(g, "agent-unreached", g->why.text[0] != '\0' ? g->why.text : reason);
    int64_t told_s = news->retry_after_s;
    if (news->event == AGENT_WAITING && told_s == 0)
        told_s = PENDING_S;
    *ret = follow_wait(g, move.wait, told_s);
    if (news->event == AGENT_REJECTED || (ask == AGENT_REJECT && follow_heard(news)))
        *ret = follow_rejected(g);
    if (news->refusal != VERIFY_GOOD && follow_tells(g))
        *ret = (dur_t){ 0 }; /* the server is told first */
    const struct agent_law least = { .spread = poll_least };
    bool same = news->event == AGENT_UNCHANGED ||
                (news->event == AGENT_CONFIRMED && lease_wanted(g)); /* it is no newer one */
    if (ask == AGENT_FETCH && same && clock_mono().us - answered.us < SECOND_US)
        ret->us = poll_least.us + agent_backoff(&least, 1, rng_u64()).us;
    if (clock_wall().us - g->store.token_us > token_age_max.us && g->store.token_us != 0)
        atomic_store(&g->rotate, true);
    return E_OK;
}

err_t agent_follow_time(struct seneschal_agent *g)
{
    struct agent_move move;
    TRY(trust_watch_clock(g));
    if (g->store.state == AGENT_ACTIVE && agent_lease_left(g).us == 0)
        TRY(follow_move(g, AGENT_LEASE_OVER, agent_event_name(AGENT_LEASE_OVER), &move));
    /* What a policy carries for this case stands until the server is back. */
    if (g->store.state == AGENT_STALE && !g->degraded && agent_lease_left(g).us == 0)
        TRY(follow_move(g, AGENT_GRACE_OVER, agent_event_name(AGENT_GRACE_OVER), &move));
    return E_OK;
}
