/* SPDX-License-Identifier: Apache-2.0 */
/* Inside mcp: the parts of a call. */
#ifndef MCP_CALL_IN_H
#define MCP_CALL_IN_H

#include "mcp/call.h"
#include "mcp/hub.h"
#include "mcp/listing.h"
#include "mcp/port.h"
#include "mcp/talk.h"

/* E_OK: it goes on, or is over already; else it is refused with what call_try() makes of it. */
typedef err_t call_start_f(struct call *c);

/* For a client that is told nothing of its end but silence. */
void call_withdraw(struct call *c, str_t reason);
/* call.c: the ways to end. After each of them the call is no more. */
void call_result(struct call *c, str_t result, const struct call_hint *hint);
void call_error(struct call *c, str_t error);
void call_refuse(struct call *c, const struct mcp_refusal *r);
void call_refuse_as(struct call *c, enum mcp_err e);
/* As a server has failed: its name, and in which words; NULL: in none. */
void call_fail(struct call *c, err_t e, str_t server, const char *text);
void call_input(struct call *c, str_t requests, str_t state);
void call_try(struct call *c, err_t e);
void call_take_snapshots(struct call *c, struct mcp_look *job);

/* call_list.c, call_tool.c, call_other.c */
call_start_f call_list;
call_start_f call_tool;
call_start_f call_prompt;
call_start_f call_resource;
call_start_f call_complete;
call_start_f call_greet; /* greet.c */

/* call_run.c: permission was given: on the record, then to its upstream. `class` of what it does.
 */
err_t call_run(struct call *c, enum gate_class class) MUST_USE;
/* May it? E_NOT_FOUND: no, which is on the record; to its client there is no such thing. */
err_t call_may(struct call *c, enum gate_class class, str_t what) MUST_USE;

void call_go(struct call *c);

/* call_ask.c: of struct trip_events. */
void call_on_ask(struct trip *t, uint64_t ask, str_t method, str_t params);
void call_on_input(struct trip *t, str_t input_requests, str_t state);

/* call_record.c */
void call_record_end(struct call *c, str_t outcome);
void call_record_refused(struct call *c);
/* call_recorded() follows, when it is written or cannot be. */
err_t call_record_start(struct call *c) MUST_USE;
void call_recorded(struct call *c, err_t e);

/* call_cache.c: a result that was kept; NULL: there is none, and what comes may be kept. */
struct cached *call_cache_find(struct call *c);
/* The call is over with it; takes the reference. */
void call_cache_give(struct call *c, struct cached *hit);
void call_cache_keep(struct call *c, str_t result);
/* Of this organisation, principal, person or server nothing is given any more. */
void call_cache_drop(struct mcp_hub *h, oid_t id);

/* call_wait.c: a person's yes. */
err_t call_wait(struct call *c) MUST_USE; /* E_OVERLOADED, E_NO_MEMORY */
void call_wait_end(struct call *c);       /* whatever comes of it: nobody waits any more */
void call_wait_again(struct call *c);     /* its client has come back */
void calls_decided(struct mcp_hub *h, const struct mcp_verdict *v);

/* look.c */
struct mcp_look *mcp_look_new(struct mcp_hub *h, const struct actor *who);
void mcp_look_free(struct mcp_look *job);

#endif
