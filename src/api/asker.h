/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks to open an application, as rules look at him: principal, session, address. */
#ifndef API_ASKER_H
#define API_ASKER_H

#include "api/request.h"
#include "domain/access/decide.h"

/* Everything but the application; in the request's arena. act.org is that of the application. */
err_t asker_fill(struct request *rq, struct access_ask *ret) MUST_USE;

#endif
