/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"

#include "api/request.h"
#include "api/route.h"
#include "api/router.h"
#include "base/log.h"

enum { ROUTE_MAX = 128 };

static enum log_level level_of(int status)
{
    return status >= 500 ? LOG_WARNING : LOG_INFO;
}

static void access_write(const struct http_xchg *x, int status, size_t bytes, bool every)
{
    const struct route *row = x->note.row;
    char id[OID_TEXT];
    char actor[OID_TEXT];
    char route[ROUTE_MAX] = "";
    char address[PEER_TEXT_MAX];
    bool named = oid_is_set(x->note.actor);
    oid_format(x->note.id, id);
    oid_format(x->note.actor, actor);
    if (row != NULL)
        (void)snprintf(route, sizeof route, "%s%s", row->root ? "" : "/api/v1", row->path);
    const struct log_field fields[] = {
        LOG_F("request_id", oid_is_set(x->note.id) ? str_of(id, sizeof id) : STR("")),
        LOG_F("method", method_name(x->method)),
        LOG_F("route", route),
        LOG_F("status", status),
        LOG_F("duration_us", clock_mono().us - (int64_t)x->started_us),
        LOG_F("bytes", (int64_t)bytes),
        LOG_F("actor_kind", actor_kind_name((enum actor_kind)x->note.actor_kind)),
        LOG_F("actor_id", named ? str_of(actor, sizeof actor) : STR("")),
        LOG_F("address", peer_text(&x->peer, address)),
        LOG_F("code", x->note.err != E_OK ? err_info((err_t)x->note.err)->slug : ""),
    };
    if (every)
        log_write_every(level_of(status), "request", fields, ARRAY_LEN(fields));
    else
        log_write(level_of(status), "request", fields, ARRAY_LEN(fields));
}

void access_log(const struct settings *settings, const struct http_xchg *x, int status,
                size_t bytes)
{
    bool all = settings->access == ACCESS_ALL;
    bool error = status >= 400 && settings->access == ACCESS_ERRORS;
    if ((all || error) && log_wants(level_of(status)))
        access_write(x, status, bytes, all);
}
