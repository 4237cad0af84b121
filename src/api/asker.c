/* SPDX-License-Identifier: Apache-2.0 */
#include "api/asker.h"

#include "domain/signin/session.h"

err_t asker_fill(struct request *rq, struct access_ask *ret)
{
    const struct actor *actor = &rq->act.actor;
    struct access_ask ask = {
        .kind = actor->kind, .principal = actor->id, .org = actor->org, .ip = request_peer(rq)
    };
    struct row_session session;
    if (oid_is_set(rq->session_id)) {
        err_t e = session_get_live(&rq->act, rq->session_id, &session);
        if (e != E_OK && e != E_UNAUTHENTICATED)
            return e;
        struct access_proof *proof = ARENA_NEW(rq->act.arena, struct access_proof);
        if (proof == NULL)
            return E_NO_MEMORY;
        if (e == E_OK) {
            *proof = (struct access_proof){ session.auth_at, session.mfa_at };
            ask.proof = proof;
        }
    }
    *ret = ask;
    return E_OK;
}
