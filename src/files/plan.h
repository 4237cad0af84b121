/* SPDX-License-Identifier: Apache-2.0 */
/* What must be done so that a server has what the files say: a pure function of two worlds. */
#ifndef FILES_PLAN_H
#define FILES_PLAN_H

#include "files/kinds.h"

enum step_verb { STEP_CREATE, STEP_CHANGE, STEP_DELETE };

struct step {
    enum step_verb verb;
    const struct file_kind *kind;
    str_t name;
    const struct json *from; /* what the server has; NULL: nothing */
    const struct json *to;   /* what the files say; NULL: nothing */
    bool secrets;            /* those that the files name are sent again */
};

struct plan {
    struct step *steps; /* in the order in which they can be done */
    size_t n;
};

struct plan_in {
    const struct json *wanted; /* borrowed by the plan, like the next */
    const struct json *had;
    const struct json *owned; /* what was made by files: a world of names; objects that are there
                                 and not in `wanted` are deleted with `prune`, and only they */
    bool prune;
    bool secrets; /* send what the server does not show once more */
};

/* E_BAD_FIELD: a member that cannot be changed is another one, or a name stands for nothing. */
err_t plan_make(struct arena *a, const struct plan_in *in, struct diag *why,
                struct plan *ret) MUST_USE;
/* Is this member of the step another one than the server has? What the files do not say is not. */
bool step_changes(const struct step *s, const struct file_member *m);
/* Objects that were made by files, are in none now, and stay, for `prune` was not said. */
size_t plan_left(struct arena *a, const struct plan_in *in);

/* Is `name` one of the texts of this list? */
bool list_has(const struct json *list, str_t name);

#endif
