/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a draft would change, and for whom: devices are grouped by equal plans, and each pair of
 * plans (as it is, as it would be) is resolved once. Reads only; in bounded memory and time.
 */
#ifndef DOMAIN_POLICY_PREVIEW_H
#define DOMAIN_POLICY_PREVIEW_H

#include "domain/policy/config.h"
#include "plat/json/schema.h"

enum {
    PREVIEW_DEVICES_MAX = 200000, /* that are looked at */
    PREVIEW_PAIRS_MAX = 20000,    /* of different plans */
    PREVIEW_RESULTS_MAX = 100,    /* that are shown */
    PREVIEW_CHANGES_MAX = 1000,   /* of one result that are shown */
    PREVIEW_TEXT_MAX = 2 * 1024 * 1024,
    PREVIEW_SAMPLE_MAX = 10,
    PREVIEW_FAULTY_MAX = 20, /* results that are held to the schemas */
};
/* A reader is ended after 5 s: a partial answer comes before. */
#define PREVIEW_TIME_MAX DUR_MS(4000)

struct preview_change { /* of one member; texts of JSON, absent: nothing */
    str_t pointer;
    str_t from;
    str_t to;
};

struct preview_device {
    oid_t id;
    str_t machine_id;
    str_t hostname; /* absent: none is known */
};

struct preview_result { /* what changes in the same way for `devices_n` devices */
    digest_t digest;    /* of all of it */
    size_t devices_n;
    struct preview_device sample[PREVIEW_SAMPLE_MAX];
    size_t sample_n;
    bool enabled_from;
    bool enabled_to;
    struct preview_change *changes; /* by pointer */
    size_t changes_n;               /* that are shown */
    size_t changes_all;
};

struct preview {
    size_t devices_n; /* that the draft reaches, of those looked at */
    size_t changed_n; /* whose configuration would be another */
    size_t looked_n;
    bool truncated; /* a limit was met: the counts are of `looked_n` devices, or results are missing
                     */
    struct preview_result *results; /* in the order in which they were met */
    size_t results_n;
};

/*
 * `device`: only this one; zero: every enrolled device of act->org, or of all organisations where
 * the draft's policy is or would be assigned globally and the actor is a system administrator.
 * E_NOT_FOUND: no such device. All of the answer lies in act->arena.
 */
err_t preview_run(struct act *act, const struct config_draft *draft, oid_t device,
                  struct preview *ret) MUST_USE;

/* What the schemas find in the configuration that a device would have, `required` included; nothing
 * of a device of another organisation. */
err_t preview_faults(struct act *act, const struct config_draft *draft, oid_t device,
                     struct schema_faults *ret) MUST_USE;

/* What changes from one plan to the other, without devices; for preview.c. */
err_t preview_diff(struct act *act, const struct config_plan *now, const struct config_plan *then,
                   struct preview_result *ret) MUST_USE;

#endif
