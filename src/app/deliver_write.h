/* SPDX-License-Identifier: Apache-2.0 */
/* Inside app: one act on the writer, waited for. */
#ifndef APP_DELIVER_WRITE_H
#define APP_DELIVER_WRITE_H

#include "api/services.h"
#include "domain/live/act.h"

/* `run` may be called again from the same inputs; act->org is `org`. */
err_t deliver_write(struct services *services, struct arena *a, oid_t org,
                    err_t (*run)(struct act *act, struct services *services, void *arg),
                    void *arg) MUST_USE;
/* An act of the system that reads. */
struct act deliver_act(const struct services *services, struct arena *a, struct db *db, oid_t org);

#endif
