/* SPDX-License-Identifier: Apache-2.0 */
/* The words of `seneschal agent status`, `journal` and `adapters`: what to look at, and how to
 * print it. */
#ifndef AGENT_AGENT_WORDS_H
#define AGENT_AGENT_WORDS_H

#include "agent/agent_options.h"

struct agent_words {
    const char *usage;          /* one line */
    const char *const *outputs; /* ends with NULL; the first is meant where none is named */
    bool has_state;             /* wants --state DIR, or $SENESCHAL_AGENT_STATE */
    /* What was read. */
    const char *dir; /* borrowed from the command line or the environment */
    size_t output;
};

/* True: go on. Else it is over with *ret: the usage was asked for, or is wanted. */
bool agent_words_read(struct agent_words *w, int argc, char **argv, enum agent_exit *ret);

#endif
