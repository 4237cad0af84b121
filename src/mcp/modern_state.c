/* SPDX-License-Identifier: Apache-2.0 */
/*
 * requestState (plat/mcp/mcp_state.h): sealed for the principal and the call that it was given for.
 * It says "P" and the number of a parked call, or "U" and what a modern upstream wants back.
 */
#include "mcp/hub_in.h"
#include "mcp/modern_in.h"
#include "plat/mcp/mcp_headers.h"
#include "plat/mcp/mcp_state.h"

#include "base/num.h"

#include <inttypes.h>

/* People take their time; what is parked is gone after it. */
#define STATE_LIFE DUR_S(600)

static str_t name_of(const struct mcp_peek *p, const struct mcp_method *m)
{
    str_t name = mcp_name_source(p, m);
    return name.p == NULL ? STR("") : name;
}

static err_t arguments_of(const struct mcp_peek *p, struct json **ret)
{
    *ret = NULL;
    return p->arguments.n > 0 ? json_parse(p->arguments, NULL, ret) : E_OK;
}

err_t modern_state_seal(const struct call *c, const struct modern_state *s, str_t *ret)
{
    CLEANUP(json_freep) struct json *arguments = NULL;
    str_t plain;
    TRY(arguments_of(&c->peek, &arguments));
    const struct mcp_bind bind = { .principal = c->in->who.actor.id,
                                   .method = c->method->name,
                                   .name = name_of(&c->peek, c->method),
                                   .arguments = arguments };
    if (s->parked)
        TRY(str_format(c->arena, &plain, "P%" PRIu64, s->handle));
    else
        TRY(str_format(c->arena, &plain, "U%.*s", STR_ARG(s->payload)));
    return mcp_state_seal(c->arena, &c->hub->state_key, &bind, ts_add(clock_now(), STATE_LIFE),
                          plain, ret);
}

err_t modern_state_open(struct talk *t, const struct mcp_route *r, const struct mcp_peek *p,
                        struct modern_state *ret)
{
    CLEANUP(json_freep) struct json *arguments = NULL;
    struct arena *a = t->in->arena;
    struct modern_state s = { 0 };
    str_t plain;
    TRY(arguments_of(p, &arguments));
    const struct mcp_bind bind = { .principal = t->in->who.actor.id,
                                   .method = r->method->name,
                                   .name = name_of(p, r->method),
                                   .arguments = arguments };
    TRY(mcp_state_open(a, &t->hub->state_key, &bind, clock_now(), p->request_state, &plain));
    s.parked = str_starts(plain, STR("P"));
    s.payload = str_sub(plain, 1, plain.n);
    if (s.parked)
        TRY(num_parse_u64(s.payload, &s.handle));
    *ret = s;
    return E_OK;
}
