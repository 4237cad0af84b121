/* SPDX-License-Identifier: Apache-2.0 */
/* What the record knows of refusals, over all organisations. */
#include "api/handlers_operation.h"
#include "api/services.h"
#include "api/shapes_security.h"
#include "api/whole_server.h"
#include "domain/audit/audit_refused.h"

static err_t days_show(struct arena *a, const struct refused_sums *sums, struct rows *ret)
{
    struct refused_day_out *list = ARENA_ARRAY(a, struct refused_day_out, REFUSED_DAYS);
    char *text = arena_alloc(a, (size_t)REFUSED_DAYS * TS_DAY_TEXT);
    if (list == NULL || text == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < REFUSED_DAYS; i++) {
        const struct refused_day *d = &sums->days[i];
        ts_format_day(d->day, text + i * TS_DAY_TEXT);
        list[i] = (struct refused_day_out){ .day = str_of(text + i * TS_DAY_TEXT, TS_DAY_TEXT),
                                            .login_failures = d->failures,
                                            .locks = d->locks,
                                            .denials = d->denials };
    }
    *ret = (struct rows){ list, REFUSED_DAYS };
    return E_OK;
}

static err_t parties_show(struct arena *a, const struct refused_party *from, size_t n,
                          struct rows *ret)
{
    struct refused_party_out *list = ARENA_ARRAY(a, struct refused_party_out, n + 1);
    if (list == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        list[i] = (struct refused_party_out){ from[i].name, from[i].n };
    *ret = (struct rows){ list, n };
    return E_OK;
}

err_t security_stats(struct request *rq)
{
    struct arena *a = rq->act.arena;
    struct refused_sums *sums = ARENA_NEW(a, struct refused_sums);
    struct security_stats_out *out = ARENA_NEW(a, struct security_stats_out);
    if (sums == NULL || out == NULL)
        return E_NO_MEMORY;
    TRY(whole_server_may(rq));
    TRY(audit_refused(rq->act.db, a, rq->act.now, sums));
    out->at = rq->act.now;
    out->complete = sums->complete;
    TRY(days_show(a, sums, &out->days));
    TRY(parties_show(a, sums->addresses, sums->addresses_n, &out->addresses));
    TRY(parties_show(a, sums->names, sums->names_n, &out->names));
    return reply_obj(rq, 200, &security_stats_shape, out);
}
