/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Permissions as they would be after a change that nobody has made yet: the rows of one subject
 * that would be put or taken back. What is made of it goes into gate_decide like what is stored.
 */
#ifndef DOMAIN_GATEWAY_TRIAL_H
#define DOMAIN_GATEWAY_TRIAL_H

#include "domain/gateway/permission.h"

struct gate_trial_put {
    struct gate_place place;
    struct permission_in said;
};
struct gate_trial_in {
    const struct gate_trial_put *puts;
    size_t puts_n;
    const oid_t *drops; /* rows that are taken back */
    size_t drops_n;
};

struct gate_trial {
    const struct gate_rule *rules; /* that come, or stand in for one that there is */
    size_t rules_n;
    const oid_t *gone; /* rows that go, or are stood in for */
    size_t gone_n;
};

/* As strict as making the change. All in act->arena. E_BAD_FIELD; E_NOT_FOUND: a row that would be
 * taken back is not this subject's. */
err_t gate_trial_make(struct act *act, const struct permission_of *of,
                      const struct gate_trial_in *in, struct gate_trial *ret) MUST_USE;

/* What would count for somebody whom the subject's rows concern. It borrows from `now`, and its
 * rules lie in `a`. */
err_t gate_access_with(struct arena *a, const struct gate_access *now,
                       const struct gate_trial *trial, struct gate_access *ret) MUST_USE;

#endif
