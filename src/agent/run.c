/* SPDX-License-Identifier: Apache-2.0 */
/* The C ABI: step, run, once, and what may be read. */
#include "agent/agent.h"
#include "base/rng.h"

enum { RUN_POLL_S = 50, RUN_ONCE_STEPS = 32, RUN_SLICE_MS = 200, RUN_ALIVE_S = 20 };

static struct agent_view run_view(struct seneschal_agent *g)
{
    const struct agent_store *s = &g->store;
    bool side = !g->side_put_off;
    return (struct agent_view){
        .state = (enum agent_state)s->state,
        .has_token = s->token[0] != '\0',
        .has_claim = s->claim[0] != '\0',
        .token_refused = g->token_refused,
        .pin = side && trust_wants_pin(g),
        .reject = side && g->trust.owed != VERIFY_GOOD,
        .rotate = side && (atomic_load(&g->rotate) || s->rotate_nonce[0] != '\0'),
        .ack = side && (s->ack_owed != 0 || adapt_owes(g->adapt)) && s->etag[0] != '\0',
        .heartbeat = side && clock_mono().us >= g->heartbeat.us,
    };
}

static int run_result(const struct seneschal_agent *g, enum agent_ask ask, enum agent_event event,
                      dur_t wait)
{
    if (ask == AGENT_REJECT && event == AGENT_UNCHANGED)
        return SENESCHAL_LATER;
    if (ask == AGENT_PIN && event == AGENT_UNREACHED)
        return SENESCHAL_GO_ON; /* the poll says what is the matter */
    switch (event) {
    case AGENT_TURNED_AWAY:
    case AGENT_CLAIM_WRONG:
    case AGENT_REVOKED:
    case AGENT_WIPED:
    case AGENT_BLOCKED:
        return SENESCHAL_REFUSED;
    case AGENT_WAITING:
    case AGENT_UNAUTHENTICATED:
    case AGENT_UNREACHED:
        return SENESCHAL_LATER;
    case AGENT_CONFIGURED:
    case AGENT_CONFIRMED:
    case AGENT_UNCHANGED:
        if (g->store.state != AGENT_ACTIVE || g->store.etag[0] == '\0')
            return SENESCHAL_LATER; /* it came, and could not be put in force */
        return g->fetched && g->store.ack_owed == 0 && !adapt_owes(g->adapt) ? SENESCHAL_OK
                                                                             : SENESCHAL_GO_ON;
    case AGENT_INITED:
    case AGENT_ENROLLED:
    case AGENT_CHALLENGED:
    case AGENT_CLAIM_USED:
    case AGENT_REJECTED:
    case AGENT_PINNED:
    case AGENT_LEASE_OVER:
    case AGENT_GRACE_OVER:
    case AGENT_EVENTS:
        break;
    }
    return wait.us == 0 ? SENESCHAL_GO_ON : SENESCHAL_LATER;
}

static void run_alive(struct seneschal_agent *g)
{
    dur_t now = clock_mono();
    if (g->alive.us != 0 && now.us - g->alive.us < DUR_S(RUN_ALIVE_S).us)
        return;
    g->alive = now;
    agent_tell(g, "agent-alive", NULL);
}

/* When it asks next, for those who look. */
static void run_show(struct seneschal_agent *g, dur_t wait)
{
    g->next_ask = wait.us > 0 ? ts_add(clock_wall(), wait) : (ts_t){ 0 };
    agent_show(g);
}

static int run_wiped(struct seneschal_agent *g, int64_t *wait_ms)
{
    *wait_ms = agent_long_wait(rng_u64()).us / 1000;
    return atomic_load(&g->stopped) ? SENESCHAL_STOPPED : SENESCHAL_REFUSED;
}

int seneschal_agent_step(struct seneschal_agent *agent, unsigned poll_max_s, int64_t *wait_ms)
{
    struct agent_news news;
    dur_t wait = { 0 };
    diag_clear(&agent->why);
    arena_reset(agent->arena);
    run_alive(agent);
    adapt_check(agent->adapt);
    if (agent->store.wiped != 0) /* for good: nobody is asked, nobody is enrolled */
        return run_wiped(agent, wait_ms);
    err_t e = agent_follow_time(agent);
    struct agent_view view = run_view(agent);
    enum agent_ask ask = agent_next(&view);
    agent_secrets_collect(agent);
    if (e == E_OK)
        e = agent_ask(agent, ask, poll_max_s, &news);
    if (e == E_OK)
        e = agent_follow(agent, ask, &news, &wait);
    if (e == E_OK)
        e = agent_secrets_follow(agent, &wait);
    if (e == E_CLOSED || e == E_AGAIN) {
        *wait_ms = 0;
        return e == E_CLOSED ? SENESCHAL_STOPPED : SENESCHAL_GO_ON;
    }
    if (e != E_OK) {
        agent->failures++;
        diag_set(&agent->why, e, "%s", err_info(e)->text);
        wait = agent_backoff(&agent_default_law, agent->failures, rng_u64());
        *wait_ms = wait.us / 1000;
        agent_tell(agent, "agent-failed", agent->why.text);
        run_show(agent, wait);
        return SENESCHAL_FAILED;
    }
    *wait_ms = (wait.us + 999) / 1000;
    run_show(agent, wait);
    return run_result(agent, ask, news.event, wait);
}

/* Sleep, but not past a stop or the end of a lease. */
static err_t run_wait(struct seneschal_agent *g, int64_t wait_ms)
{
    dur_t until = { clock_mono().us + wait_ms * 1000 };
    const struct timespec slice = { .tv_nsec = (long)RUN_SLICE_MS * 1000000 };
    while (!atomic_load(&g->stopped) && clock_mono().us < until.us) {
        struct timespec rest = slice;
        int64_t left = until.us - clock_mono().us;
        if (left < (int64_t)RUN_SLICE_MS * 1000)
            rest.tv_nsec = left > 0 ? (long)left * 1000 : 0;
        (void)nanosleep(&rest, NULL); /* a signal ends it early: the loop looks again */
        run_alive(g);
        adapt_check(g->adapt);
        int64_t before = g->store.state;
        TRY(agent_follow_time(g));
        if (g->store.state == before)
            continue;
        agent_secrets_collect(g);
        agent_show(g);
    }
    return E_OK;
}

int seneschal_agent_run(struct seneschal_agent *agent)
{
    for (;;) {
        int64_t wait_ms = 0;
        int result = seneschal_agent_step(agent, RUN_POLL_S, &wait_ms);
        if (result == SENESCHAL_STOPPED)
            return result;
        arena_reset(agent->arena);
        if (run_wait(agent, wait_ms) != E_OK)
            agent_tell(agent, "agent-failed",
                       agent->why.text); /* tried again with the next slice */
        if (atomic_load(&agent->stopped))
            return SENESCHAL_STOPPED;
    }
}

int seneschal_agent_once(struct seneschal_agent *agent)
{
    for (int i = 0; i < RUN_ONCE_STEPS; i++) {
        int64_t wait_ms = 0;
        int result = seneschal_agent_step(agent, 0, &wait_ms);
        if (result != SENESCHAL_GO_ON)
            return result;
    }
    return SENESCHAL_LATER;
}

void seneschal_agent_stop(struct seneschal_agent *agent)
{
    atomic_store(&agent->stopped, true);
    http_client_stop(agent->http);
}

void seneschal_agent_rotate(struct seneschal_agent *agent)
{
    atomic_store(&agent->rotate, true);
    http_client_interrupt(agent->http); /* a long poll would keep it waiting */
}

enum seneschal_state seneschal_agent_state(const struct seneschal_agent *agent)
{
    return (enum seneschal_state)agent->store.state;
}

const char *seneschal_agent_code(const struct seneschal_agent *agent)
{
    return agent->store.code;
}

const char *seneschal_agent_device_id(const struct seneschal_agent *agent)
{
    return agent->store.device_id;
}

const char *seneschal_agent_reason(const struct seneschal_agent *agent)
{
    return agent->store.reason;
}

const char *seneschal_agent_refused(const struct seneschal_agent *agent)
{
    return agent->store.refused;
}

int seneschal_agent_wiped(const struct seneschal_agent *agent)
{
    return agent->store.wiped != 0 ? 1 : 0;
}

int seneschal_agent_secret(struct seneschal_agent *agent, const char *name, char *buf, size_t size)
{
    switch ((int)agent_secrets_copy(&agent->secrets, str_from_cz(name), buf, size)) {
    case E_OK:
        return SENESCHAL_OK;
    case E_TOO_BIG:
        return SENESCHAL_USAGE;
    default:
        return SENESCHAL_LATER;
    }
}

const char *seneschal_agent_error(const struct seneschal_agent *agent)
{
    return agent->why.text;
}
