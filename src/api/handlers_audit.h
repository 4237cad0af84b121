/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HANDLERS_AUDIT_H
#define API_HANDLERS_AUDIT_H

#include "api/shapes_audit.h"

handler_f audit_get, audit_stream, audit_own, audit_bytes;

/* All that the filter leaves, as NDJSON or CSV, part by part (audit_export.c). */
err_t audit_export(struct request *rq, const struct audit_filter *f, bool csv) MUST_USE;

#endif
