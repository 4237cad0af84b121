/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A legacy upstream asks in the middle of a call and waits; a client of 2026-07-28 is answered
 * `input_required` and comes back with a new request. In between the live call is parked here,
 * under a number that only the sealed requestState tells.
 */
#include "base/rng.h"
#include "mcp/hub_in.h"
#include "mcp/modern_in.h"
#include "mcp/raw.h"
#include "plat/json/out.h"

#include <inttypes.h>

#define PARK_MAX DUR_S(600)
/* Of a client that has nothing to ask its person about: it comes back at once, or never. */
#define HOLD_MAX DUR_S(60)

static void park_late(struct loop_timer *timer)
{
    struct call *c = CONTAINER_OF(timer, struct call, park);
    call_cancel(c, STR("the client has not come back"));
}

void unpark(struct call *c)
{
    struct call **at = &c->hub->parked;
    while (*at != NULL && *at != c)
        at = &(*at)->parked_next;
    if (*at == NULL)
        return;
    *at = c->parked_next;
    loop_timer_stop(c->hub->loop, &c->park);
    HUB_COUNT(c->hub, parked, (size_t)-1);
}

/* {"ask-1":{"method":...,"params":...}} of what is not answered yet. */
static void put_requests(struct buf *b, const struct call *c)
{
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    for (size_t i = 0; i < c->asks_n; i++) {
        char key[32];
        int n = snprintf(key, sizeof key, "ask-%" PRIu64, c->asks[i].id);
        json_out_name(&o, str_of(key, (size_t)n));
        json_out_open(&o, '{');
        JSON_OUT(&o, "method", str, c->asks[i].method);
        JSON_OUT(&o, "params", raw, c->asks[i].params);
        json_out_close(&o, '}');
    }
    json_out_close(&o, '}');
}

static err_t say_requests(struct call *c)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    const struct modern_state s = { .parked = true, .handle = c->handle };
    str_t state;
    buf_init(&b, hub_settings(c->hub)->message_max);
    put_requests(&b, c);
    TRY(b.err);
    TRY(modern_state_seal(c, &s, &state));
    modern_say_input(c->talk, c, c->asks_n > 0 ? buf_str(&b) : STR_NONE, state);
    return E_OK;
}

static void park_for(struct call *c, dur_t longest)
{
    struct talk *t = c->talk;
    c->handle = rng_u64();
    c->parked_next = c->hub->parked;
    c->hub->parked = c;
    HUB_COUNT(c->hub, parked, 1);
    loop_timer_start(c->hub->loop, &c->park, longest, park_late);
    err_t e = say_requests(c);
    if (e != E_OK) {
        unpark(c);
        call_refuse_as(c, MCP_E_INTERNAL);
        return;
    }
    c->talk = NULL;
    talk_part(t, c);
}

void park(struct call *c)
{
    if (c->talk != NULL) /* else it is parked: the next answer tells */
        park_for(c, PARK_MAX);
}

void park_hold(struct call *c)
{
    park_for(c, HOLD_MAX);
}

/* Every response that is there is given to its ask. */
static void give(struct call *c, str_t responses)
{
    for (size_t i = 0; i < c->asks_n;) {
        char key[32];
        int n = snprintf(key, sizeof key, "ask-%" PRIu64, c->asks[i].id);
        str_t answer = raw_member(c->arena, responses, str_of(key, (size_t)n));
        if (answer.p == NULL)
            i++;
        else
            call_answer(c, c->asks[i].id, answer, STR_NONE); /* it is out of the list */
    }
}

void modern_resume(struct talk *t, const struct mcp_peek *p, const struct modern_state *s)
{
    struct call *c = t->hub->parked;
    while (c != NULL && c->handle != s->handle)
        c = c->parked_next;
    if (c == NULL) {
        talk_refuse(t, p->id,
                    &(struct mcp_refusal){ .err = MCP_E_STATE,
                                           .data = STR("{\"reason\":\"invalid_request_state\"}") });
        return;
    }
    struct talk *home = c->home;
    talk_hold(home);
    unpark(c);
    c->id = STR_NONE;
    err_t e = str_copy(c->arena, p->id, &c->id);
    t->open = 1;
    talk_host(t, c);
    c->talk = t;
    if (e != E_OK)
        call_refuse_as(c, MCP_E_INTERNAL);
    else
        give(c, p->input_responses);
    if (e == E_OK && c->state == CALL_DECIDING)
        call_wait_again(c);
    else if (e == E_OK && c->state != CALL_OVER && c->asks_n > 0)
        park(c);
    talk_drop(home);
}
