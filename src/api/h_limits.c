/* SPDX-License-Identifier: Apache-2.0 */
/* How often somebody may call: looked at, and set while the server runs. */
#include "api/handlers_operation.h"
#include "api/services.h"
#include "api/shapes_security.h"
#include "api/whole_server.h"
#include "plat/json/out.h"

struct limits_made {
    int64_t set[RATES];
    uint64_t turn;
};

static err_t limits_reply(struct request *rq)
{
    const struct rates *r = &rq->services->rates;
    struct limit_out *list = ARENA_ARRAY(rq->act.arena, struct limit_out, RATES);
    struct limits_out *out = ARENA_NEW(rq->act.arena, struct limits_out);
    if (list == NULL || out == NULL)
        return E_NO_MEMORY;
    out->enabled = r->on;
    for (size_t i = 0; i < RATES; i++) {
        const struct rate_info *info = &rate_infos[i];
        int64_t set = atomic_load_explicit(&r->set[i], memory_order_relaxed);
        int64_t now = set != 0 ? set : r->configured[i];
        list[i] = (struct limit_out){ .per_minute = now,
                                      .configured = r->configured[i],
                                      .set = { set != 0, set },
                                      .burst = info->burst != 0 ? info->burst : now,
                                      .least = info->least,
                                      .most = RATE_MOST };
        out->rates[i] = (struct obj){ &list[i] };
    }
    return reply_obj(rq, 200, &limits_out_shape, out);
}

err_t limits_get(struct request *rq)
{
    TRY(whole_server_may(rq));
    return limits_reply(rq);
}

/* 0 is null: what the configuration says. */
static err_t details_make(struct request *rq, const int64_t set[static RATES], str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, KIB(1));
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    for (size_t i = 0; i < RATES; i++) {
        json_out_name(&o, str_from_cz(rate_infos[i].name));
        if (set[i] != 0)
            json_out_i64(&o, set[i]);
        else
            json_out_null(&o);
    }
    json_out_close(&o, '}');
    TRY(b.err);
    return str_copy(rq->act.arena, buf_str(&b), ret);
}

err_t limits_put(struct request *rq)
{
    const struct limits_in *in = rq->in;
    struct limits_made *made = ARENA_NEW(rq->act.arena, struct limits_made);
    str_t details;
    TRY(whole_server_may(rq));
    if (made == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < RATES; i++)
        made->set[i] = in->rates[i].set ? in->rates[i].v : 0;
    TRY(rates_keep(&rq->act, made->set));
    TRY(details_make(rq, made->set, &details));
    made->turn = rates_turn(&rq->services->rates);
    request_target(rq, "limits", (oid_t){ 0 }, STR_NONE);
    request_details(rq, details);
    rq->made = made;
    return E_OK;
}

/* After COMMIT. Two changes may come here in another order than they were kept: the newer stays. */
err_t limits_put_done(struct request *rq)
{
    const struct limits_made *made = rq->made;
    struct services *sv = rq->services;
    (void)pthread_mutex_lock(&sv->rates.lock);
    if (rates_apply(&sv->rates, made->set, made->turn))
        services_rates(sv);
    (void)pthread_mutex_unlock(&sv->rates.lock);
    return limits_reply(rq);
}
