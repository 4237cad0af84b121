/* SPDX-License-Identifier: Apache-2.0 */
/* Who would gain or lose what by a change of access, before anybody makes it. All only read. */
#include "api/handlers_access.h"
#include "api/handlers_gateway.h"
#include "api/handlers_identity.h"
#include "api/permission_draft.h"
#include "api/shapes_whatif.h"
#include "api/whatif_view.h"
#include "domain/identity/group.h"

err_t permissions_preview(struct request *rq)
{
    static const struct {
        const char *name;
        enum gate_subject kind;
    } kinds[] = {
        { "user", GATE_SUBJECT_USER },       { "service-account", GATE_SUBJECT_SERVICE },
        { "device", GATE_SUBJECT_DEVICE },   { "group", GATE_SUBJECT_GROUP },
        { "default", GATE_SUBJECT_DEFAULT },
    };
    const struct permission_preview *b = rq->in;
    struct permission_draft draft = { b->permissions, b->drop };
    enum gate_subject kind = GATE_SUBJECT_DEFAULT;
    struct permission_of of;
    struct gate_trial trial;
    struct whatif w;
    TRY(whatif_may(rq));
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (str_eq(b->subject_kind, str_from_cz(kinds[i].name)))
            kind = kinds[i].kind;
    }
    if ((kind == GATE_SUBJECT_DEFAULT) == oid_is_set(b->subject_id))
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "subject_id",
                              "want one, but none with the subject_kind default");
    TRY(permission_of(&rq->act, kind, b->subject_id, &of));
    TRY(permission_trial(rq, &of, &draft, &trial));
    TRY(whatif_permissions(&rq->act, &of, &trial, &w));
    return whatif_reply(rq, &w);
}

static err_t binding_of(struct request *rq, const struct binding_preview_body *b,
                        const struct row_application *app, struct whatif_binding *ret)
{
    struct binding_in in = { b->group_id, b->group, b->user_id, b->username,
                             b->service_account_id };
    struct row_binding row;
    bool comes = oid_is_set(b->group_id) || b->group.p != NULL || oid_is_set(b->user_id) ||
                 b->username.p != NULL || oid_is_set(b->service_account_id);
    *ret = (struct whatif_binding){ .app = app };
    if (!oid_is_set(b->binding_id))
        return binding_target(&rq->act, app, &in, &ret->kind, &ret->target);
    if (comes)
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "binding_id",
                              "want it alone, or who would be bound");
    TRY(binding_get(&rq->act, app->id, b->binding_id, &row));
    ret->kind = (enum binding_kind)row.kind;
    ret->target = row.target_id;
    ret->without = row.id;
    return E_OK;
}

err_t bindings_preview(struct request *rq)
{
    struct row_application app;
    struct whatif_binding what;
    struct whatif w;
    oid_t id;
    TRY(whatif_may(rq));
    TRY(request_param_id(rq, 0, &id));
    TRY(application_get(&rq->act, id, &app));
    TRY(binding_of(rq, rq->in, &app, &what));
    TRY(whatif_binding(&rq->act, &what, &w));
    return whatif_reply(rq, &w);
}

/* As strict as the change itself: nobody looks at what he may not give. */
static err_t membership_of(struct request *rq, const struct member_preview_body *b, oid_t group,
                           struct whatif_membership *ret)
{
    struct member_in in = { b->user_id, b->username, b->service_account_id, b->device_id };
    struct row_principal_group row;
    struct member m;
    TRY(group_get(&rq->act, group, &row));
    TRY(member_resolve(&rq->act, &in, &m));
    if (b->leaves)
        TRY(group_member_kind(&rq->act, group, m.id, &m));
    else
        TRY(roles_may_give(&rq->act, 0, row.roles));
    *ret = (struct whatif_membership){ group, m.kind, m.id, b->leaves };
    return E_OK;
}

err_t members_preview(struct request *rq)
{
    struct whatif_membership what;
    struct whatif w;
    oid_t group;
    TRY(whatif_may(rq));
    TRY(request_param_id(rq, 0, &group));
    TRY(membership_of(rq, rq->in, group, &what));
    TRY(whatif_membership(&rq->act, &what, &w));
    return whatif_reply(rq, &w);
}
