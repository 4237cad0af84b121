/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a device's configuration is as it is, now or at a moment since history_begin(): the plan, and
 * for each leaf who said it, what that overrode and what locks refused (FLEET "Resolution" 4).
 */
#ifndef DOMAIN_POLICY_EXPLAIN_H
#define DOMAIN_POLICY_EXPLAIN_H

#include "domain/policy/config.h"
#include "domain/policy/provenance.h"
#include "domain/policy/version_load.h"

enum {
    EXPLAIN_CONTENT_MAX = 4 * 1024 * 1024, /* bytes of all versions that take part */
    EXPLAIN_ARENA_MAX = 32 * 1024 * 1024,  /* words and what they lie in */
};

struct explain_source { /* an entry of the plan with its names */
    const struct config_entry *entry;
    str_t policy_name; /* absent: the policy is deleted, and nothing of it was ever published */
    opt_i64_t number;  /* of the version; unset: nothing is published */
    str_t version;
};

struct explanation {
    struct config_plan plan;
    struct config_body body;
    bool enabled;
    const struct explain_source *sources; /* one for each entry of the plan */
    const struct explain_source **by;     /* of the version with that number in the words below */
    struct provenance said;
    struct resolve resolve;
    struct loaded_version *versions; /* owned: what the words are borrowed from */
    size_t versions_n;
    struct arena *arena; /* owned */
};

/*
 * `only`: a JSON Pointer; what lies neither at, inside nor above it is left out. "": everything.
 * E_NOT_FOUND: no such device. E_BAD_FIELD: `at` is before the history begins or has not come yet,
 * `only` is no pointer, or there is too much to say: name a part.
 */
err_t explain_open(struct act *act, const struct config_ask *ask, str_t only,
                   struct explanation *ret) MUST_USE;
void explain_close(struct explanation *x); /* zeroed is fine */
static inline void explain_closep(struct explanation *x)
{
    explain_close(x);
}

/* "There is too much to say", for limits that whoever shows it has. */
err_t explain_too_much(struct act *act) MUST_USE;

#endif
