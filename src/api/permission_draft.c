/* SPDX-License-Identifier: Apache-2.0 */
#include "api/permission_draft.h"

struct permission_in permission_in_of(const struct permission_body *b)
{
    return (struct permission_in){ .can_read = b->can_read,
                                   .can_write = b->can_write,
                                   .can_execute = b->can_execute,
                                   .is_enabled = b->is_enabled,
                                   .approval = b->approval,
                                   .arguments = b->arguments.text,
                                   .device = b->device.text };
}

err_t permission_trial(struct request *rq, const struct permission_of *of,
                       const struct permission_draft *draft, struct gate_trial *ret)
{
    const struct permission_body *in = draft->permissions.v;
    struct arena *a = rq->act.arena;
    struct gate_trial_put *puts = ARENA_ARRAY(a, struct gate_trial_put, draft->permissions.n + 1);
    oid_t *drops = ARENA_ARRAY(a, oid_t, draft->drop.n + 1);
    if (puts == NULL || drops == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < draft->permissions.n; i++) {
        TRY(tool_place(&rq->act, in[i].tool, &puts[i].place));
        puts[i].said = permission_in_of(&in[i]);
    }
    for (size_t i = 0; i < draft->drop.n; i++) {
        if (oid_parse(draft->drop.v[i], &drops[i]) != E_OK)
            return diag_set_field(&rq->act.why, E_BAD_FIELD, "drop", "want ids of permissions");
    }
    struct gate_trial_in what = { puts, draft->permissions.n, drops, draft->drop.n };
    return gate_trial_make(&rq->act, of, &what, ret);
}
