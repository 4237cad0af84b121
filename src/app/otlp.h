/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thread that sends spans to a collector: OTLP/HTTP with JSON (OTLP 1.x), POST
 * {otlp.url}/v1/traces. Nothing waits for it, and nothing is promised: what a kill cuts off is
 * gone.
 */
#ifndef APP_OTLP_H
#define APP_OTLP_H

#include "api/services.h"
#include "app/config.h"

struct otlp;

/* Where, and as whom. Lives in `a` and in c's arena. E_USAGE, naming the setting. */
err_t otlp_settings(const struct config *c, struct arena *a, struct diag *why,
                    struct settings *s) MUST_USE;

err_t otlp_new(struct services *services, struct diag *why, struct otlp **ret) MUST_USE;
/* One last attempt for what waits, at most OTLP_LAST_MAX of it; then it has ended. NULL is fine. */
void otlp_free(struct otlp *t);

#endif
