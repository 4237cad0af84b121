/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that nobody decided about end after seven days. */
#include "domain/fleet/enrol.h"

/* The smallest UUIDv7 of that time (RFC 9562 section 5.7: 48 bits of milliseconds first). */
static oid_t id_of_time(ts_t t)
{
    oid_t id = { 0 };
    uint64_t ms = t.us > 0 ? (uint64_t)t.us / 1000 : 0;
    for (int i = 0; i < 6; i++)
        id.b[i] = (uint8_t)(ms >> (8 * (5 - i)));
    return id;
}

/* Its last request is gone: a machine that was never in goes too, one that was is out again. */
static err_t expire_device(struct act *act, oid_t device)
{
    struct row_device d;
    struct row_enrol_request *open;
    size_t n;
    TRY(device_get(act, device, &d));
    if (d.status != DEVICE_PENDING)
        return E_OK;
    TRY(requests_open(act, device, &open, &n));
    if (n > 0)
        return E_OK;
    if (!d.known)
        return device_erase(act, device);
    struct sql_device_status_set in = {
        .org = act->org, .id = device, .status = DEVICE_UNINSTALLED, .reason = STR_NONE
    };
    TRY(sql_device_status_set(act->db, &in));
    TRY(device_note(act, &d, MOVE_NONE, DEVICE_UNINSTALLED, STR("expired")));
    return device_touched(act, device);
}

err_t enrol_expire(struct act *act, int64_t limit, size_t *ret_n)
{
    struct sql_enrol_request_expired in = {
        .before = id_of_time((ts_t){ act->now.us - ENROL_OPEN_TTL.us + 1000 }),
        .now = act->now,
        .limit = limit,
    };
    struct row_enrol_expired *rows;
    size_t n;
    TRY(sql_enrol_request_expired(act->db, act->arena, &in, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        act->org = rows[i].org;
        struct sql_enrol_request_drop drop = { .org = act->org, .id = rows[i].id };
        struct sql_enrol_request_drop_row dropped;
        err_t e = sql_enrol_request_drop(act->db, act->arena, &drop, &dropped);
        if (e == E_NOT_FOUND)
            continue; /* went with its device, which had another one in this slice */
        TRY(e);
        TRY(requests_closed(act, dropped.state == ENROL_OPEN ? 1 : 0));
        TRY(expire_device(act, rows[i].device_id));
    }
    *ret_n = n;
    return E_OK;
}
