/* SPDX-License-Identifier: Apache-2.0 */
/* People ask for tools that they may not call. To approve is to give the person a permission for
 * that one tool: what follows is the same as if an administrator had written it. */
#ifndef DOMAIN_GATEWAY_TOOL_REQUEST_H
#define DOMAIN_GATEWAY_TOOL_REQUEST_H

#include "domain/gateway/permission.h"
#include "domain/signin/access_request.h"

enum { TOOL_REQUESTS_OPEN_MAX = 20 }; /* of a person */

/* By the acting user; `tool` as tool_place takes it. E_FORBIDDEN: only people ask. E_NOT_FOUND:
 * there is no such tool, or none that may be asked for. E_CONFLICT: he may call it, asked already,
 * or asks too much. */
err_t tool_request_make(struct act *act, str_t tool, str_t reason,
                        struct row_tool_request *ret) MUST_USE;
err_t tool_request_get(struct act *act, oid_t id, struct row_tool_request *ret) MUST_USE;
/* Of the organisation, or of the acting user alone; after `after`, at most `n`. */
err_t tool_request_page(struct act *act, enum access_request_status status, oid_t after, int64_t n,
                        struct row_tool_request **ret, size_t *ret_n) MUST_USE;
err_t tool_request_own(struct act *act, enum access_request_status status, oid_t after, int64_t n,
                       struct row_tool_request **ret, size_t *ret_n) MUST_USE;

/* `approval`: each of his calls waits for a person's yes. `ret_given`: the permission, new or
 * changed. E_CONFLICT: decided already, or the server has no such tool any more. */
err_t tool_request_approve(struct act *act, oid_t id, bool approval, str_t reason,
                           struct row_permission *ret_given, struct row_tool_request *ret) MUST_USE;
err_t tool_request_refuse(struct act *act, oid_t id, str_t reason,
                          struct row_tool_request *ret) MUST_USE;

#endif
