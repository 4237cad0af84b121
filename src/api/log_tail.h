/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log as it is written, as server-sent events (WHATWG HTML section 9.2). A tail looks at the
 * ring of the book four times a second, on its loop, and keeps nothing for a slow reader: what has
 * left the ring before he reads on is lost to him, and he is told how many lines that were. Its
 * `id` is a mark in the ring: who comes back with it goes on there.
 *
 * Whoever follows is looked at each second: a tail whose credential is no longer known, or may no
 * longer read, ends, and whoever it was comes back through the front door.
 */
#ifndef API_LOG_TAIL_H
#define API_LOG_TAIL_H

#include "api/log_view.h"
#include "plat/crypto/crypto.h"

enum { LOG_TAILS_MAX = 16 };

struct api;
struct log_tail;

/* On a worker: into request.tail. E_OVERLOADED: LOG_TAILS_MAX follow already. */
err_t log_tail_make(struct request *rq, const struct log_filter *f) MUST_USE;
void log_tail_free(struct log_tail *t); /* one that was never begun; NULL is fine */
/* On its loop, which owns it from then on. `kept`: memory knows the credential by its token. */
void log_tail_begin(struct api *api, struct http_xchg *x, struct log_tail *t, const digest_t *token,
                    bool kept);
void log_tail_drained(struct log_tail *t);
void log_tail_gone(struct log_tail *t);

#endif
