/* SPDX-License-Identifier: Apache-2.0 */
/* What the server keeps of itself: its log, its figures over time. */
#ifndef APP_OPERATION_H
#define APP_OPERATION_H

#include "api/services.h"

struct operation;

/* From here on lines of the log are kept. A directory that cannot be written is no reason not to
 * serve: the log says so. E_NO_MEMORY. */
err_t operation_new(struct services *services, struct operation **ret) MUST_USE;
/* The main thread calls it each second. */
void operation_tick(struct operation *o);
/* audit_set_tap: webhooks are told of each event, and signing in is counted. `services` */
err_t operation_event(void *services, struct db *db, struct arena *a,
                      const struct audit_event *e) MUST_USE;
void operation_free(struct operation *o); /* NULL is fine */

#endif
