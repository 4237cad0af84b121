/* SPDX-License-Identifier: Apache-2.0 */
/* Who may open an application before and after a plan: the second half of every diff. */
#ifndef FILES_REACH_H
#define FILES_REACH_H

#include "files/plan.h"

struct reach_in {
    const struct plan *plan;
    const struct json *wanted;
    const struct json *had;
    const struct json *members; /* {"group": ["ann", ...]}: people of the groups that had any */
};

struct reach_change {
    str_t application;
    str_t who;
    bool person; /* else a service account */
    bool gains;  /* else loses */
};

struct reach {
    struct reach_change *v; /* by application, then by name */
    size_t n;
};

err_t reach_make(struct arena *a, const struct reach_in *in, struct reach *ret) MUST_USE;

#endif
