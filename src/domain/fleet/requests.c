/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/fleet/requests.h"

#include "base/rng.h"

err_t requests_open(struct act *act, oid_t device, struct row_enrol_request **ret, size_t *ret_n)
{
    struct sql_enrol_request_open in = { .org = act->org, .device = device };
    struct row_enrol_request *rows;
    size_t n;
    size_t kept = 0;
    TRY(sql_enrol_request_open(act->db, act->arena, &in, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        if (rows[i].expires_at.us > act->now.us)
            rows[kept++] = rows[i];
    }
    *ret = rows;
    *ret_n = kept;
    return E_OK;
}

err_t requests_closed(struct act *act, int64_t n)
{
    if (n == 0)
        return E_OK;
    return sql_enrol_count_down(act->db, &(struct sql_enrol_count_down){ .org = act->org, .n = n });
}

err_t requests_end(struct act *act, oid_t device, enum enrol_state upto)
{
    struct sql_enrol_request_end in = {
        .org = act->org, .device = device, .upto = ENROL_OPEN, .state = ENROL_ENDED
    };
    struct sql_enrol_request_end_row *ended;
    size_t n;
    TRY(sql_enrol_request_end(act->db, act->arena, &in, &ended, &n));
    TRY(requests_closed(act, (int64_t)n));
    if (upto == ENROL_OPEN)
        return E_OK;
    in.upto = ENROL_APPROVED; /* the open ones are gone: these were approved */
    return sql_enrol_request_end(act->db, act->arena, &in, &ended, &n);
}

void enrol_code(char out[static ENROL_CODE_TEXT])
{
    static const char alphabet[] = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
    for (size_t i = 0; i < ENROL_CODE_TEXT; i++)
        out[i] = alphabet[rng_below(sizeof alphabet - 1)];
}
