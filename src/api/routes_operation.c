/* SPDX-License-Identifier: Apache-2.0 */
/* How the server runs: what an administrator looks at and does. But for the counts of his own
 * organisation all of it is of the whole server, and also wants that he is of the organisation
 * `default` (whole_server.h). */
#include "api/handlers_operation.h"
#include "api/routes_parts.h"
#include "api/shapes_backup.h"
#include "api/shapes_logs.h"
#include "api/shapes_security.h"
#include "api/shapes_stats.h"

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET,  "/admin/stats", stats_get, .auth = AUTH_ACTOR, MAY(METRICS_READ),
      .tx = TX_READ, .both = true,
      .load = LOAD_ADMIN, .out = &stats_shape,
      .doc = "How much there is of everything in the organisation; for who runs the server, of "
             "the server too." },
    { HTTP_GET,  "/admin/stats/series", stats_series, .auth = AUTH_ACTOR, MAY(METRICS_READ),
      .tx = TX_READ, .both = true,
      .query = &series_query_shape, .out = &series_out_shape,
      .doc = "Figures of the server over time: each minute of a day, each hour of thirty days; "
             "null where nothing was measured." },
    { HTTP_GET,  "/admin/logs", logs_get, .auth = AUTH_ACTOR, MAY(AUDIT_READ),
      .tx = TX_READ, .both = true, .no_store = true,
      .query = &log_query_shape, .out = &log_out_shape, .out_list = true,
      .doc = "The server's own log, newest first; as pages, or as a stream of NDJSON or CSV." },
    { HTTP_GET,  "/admin/logs/stream", logs_stream, .auth = AUTH_ACTOR, MAY(AUDIT_READ),
      .tx = TX_READ, .both = true,
      .no_store = true, .query = &log_stream_query_shape, .out = &log_out_shape, .out_also = &log_lost_shape,
      .events = true,
      .doc = "The log as it is written; a reader who is too slow is told how many lines he has missed." },
    { HTTP_POST, "/admin/logs/rotate", logs_rotate, .auth = AUTH_ACTOR, MAY(OPERATION_WRITE),
      .tx = TX_WRITE, .both = true,
      .finish = logs_rotated, .out = &log_rotated_shape, .audit = "log.rotated",
      .doc = "Begins a new file of the log." },
    { HTTP_GET,  "/admin/metrics", metrics_as_json, .auth = AUTH_ACTOR, MAY(METRICS_READ),
      .tx = TX_READ, .both = true,
      .load = LOAD_ADMIN, .out = &metrics_json_shape,
      .doc = "What GET /metrics says, as JSON." },
    { HTTP_GET,  "/admin/security/backup", backups_get, .auth = AUTH_ACTOR, MAY(OPERATION_READ),
      .tx = TX_READ, .both = true,
      .out = &backup_shape, .out_list = true,
      .doc = "The copies of the store that are kept, newest first." },
    { HTTP_POST, "/admin/security/backup", backup_post, .auth = AUTH_ACTOR, MAY(OPERATION_WRITE),
      .tx = TX_WRITE, .both = true,
      .prepare = backup_prepare, .undo = backup_undo, .out = &backup_shape, .audit = "store.backed-up",
      .doc = "Copies the store as it is now into `backups` of the data directory; ten are kept." },
    { HTTP_POST, "/admin/cleanup", cleanup_post, .auth = AUTH_ACTOR, MAY(OPERATION_WRITE), .tx = TX_WRITE,
      .both = true,
      .prepare = cleanup_prepare, .in = &cleanup_in_shape, .in_optional = true, .out = &cleanup_shape,
      .audit = "store.cleaned",
      .doc = "Forgets now what is kept for a time and is over, and gives free pages back to the system; "
             "with `dry_run` it says what would go." },
    { HTTP_GET,  "/admin/security/stats", security_stats, .auth = AUTH_ACTOR, MAY(AUDIT_READ),
      .tx = TX_READ, .both = true,
      .load = LOAD_BULK, .no_store = true, .out = &security_stats_shape,
      .doc = "What was refused in the last thirty days: wrong passwords, locks, denials; from where and "
             "to whom most." },
    { HTTP_GET,  "/admin/security/limits", limits_get, .auth = AUTH_ACTOR, MAY(OPERATION_READ),
      .tx = TX_READ, .both = true,
      .load = LOAD_ADMIN, .out = &limits_out_shape,
      .doc = "How often somebody may call: what holds now, what the configuration says, and what was set." },
    { HTTP_PUT,  "/admin/security/limits", limits_put, .auth = AUTH_ACTOR, MAY(OPERATION_WRITE),
      .tx = TX_WRITE, .both = true,
      .in = &limits_in_shape, .finish = limits_put_done, .out = &limits_out_shape, .audit = "limits.changed",
      .doc = "Sets how often somebody may call, at once and over restarts; what is null or not there is "
             "as the configuration says." },
};
/* clang-format on */

const struct route_table routes_operation = { rows, ARRAY_LEN(rows) };
