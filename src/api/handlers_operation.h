/* SPDX-License-Identifier: Apache-2.0 */
/* How the server runs: its log, its figures, its store. */
#ifndef API_HANDLERS_OPERATION_H
#define API_HANDLERS_OPERATION_H

#include "api/request.h"
#include "base/buf.h"

handler_f logs_get;
handler_f logs_stream;
handler_f logs_rotate;
handler_f logs_rotated;

handler_f backups_get;
undo_f backup_undo;
handler_f backup_prepare;
handler_f backup_post;
handler_f cleanup_prepare;
handler_f cleanup_post;
handler_f limits_get;
handler_f limits_put;
handler_f limits_put_done;
handler_f metrics_as_json;
/* All figures, as GET /metrics has them. */
err_t metrics_text(struct request *rq, struct buf *b) MUST_USE;
/* The same as a JSON array of families; in the arena. */
err_t metrics_families(struct arena *a, str_t text, str_t *ret) MUST_USE;
handler_f stats_get;
handler_f security_stats;
handler_f stats_series;

#endif
