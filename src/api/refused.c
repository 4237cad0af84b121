/* SPDX-License-Identifier: Apache-2.0 */
#include "api/refused.h"

bool refused_counts(const struct route *row, err_t e)
{
    return err_info(e)->status == 403 || (row->hides && e == E_NOT_FOUND);
}

void refused_count(struct api *api, const struct http_xchg *x, const struct route *route, err_t e)
{
    int status = err_info(e)->status;
    if (route != NULL && (status == 401 || status == 403))
        refusal_count(api->services->refusals, route->path, e, x->peer.ip);
}

/* A device that waits or is out asks again and again: what it became so by is on the record. */
static bool is_standing(err_t e)
{
    return e == E_DEVICE_PENDING || e == E_DEVICE_REVOKED || e == E_DEVICE_BLOCKED;
}

void refused_count_known(struct api *api, const struct http_xchg *x, const struct route *route,
                         const struct actor *who, err_t e)
{
    char peer[PEER_TEXT_MAX];
    const struct refusal what = { .principal = who->id, .row = route->path, .reason = e };
    if (refused_counts(route, e) && !is_standing(e))
        refusal_count_known(api->services->refusals, &what, who, peer_text(&x->peer, peer).p,
                            clock_now());
}
