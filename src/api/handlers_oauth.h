/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers of routes_oauth.c: what stands behind a row. */
#ifndef API_HANDLERS_OAUTH_H
#define API_HANDLERS_OAUTH_H

#include "api/request.h"

err_t discovery_get(struct request *rq);

err_t authorize_prepare(struct request *rq);
err_t authorize_ask(struct request *rq);  /* GET and POST /oauth2/authorize */
err_t authorize_push(struct request *rq); /* POST /oauth2/par */
err_t continue_get(struct request *rq);
err_t continue_decide(struct request *rq);

err_t userinfo_get(struct request *rq);

err_t end_session_prepare(struct request *rq);
err_t end_session_ask(struct request *rq);
err_t end_session_pass(struct request *rq);
err_t end_session_do(struct request *rq);

#endif
