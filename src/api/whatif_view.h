/* SPDX-License-Identifier: Apache-2.0 */
/* Who would gain or lose what, as an answer. */
#ifndef API_WHATIF_VIEW_H
#define API_WHATIF_VIEW_H

#include "api/request.h"
#include "domain/whatif/whatif.h"

/* Names people and devices: who asks must be allowed to see both. */
err_t whatif_may(struct request *rq) MUST_USE;
err_t whatif_reply(struct request *rq, const struct whatif *w) MUST_USE;

#endif
