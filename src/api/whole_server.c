/* SPDX-License-Identifier: Apache-2.0 */
#include "api/whole_server.h"

#include "api/services.h"

bool whole_server(const struct services *sv, const struct actor *actor)
{
    return perms_have(actor->perms, PERM_SYSTEM_ADMIN) || oid_eq(actor->org, sv->default_org);
}

err_t whole_server_may(struct request *rq)
{
    if (whole_server(rq->services, &rq->act.actor))
        return E_OK;
    return FAIL(&rq->act.why, E_FORBIDDEN,
                "this is of the whole server: ask an administrator of the organisation `default`, "
                "who runs it");
}
