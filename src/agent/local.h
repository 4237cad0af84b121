/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The socket for programs of this machine: HTTP/1.1 by our own engine on a thread of its own, so
 * that a slow or hostile program never delays the agent. It tells what was last published; a secret
 * only to who asks for that one.
 *
 *   GET /state   how the agent stands
 *   GET /config  the bytes in force, with their ETag; 503 while nothing is
 *   GET /events  the state now, and again whenever it moves (text/event-stream)
 *   GET /secrets/NAME  a secret that the configuration names; 404 while it is not here
 */
#ifndef AGENT_LOCAL_H
#define AGENT_LOCAL_H

#include "base/str.h"

#include <sys/types.h>

struct agent_local;

/* What may be told. Texts are copied. */
struct agent_shown {
    str_t moved;  /* a word for what streams tell: they are told when it is another */
    str_t state;  /* JSON, one line */
    str_t config; /* what the file holds, or what it would hold */
    str_t etag;   /* with its quotes */
    bool allowed; /* the configuration is the server's, confirmed in time */
};

/* E_USAGE, E_CONFLICT (another process listens there), E_IO, E_NO_MEMORY. */
struct agent_secrets; /* borrowed, outlives the socket */
err_t agent_local_open(const char *path, const char *group, struct agent_secrets *secrets,
                       struct diag *why, struct agent_local **ret) MUST_USE;
/* Begin to answer: after the first thing was published. Who came before waits. E_IO. */
err_t agent_local_start(struct agent_local *l, struct diag *why) MUST_USE;
void agent_local_close(struct agent_local *l); /* NULL is fine */

/* From the agent's thread. E_NO_MEMORY: then nobody is told anything any more but 503. */
err_t agent_local_publish(struct agent_local *l, const struct agent_shown *view) MUST_USE;

/* A user was turned away since the last call. */
bool agent_local_refused(struct agent_local *l, uid_t *ret);

#endif
