/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/signin/session.h"

#include "domain/identity/sign_out.h"
#include "domain/identity/user.h"

#include <assert.h>

enum { AGENT_MAX = 256 };
#define SESSION_KEPT DUR_DAYS(1) /* after its end: for the eyes of who looks for one */

static const char *const kind_names[SESSION_KIND_END] = {
    [SESSION_BROWSER] = "browser",
    [SESSION_API] = "api",
    [SESSION_CLI] = "cli",
};

const char *session_kind_name(enum session_kind k)
{
    assert(k >= SESSION_BROWSER);
    assert(k < SESSION_KIND_END);
    return kind_names[k];
}

err_t signin_gate(struct act *act, const struct row_user_account *user)
{
    struct sql_organisation_by_id in = { .id = act->org };
    struct row_organisation org;
    if (user->status == ACCOUNT_PENDING)
        return FAIL(&act->why, E_FORBIDDEN, "the account waits for validation");
    if (user->status != ACCOUNT_ACTIVE)
        return FAIL(&act->why, E_FORBIDDEN, "the account is disabled");
    TRY(sql_organisation_by_id(act->db, act->arena, &in, &org));
    if (org.status != ACCOUNT_ACTIVE)
        return FAIL(&act->why, E_FORBIDDEN, "the organisation is disabled");
    return E_OK;
}

/* The store and JSON want UTF-8: what is none is not kept. */
static str_t agent_cut(str_t agent)
{
    return str_is_utf8(agent) ? str_clip(agent, AGENT_MAX) : STR_NONE;
}

static ts_t after(ts_t now, dur_t d)
{
    return d.us > 0 ? ts_add(now, d) : (ts_t){ 0 };
}

/* Only a browser has a cookie. */
static digest_t cookie_make(enum session_kind kind, struct token_text *ret)
{
    *ret = (struct token_text){ .n = 0 };
    if (kind == SESSION_BROWSER)
        token_make(STR(SESSION_COOKIE_PREFIX), ret);
    return sha256_of(str_of(ret->p, ret->n));
}

/* A person with very many open sessions loses those that nobody used for longest. */
static err_t surplus_end(struct act *act, oid_t user)
{
    struct sql_session_surplus in = {
        .org = act->org, .user_id = user, .now = act->now, .keep = SESSIONS_MAX
    };
    struct sql_session_surplus_row *rows = NULL;
    size_t n = 0;
    TRY(sql_session_surplus(act->db, act->arena, &in, &rows, &n));
    for (size_t i = 0; i < n; i++)
        TRY(session_end(act, rows[i].id, STR("surplus")));
    return E_OK;
}

err_t session_open(struct act *act, const struct session_in *in, struct row_session *ret,
                   struct token_text *ret_cookie)
{
    struct row_user_account user;
    struct token_text cookie;
    TRY(user_get(act, in->user, &user));
    TRY(signin_gate(act, &user));
    digest_t hash = cookie_make(in->kind, &cookie);
    struct sql_session_add row = {
        .id = oid_make(),
        .org = act->org,
        .user_id = in->user,
        .kind = in->kind,
        .level = in->level,
        .hash = cookie.n > 0 ? str_of(hash.b, sizeof hash.b) : STR_NONE,
        .amr = in->amr,
        .now = act->now,
        .mfa_at = (in->amr & AMR_SECOND) != 0 ? act->now : (ts_t){ 0 },
        .expires_at = ts_add(act->now, in->lasts.life),
        .idle_at = after(act->now, in->lasts.idle),
        .ip = in->ip,
        .agent = agent_cut(in->agent),
        .upstream = in->upstream,
        .upstream_sub = in->upstream_sub,
        .upstream_sid = in->upstream_sid,
    };
    struct sql_session_get get = { .org = act->org, .id = row.id };
    TRY(sql_session_add(act->db, &row));
    TRY(surplus_end(act, in->user));
    TRY(sql_session_get(act->db, act->arena, &get, ret));
    *ret_cookie = cookie;
    return E_OK;
}

static err_t none_live(struct act *act, err_t e)
{
    if (e != E_NOT_FOUND && e != E_FORBIDDEN)
        return e;
    diag_clear(&act->why);
    return FAIL(&act->why, E_UNAUTHENTICATED, "the session has ended: sign in again");
}

/* Whoever showed the cookie before is nobody from COMMIT on: memory forgets it too. */
static err_t level_put(struct act *act, const struct row_session *old, struct sql_session_raise *to,
                       struct row_session *ret, struct token_text *ret_cookie)
{
    struct token_text cookie;
    digest_t hash = cookie_make((enum session_kind)old->kind, &cookie);
    to->org = act->org;
    to->id = old->id;
    to->now = act->now;
    if (cookie.n > 0)
        to->hash = str_of(hash.b, sizeof hash.b);
    TRY(none_live(act, sql_session_raise(act->db, act->arena, to, ret)));
    TRY(act_effect(
        act, (struct effect){ .kind = EFFECT_PRINCIPAL, .org = act->org, .id = old->user_id }));
    *ret_cookie = cookie;
    return E_OK;
}

err_t session_step(struct act *act, oid_t id, enum amr proof, struct row_session *ret,
                   struct token_text *ret_cookie)
{
    struct row_session old = { .level = SESSION_HALF };
    TRY(session_get_live(act, id, &old));
    struct sql_session_raise to = {
        .level = SESSION_WHOLE,
        .amr = old.amr | (int64_t)proof,
        .auth_at = old.level == SESSION_HALF ? act->now : old.auth_at,
        .mfa_at = ((int64_t)proof & AMR_SECOND) != 0 ? act->now : old.mfa_at,
    };
    return level_put(act, &old, &to, ret, ret_cookie);
}

err_t session_again(struct act *act, oid_t id, enum session_level level, int64_t amr,
                    struct row_session *ret, struct token_text *ret_cookie)
{
    struct row_session old = { .level = SESSION_HALF };
    TRY(session_get_live(act, id, &old));
    struct sql_session_raise to = { .level = level, .amr = amr, .auth_at = act->now };
    if ((amr & AMR_SECOND) != 0)
        to.mfa_at = act->now;
    return level_put(act, &old, &to, ret, ret_cookie);
}

static bool is_over(const struct row_session *s, ts_t now)
{
    bool idle = ts_is_set(s->idle_at) && s->idle_at.us <= now.us;
    return ts_is_set(s->ended_at) || s->expires_at.us <= now.us || idle;
}

err_t session_get_live(struct act *act, oid_t id, struct row_session *ret)
{
    struct sql_session_get in = { .org = act->org, .id = id };
    struct row_session row;
    struct row_user_account user;
    TRY(none_live(act, sql_session_get(act->db, act->arena, &in, &row)));
    if (is_over(&row, act->now))
        return none_live(act, E_NOT_FOUND);
    TRY(none_live(act, user_get(act, row.user_id, &user)));
    TRY(none_live(act, signin_gate(act, &user)));
    *ret = row;
    return E_OK;
}

err_t session_end(struct act *act, oid_t id, str_t reason)
{
    struct sql_session_end in = { .org = act->org, .id = id, .now = act->now, .reason = reason };
    struct sql_session_end_row row;
    err_t e = sql_session_end(act->db, act->arena, &in, &row);
    if (e == E_NOT_FOUND)
        return FAIL(&act->why, e, "there is no such session");
    TRY(e);
    struct sql_session_end_grants grants = { .session_id = id, .now = act->now, .reason = reason };
    TRY(sql_session_end_grants(act->db, &grants));
    return act_effect(
        act, (struct effect){ .kind = EFFECT_PRINCIPAL, .org = act->org, .id = row.user_id });
}

err_t session_end_all(struct act *act, oid_t user, oid_t except, str_t reason)
{
    struct row_user_account row;
    TRY(user_get(act, user, &row)); /* of this organisation */
    return principal_sign_out(act, user, except, reason);
}

err_t session_page(struct act *act, oid_t user, oid_t before, int64_t n, struct row_session **ret,
                   size_t *ret_n)
{
    struct sql_session_list in = {
        .org = act->org, .user_id = user, .before = before, .now = act->now, .n = n
    };
    if (!oid_is_set(before))
        memset(in.before.b, 0xff, sizeof in.before.b);
    return sql_session_list(act->db, act->arena, &in, ret, ret_n);
}

err_t session_seen(struct act *act, oid_t id, ts_t at, dur_t idle)
{
    struct sql_session_seen in = { .id = id, .at = at, .idle_at = after(at, idle) };
    return sql_session_seen(act->db, &in);
}

err_t session_purge(struct act *act, int64_t limit, bool *ret_more)
{
    struct sql_session_over in = { .before = { act->now.us - SESSION_KEPT.us }, .limit = limit };
    struct sql_session_over_row *rows = NULL;
    size_t n = 0;
    TRY(sql_session_over(act->db, act->arena, &in, &rows, &n));
    for (size_t i = 0; i < n; i++)
        TRY(sql_session_drop(act->db, &(struct sql_session_drop){ rows[i].id }));
    *ret_more = (int64_t)n == limit;
    return E_OK;
}
