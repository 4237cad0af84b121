/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/access/forward.h"

#include "domain/access/facts.h"
#include "domain/identity/group.h"

digest_t forward_digest(str_t cookie, str_t host)
{
    const str_t parts[] = { STR("forward "), cookie, STR(" "), host };
    return sha256_of_parts(parts, ARRAY_LEN(parts));
}

static str_t digest_bytes(const digest_t *d)
{
    return str_of(d->b, sizeof d->b);
}

err_t forward_begin(struct act *act, const struct forward_in *in, struct token_text *ret_code)
{
    struct token_text code;
    struct sql_forward_codes_expire old = { .now = act->now };
    TRY(sql_forward_codes_expire(act->db, &old));
    token_make(STR("sen_a_"), &code);
    digest_t hash = sha256_of(str_of(code.p, code.n));
    struct sql_forward_code_add add = { .hash = digest_bytes(&hash),
                                        .session_id = in->session,
                                        .application_id = in->app->id,
                                        .state = in->state,
                                        .path = in->path,
                                        .expires_at = ts_add(act->now, FORWARD_CODE_LIFE) };
    err_t e = sql_forward_code_add(act->db, &add);
    if (e == E_OK)
        *ret_code = code;
    explicit_bzero(&code, sizeof code);
    return e;
}

err_t forward_finish(struct act *act, const struct row_application *app, str_t code, str_t state,
                     str_t *ret_path, struct token_text *ret_cookie)
{
    struct sql_forward_code_use_row row;
    struct token_text cookie;
    digest_t hash = sha256_of(code);
    digest_t browser = sha256_of(state);
    struct sql_forward_code_use use = { .hash = digest_bytes(&hash),
                                        .application_id = app->id,
                                        .state = digest_bytes(&browser),
                                        .now = act->now };
    err_t e = sql_forward_code_use(act->db, act->arena, &use, &row);
    if (e == E_NOT_FOUND)
        return FAIL(&act->why, E_UNAUTHENTICATED,
                    "this link was used, is too old, or not yours: go back to the application");
    TRY(e);
    token_make(FORWARD_COOKIE_PREFIX, &cookie);
    digest_t kept = forward_digest(str_of(cookie.p, cookie.n), app->host);
    struct sql_forward_session_put put = { .session_id = row.session_id,
                                           .application_id = app->id,
                                           .hash = digest_bytes(&kept),
                                           .now = act->now };
    e = sql_forward_session_put(act->db, &put);
    if (e == E_OK) {
        *ret_path = row.path;
        *ret_cookie = cookie;
    }
    explicit_bzero(&cookie, sizeof cookie);
    return e;
}

err_t forward_who(struct act *act, enum actor_kind kind, oid_t id, struct forward_who *ret)
{
    struct access_facts facts = { 0 };
    struct forward_who who;
    TRY(facts_load(act, act->org, kind, id, &facts));
    who = (struct forward_who){ .username = facts.username,
                                .email = facts.email,
                                .name = facts.display_name };
    TRY(groups_of(act, kind, id, &who.groups, &who.groups_n));
    *ret = who;
    return E_OK;
}
