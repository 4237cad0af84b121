/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The adapters at work: they write what is in force into the files that assistants read, and put
 * back what somebody else has made of them. What they must not forget is STATE/adapters.json: the
 * hashes of what they wrote, and what the server has not been told yet.
 *
 * A file of an adapter is ours as a whole. What stood there at the first time is kept beside it as
 * NAME.before-seneschal; later changes are undone, and the journal says what they were.
 */
#ifndef AGENT_ADAPT_H
#define AGENT_ADAPT_H

#include "base/clock.h"
#include "base/str.h"

enum { ADAPT_TARGETS_MAX = 8, ADAPT_SPEC_MAX = 4096, ADAPT_FILE_MAX = 4 * 1024 * 1024 };

struct adapt;

struct adapt_caller {
    const char *dir;  /* of the state; borrowed */
    const char *spec; /* NAME[=PATH], one a line; of `json` also #POINTER; NULL: none */
    void (*tell)(void *arg, const char *event, const char *reason);
    /* From a thread of its own: a file is not as it should be, look soon. */
    void (*wake)(void *arg);
    void *arg;
};

/* *ret stays NULL without adapters, which every function below takes for none. E_USAGE: the spec.
 * E_NO_MEMORY. */
err_t adapt_open(const struct adapt_caller *c, struct diag *why, struct adapt **ret) MUST_USE;
void adapt_close(struct adapt *x);

/* Every file as `doc`, the document in force, wants it. The first one that fails decides the error,
 * and `why` names its adapter; the others are written all the same. */
err_t adapt_force(struct adapt *x, str_t doc, struct diag *why) MUST_USE;
/* Look whether the files still hold it, and put it back. Faults are kept for the report. */
void adapt_check(struct adapt *x);

/* Is there something that the server should hear? */
bool adapt_owes(const struct adapt *x);
/* What an acknowledgement says; texts live until the next call on `x`. */
struct adapt_report {
    str_t failure;   /* "ADAPTER: why"; absent: every file holds what it should */
    str_t note;      /* values that could not be written; absent: none */
    str_t drift;     /* a JSON array of "ADAPTER:/pointer" */
    int64_t drift_n; /* changes by others since the last report */
    ts_t drifted_at; /* the newest of them; absent: none */
};
/* `drift`: with what others changed; it has an acknowledgement of its own, of a configuration that
 * is in force. */
void adapt_report(struct adapt *x, bool drift, struct adapt_report *ret);
/* The server has heard it. */
void adapt_reported(struct adapt *x);

/* `seneschal agent adapters [-o table|json|markdown]`; argv[0] is its last word. */
int adapters_main(int argc, char **argv);

#endif
