/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server is tried: reached anew with what it is shown, asked what it speaks and which tools it
 * has, and left again. What others have open to it is not touched, and nothing of it is kept. The
 * first step that fails says why; no message has anything of a credential in it.
 */
#ifndef MCP_TRIAL_H
#define MCP_TRIAL_H

#include "mcp/node.h"
#include "mcp/talk.h"

enum trial_step {
    TRIAL_ADDRESS, /* may it be called? Of a program: is it one of gateway.commands? */
    TRIAL_CONNECT, /* does it answer, with good TLS? Of a program: does it start, and stay? */
    TRIAL_CREDENTIAL,
    TRIAL_PROTOCOL,
    TRIAL_TOOLS,
    TRIAL_STEPS,
};

struct trial { /* in its talk's arena; whatever is under way for it holds that */
    struct talk *talk;
    struct node node; /* in no list: how the server is reached */
    struct up *up;
    struct up_call call;
    struct loop_timer late;
    enum trial_step failed; /* TRIAL_STEPS: none */
    const char *why;
    str_t version;
    size_t tools;
    unsigned pages;
    bool listing;
    bool over; /* nothing that comes matters any more, but that it is written down */
    dur_t since;
    dur_t ready;
    dur_t ended;
};

/* Of FACE_TEST. */
void trial_take(struct talk *t);

/* trial_say.c */
/* On the record; told(tr, e) follows. E_NO_MEMORY. */
err_t trial_record(struct trial *tr, void (*told)(struct trial *tr, err_t e)) MUST_USE;
/* The whole answer. */
void trial_say(struct trial *tr);

#endif
