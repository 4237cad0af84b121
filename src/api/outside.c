/* SPDX-License-Identifier: Apache-2.0 */
#include "api/outside.h"

#include "api/services.h"

struct outbound_rules outside_rules(const struct request *rq)
{
    return services_settings(rq->services)->outbound;
}

bool outside_take(struct services *sv)
{
    if (atomic_fetch_add(&sv->outside_all, 1) < sv->outside_max)
        return true;
    outside_give(sv);
    return false;
}

void outside_give(struct services *sv)
{
    atomic_fetch_sub(&sv->outside_all, 1);
}

err_t outside_enter(struct services *sv, struct diag *why)
{
    if (atomic_fetch_add(&sv->outside, 1) < OUTSIDE_MAX && outside_take(sv))
        return E_OK;
    atomic_fetch_sub(&sv->outside, 1);
    return FAIL(why, E_OVERLOADED,
                "the server already makes as many calls outside as it may: try again in a moment");
}

void outside_leave(struct services *sv)
{
    outside_give(sv);
    atomic_fetch_sub(&sv->outside, 1);
}

err_t outside_call(struct request *rq, const struct http_call *call, struct diag *why,
                   struct http_answer *ret)
{
    struct services *sv = rq->services;
    const struct settings *s = services_settings(sv);
    TRY(outside_enter(sv, why));
    err_t e = outbound_call(&s->outbound, rq->act.arena, call, why, ret);
    outside_leave(sv);
    return e;
}
