/* SPDX-License-Identifier: Apache-2.0 */
/* Calls outside from a prepare step: few at a time, so that who names slow hosts cannot take every
 * worker, of whatever kind they are (remote_doc.h has the other one). */
#ifndef API_OUTSIDE_H
#define API_OUTSIDE_H

#include "api/request.h"
#include "plat/http/outbound.h"

enum { OUTSIDE_MAX = 2 };

/* The rules of the settings. */
struct outbound_rules outside_rules(const struct request *rq);
/* May one more worker call outside now? Who got true gives it back. */
bool outside_take(struct services *sv) MUST_USE;
void outside_give(struct services *sv);
/* For several calls in a row: room for one more prepare step that calls outside. E_OVERLOADED; who
 * got E_OK calls outside_leave(). */
err_t outside_enter(struct services *sv, struct diag *why) MUST_USE;
void outside_leave(struct services *sv);
/* By these rules. E_OVERLOADED: OUTSIDE_MAX of these, or as many of all kinds as may be, are under
 * way; else the errors of outbound_call. */
err_t outside_call(struct request *rq, const struct http_call *call, struct diag *why,
                   struct http_answer *ret) MUST_USE;

#endif
