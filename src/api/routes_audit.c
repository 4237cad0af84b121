/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the record. */
#include "api/handlers_audit.h"
#include "api/routes_parts.h"

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET, "/admin/security/audit", audit_get, .auth = AUTH_ACTOR, MAY(AUDIT_READ),
      .tx = TX_READ, .both = true, .no_store = true,
      .query = &audit_query_shape, .out = &audit_out_shape, .out_list = true,
      .doc = "The chained record of the organisation, newest first; as pages, or as a stream of "
             "NDJSON or CSV." },
    { HTTP_GET, "/admin/security/audit/stream", audit_stream, .auth = AUTH_ACTOR, MAY(AUDIT_READ),
      .tx = TX_READ, .both = true, .no_store = true, .events = true,
      .query = &audit_stream_query_shape, .out = &audit_out_shape, .out_also = &audit_lost_shape,
      .doc = "The record as it is written, with the filters of the list; `id` is `seq`, and a "
             "reader who is too slow is told how many events he has missed." },
    { HTTP_GET, "/admin/security/audit/bytes", audit_bytes, .auth = AUTH_ACTOR, MAY(AUDIT_EXPORT),
      .tx = TX_READ, .no_store = true,
      .query = &audit_bytes_query_shape, .out = &audit_bytes_shape, .out_list = true,
      .doc = "The record as it is stored, oldest first: the bytes that its hashes are made of, for "
             "who checks them himself." },
    { HTTP_GET, "/portal/activity", audit_own, .auth = AUTH_ACTOR, .tx = TX_READ, .no_store = true,
      .query = &audit_own_query_shape, .out = &audit_out_shape, .out_list = true,
      .doc = "What the record has of the one who asks, newest first: what he did, and who signed in, or tried to, "
             "as him." },
};
/* clang-format on */

const struct route_table routes_audit = { rows, ARRAY_LEN(rows) };
