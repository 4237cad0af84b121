/* SPDX-License-Identifier: Apache-2.0 */
/* Inside domain/whatif: what changes for one principal after the other, those with equal changes
 * together. */
#ifndef DOMAIN_WHATIF_GATHERING_H
#define DOMAIN_WHATIF_GATHERING_H

#include "domain/access/decide.h"
#include "domain/policy/config.h"
#include "domain/whatif/whatif.h"

struct gathering {
    struct act *act; /* the caller's: what is kept */
    struct act now;  /* as it is; its arena lasts for one principal */
    struct act then; /* the same with what is tried */
    struct whatif *to;
    struct whatif_change *changes; /* of whom is looked at */
    size_t changes_n;
    size_t changes_all;
    digest_t digest; /* of all of them */
    size_t text_left;
    dur_t until;
    bool full;
};

err_t gathering_open(struct gathering *g, struct act *act, struct arena *scratch,
                     struct whatif *to) MUST_USE;
/* What went wrong in the scratch acts explains the caller's refusal. */
err_t gathering_close(struct gathering *g, err_t e) MUST_USE;
/* One more change of whom is looked at. */
err_t gathering_note(struct gathering *g, const struct whatif_change *change) MUST_USE;

/* Compares what one principal has with what he would have. */
struct whatif_looker {
    err_t (*at)(struct gathering *g, const void *arg, const struct whatif_who *who);
    const void *arg;
};
err_t gathering_one(struct gathering *g, const struct whatif_who *who,
                    const struct whatif_looker *look) MUST_USE;

struct whatif_scope {
    bool everybody;
    oid_t group;      /* its members, and the devices of those */
    oid_t owner;      /* his devices */
    bool people_only; /* and service accounts */
    bool devices_only;
};
err_t gathering_walk(struct gathering *g, const struct whatif_scope *scope,
                     const struct whatif_looker *look) MUST_USE;

/* What changes of one kind for whom is looked at. */
err_t note_tools(struct gathering *g, const struct gate_catalogue *all,
                 const struct gate_access *now, const struct gate_access *then) MUST_USE;
err_t note_application(struct gathering *g, const struct access_ask *now,
                       const struct access_ask *then) MUST_USE;
err_t note_applications(struct gathering *g, const struct whatif_who *who) MUST_USE;
/* Of a person or a service account. */
err_t note_roles(struct gathering *g, const struct whatif_who *who) MUST_USE;
err_t note_configuration(struct gathering *g, oid_t device) MUST_USE;

#endif
