/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/profile.h"

#include "domain/identity/group.h"
#include "domain/oauth/scope.h"
#include "sql/oauth.h"

err_t profile_load(struct act *act, oid_t user, str_t scope, struct profile *ret)
{
    struct sql_oauth_profile_row row;
    struct profile p = { .sub = user };
    TRY(sql_oauth_profile(act->db, act->arena,
                          &(struct sql_oauth_profile){ .org = act->org, .id = user }, &row));
    if (words_have(scope, STR("profile"))) {
        p.name = row.display_name.n > 0 ? row.display_name : row.username;
        p.preferred_username = row.username;
    }
    if (words_have(scope, STR("email"))) {
        p.email = row.email;
        p.email_verified = ts_is_set(row.email_verified_at);
    }
    if (words_have(scope, STR("groups"))) {
        TRY(groups_of(act, ACTOR_USER, user, &p.groups, &p.groups_n));
        p.has_groups = true;
    }
    *ret = p;
    return E_OK;
}

void profile_write(struct json_out *o, const struct profile *p)
{
    if (p->name.p != NULL) {
        JSON_OUT(o, "name", str, p->name);
        JSON_OUT(o, "preferred_username", str, p->preferred_username);
    }
    if (p->email.p != NULL) {
        JSON_OUT(o, "email", str, p->email);
        JSON_OUT(o, "email_verified", bool, p->email_verified);
    }
    if (!p->has_groups)
        return;
    json_out_name(o, STR("groups"));
    json_out_open(o, '[');
    for (size_t i = 0; i < p->groups_n; i++)
        json_out_str(o, p->groups[i]);
    json_out_close(o, ']');
}
