/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/identity/sign_out.h"

#include "sql/factor.h"
#include "sql/session.h"

err_t principal_sign_out(struct act *act, oid_t id, oid_t except, str_t reason)
{
    struct sql_session_end_all sessions = {
        .user_id = id, .except = except, .now = act->now, .reason = reason
    };
    struct sql_principal_end_grants grants = {
        .principal = id, .except = except, .now = act->now, .reason = reason
    };
    TRY(sql_session_end_all(act->db, &sessions));
    TRY(sql_principal_end_grants(act->db, &grants));
    return act_effect(act, (struct effect){ .kind = EFFECT_PRINCIPAL, .org = act->org, .id = id });
}

err_t principal_sign_out_forget(struct act *act, oid_t id)
{
    TRY(sql_totp_drop_all(act->db, &(struct sql_totp_drop_all){ id }));
    TRY(sql_recovery_code_drop_all(act->db, &(struct sql_recovery_code_drop_all){ id }));
    TRY(sql_passkey_drop_all(act->db, &(struct sql_passkey_drop_all){ id }));
    TRY(sql_principal_drop_refresh(act->db, &(struct sql_principal_drop_refresh){ id }));
    TRY(sql_principal_drop_grants(act->db, &(struct sql_principal_drop_grants){ id }));
    TRY(sql_session_drop_all(act->db, &(struct sql_session_drop_all){ id }));
    TRY(sql_known_browser_drop_all(act->db, &(struct sql_known_browser_drop_all){ id }));
    return sql_signin_link_drop_all(act->db, &(struct sql_signin_link_drop_all){ id });
}
