/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads that carry out what waits in the store: mail, webhooks, and telling
 * applications who has signed out. Each has a connection of its
 * own; what came of an attempt is a job of the writer. What a kill cuts off is attempted again.
 */
#ifndef APP_DELIVER_H
#define APP_DELIVER_H

#include "api/services.h"

struct deliver;

err_t deliver_new(struct services *services, struct diag *why, struct deliver **ret) MUST_USE;
/* What is under way is cut off within about a second; the threads have ended when this returns.
 * NULL is fine. Before the writer ends. */
void deliver_free(struct deliver *d);

#endif
