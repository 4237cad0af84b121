/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HANDLERS_POLICY_H
#define API_HANDLERS_POLICY_H

#include "api/request.h"

/* A scope by its word; absent: 0. E_BAD_FIELD. */
err_t request_scope(struct request *rq, str_t name, enum scope_kind *ret) MUST_USE;

handler_f policies_list;
handler_f policies_create;
handler_f policies_get;
handler_f policies_change;
handler_f policies_delete;

handler_f versions_list;
handler_f versions_create;
handler_f versions_get;
handler_f versions_change;
handler_f versions_delete;
handler_f versions_publish;
handler_f versions_rollback;

handler_f assignments_list;
handler_f assignments_create;
handler_f assignments_get;
handler_f assignments_change;
handler_f assignments_delete;

handler_f config_explain;
handler_f policies_preview;
handler_f policies_diff;

handler_f config_ack_post;

#endif
