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

err_t outside_call(struct request *rq, const struct http_call *call, struct diag *why,
                   struct http_answer *ret)
{
    struct services *sv = rq->services;
    const struct settings *s = services_settings(sv);
    err_t e = E_OVERLOADED;
    bool few = atomic_fetch_add(&sv->outside, 1) < OUTSIDE_MAX;
    if (few && outside_take(sv)) {
        e = outbound_call(&s->outbound, rq->act.arena, call, why, ret);
        outside_give(sv);
    } else {
        diag_set(why, e, "other calls outside are under way: try again");
    }
    atomic_fetch_sub(&sv->outside, 1);
    return e;
}
