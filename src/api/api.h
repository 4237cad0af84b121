/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP face: what the engine calls (http_app), and what the server's life calls. */
#ifndef API_API_H
#define API_API_H

#include "api/services.h"
#include "plat/http/server.h"
#include "plat/loop/workers.h"

struct api;

/* `services` outlives the api; its http, live and writer are set before the first request. */
err_t api_new(struct services *services, unsigned loops, struct api **ret) MUST_USE;
void api_free(struct api *api);

extern const struct http_app api_calls; /* with the api as `app` */

/* Each worker thread's own: a reader connection. For workers_cfg; arg is the api. */
err_t api_worker_make(void *arg, struct diag *why, void **ret_worker) MUST_USE;
void api_worker_end(void *arg, void *worker);

/* live_cfg.wake; arg is the api. */
live_wake_f api_wake;
/* Once a second, on the main thread. */
void api_tick(struct api *api);
/* Answer every parked poll and end every stream now, for a drain. */
void api_release_polls(struct api *api);

#endif
