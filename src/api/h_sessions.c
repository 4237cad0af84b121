/* SPDX-License-Identifier: Apache-2.0 */
/* What a person has open, and its end: by himself, or by an administrator. */
#include "api/handlers_signin.h"
#include "api/page.h"
#include "api/services.h"
#include "domain/identity/user.h"
#include "domain/signin/link.h"
#include "domain/signin/session.h"

enum { METHODS_MAX = 6 };

static const struct {
    enum amr bit;
    const char *name;
} methods[METHODS_MAX] = {
    { AMR_PWD, "pwd" }, { AMR_OTP, "otp" }, { AMR_RECOVERY, "recovery" },
    { AMR_HWK, "hwk" }, { AMR_FED, "fed" }, { AMR_LINK, "link" },
};

static err_t methods_shown(struct request *rq, int64_t amr, struct strs *ret)
{
    str_t *names = ARENA_ARRAY(rq->act.arena, str_t, METHODS_MAX);
    size_t n = 0;
    if (names == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < METHODS_MAX; i++) {
        if ((amr & (int64_t)methods[i].bit) != 0)
            names[n++] = str_from_cz(methods[i].name);
    }
    *ret = (struct strs){ names, n };
    return E_OK;
}

static err_t session_view(struct request *rq, const struct row_session *s, struct session_out *ret)
{
    *ret = (struct session_out){
        .id = s->id,
        .kind = str_from_cz(session_kind_name((enum session_kind)s->kind)),
        .current = oid_eq(s->id, rq->act.actor.session),
        .address = s->ip,
        .client = s->agent,
        .created_at = s->created_at,
        .used_at = s->used_at,
        .expires_at = s->expires_at,
    };
    return methods_shown(rq, s->amr, &ret->methods);
}

static err_t sessions_of(struct request *rq, oid_t user)
{
    const struct page_in *in = rq->query;
    struct row_session *rows = NULL;
    struct page page;
    char name[OID_TEXT];
    size_t n = 0;
    oid_format(user, name);
    TRY(page_open(rq, in, str_of(name, sizeof name), &page));
    TRY(session_page(&rq->act, user, page.after, page.limit + 1, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct session_out *out = ARENA_ARRAY(rq->act.arena, struct session_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        TRY(session_view(rq, &rows[i], &out[i]));
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &session_out_shape, out, shown, page.next);
}

static err_t people_only(struct request *rq)
{
    if (rq->act.actor.kind == ACTOR_USER)
        return E_OK;
    return FAIL(&rq->act.why, E_FORBIDDEN, "only people have sessions");
}

err_t sessions_list(struct request *rq)
{
    TRY(people_only(rq));
    return sessions_of(rq, rq->act.actor.id);
}

err_t sessions_delete(struct request *rq)
{
    struct row_session s;
    oid_t id;
    TRY(people_only(rq));
    TRY(request_param_id(rq, 0, &id));
    struct sql_session_get get = { .org = rq->act.org, .id = id };
    err_t e = sql_session_get(rq->act.db, rq->act.arena, &get, &s);
    if (e == E_NOT_FOUND || (e == E_OK && !oid_eq(s.user_id, rq->act.actor.id)))
        return FAIL(&rq->act.why, E_NOT_FOUND, "there is no such session");
    TRY(e);
    TRY(session_end(&rq->act, id, STR("revoked")));
    request_target(rq, "user", s.user_id, str_from_cz(rq->act.actor.name));
    return session_details(rq, &s, "revoked") == E_OK ? reply_empty(rq, 204) : E_NO_MEMORY;
}

static err_t user_of_path(struct request *rq, struct row_user_account *ret)
{
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(user_get(&rq->act, id, ret));
    request_target(rq, "user", ret->id, ret->username);
    return E_OK;
}

static err_t user_of_path_to_change(struct request *rq, struct row_user_account *ret)
{
    TRY(user_of_path(rq, ret));
    return user_get_to_change(&rq->act, ret->id, ret);
}

err_t user_sessions_list(struct request *rq)
{
    struct row_user_account user;
    TRY(user_of_path(rq, &user));
    return sessions_of(rq, user.id);
}

err_t user_sessions_delete(struct request *rq)
{
    struct row_user_account user;
    TRY(user_of_path_to_change(rq, &user));
    TRY(session_end_all(&rq->act, user.id, (oid_t){ 0 }, STR("revoked")));
    request_reason(rq, STR("revoked"));
    return reply_empty(rq, 204);
}

/* Whoever holds the link becomes that person: nobody makes one for more rights than his own. */
err_t user_recovery(struct request *rq)
{
    struct row_user_account user;
    struct recovery_out *out = ARENA_NEW(rq->act.arena, struct recovery_out);
    struct token_text text;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(user_of_path_to_change(rq, &user));
    err_t e = signin_gate(&rq->act, &user);
    if (e == E_FORBIDDEN) {
        act_clear_why(&rq->act);
        return FAIL(&rq->act.why, E_CONFLICT, "the account may not sign in: enable it first");
    }
    TRY(e);
    TRY(link_make(&rq->act, LINK_RECOVERY, user.id, &text));
    e = str_format(rq->act.arena, &out->url, "%.*s/recover/%.*s",
                   STR_ARG(services_settings(rq->services)->issuer), (int)text.n, text.p);
    explicit_bzero(&text, sizeof text);
    TRY(e);
    out->expires_at = ts_add(rq->act.now, LINK_LIFE);
    return reply_obj(rq, 201, &recovery_out_shape, out);
}
