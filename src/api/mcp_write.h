/* SPDX-License-Identifier: Apache-2.0 */
/* What the hub has done by the writer: one job in its groups, and one answer to the hub. */
#ifndef API_MCP_WRITE_H
#define API_MCP_WRITE_H

#include "api/services.h"
#include "plat/loop/loop.h"

/* The writer's, from mcp_write_start until the hub is told. */
struct mcp_write {
    struct write_job write;
    struct services *services;
    struct act act;                    /* arena, org, actor and keys stay; the rest is of the run */
    err_t (*run)(struct mcp_write *w); /* may run twice (writer.h): it changes no input */
    const void *job;                   /* the hub's */
    struct arena *own;                 /* freed with it; NULL: act.arena is the hub's, or none */
    void *packed;                      /* counted, dropped with it; NULL: the job is the hub's */
    oid_t id;                          /* by the run, for `ret_id` */
    oid_t *ret_id;                     /* NULL: nobody asks */
    err_t *ret;                        /* what came of it */
    struct loop *hub;
    struct loop_msg *told; /* posted to the hub, whatever comes of it; NULL: nobody waits for it */
};

/* Copies `w`. */
void mcp_write_start(const struct mcp_write *from);

#endif
