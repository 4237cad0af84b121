/* SPDX-License-Identifier: Apache-2.0 */
/* The log as it is written (tail.h): what has left the ring of the book before its reader reads on
 * is lost to him. The `id` is a mark in that ring. */
#ifndef API_LOG_TAIL_H
#define API_LOG_TAIL_H

#include "api/log_view.h"

/* On a worker: into request.tail. E_OVERLOADED: so many follow the log already. */
err_t log_tail_make(struct request *rq, const struct log_filter *f) MUST_USE;

#endif
