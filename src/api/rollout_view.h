/* SPDX-License-Identifier: Apache-2.0 */
/* A rollout as it is shown. */
#ifndef API_ROLLOUT_VIEW_H
#define API_ROLLOUT_VIEW_H

#include "api/shapes_rollout.h"
#include "domain/policy/rollout.h"

err_t rollout_view(struct request *rq, const struct rollout *ro, struct rollout_out *ret) MUST_USE;
/* With its ETag, and as the target of the event. */
err_t rollout_reply(struct request *rq, int status, const struct rollout *ro) MUST_USE;

#endif
