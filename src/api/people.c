/* SPDX-License-Identifier: Apache-2.0 */
#include "api/people.h"

#include "api/cookie.h"
#include "api/gained.h"
#include "api/handlers_identity.h"
#include "api/services.h"
#include "domain/signin/password.h"
#include "domain/signin/registration.h"
#include "domain/signin/session.h"

enum { DETAILS_MAX = 32 * 1024 };

err_t people_link(struct request *rq, str_t path, str_t *ret)
{
    return str_format(rq->act.arena, ret, "%.*s%.*s",
                      STR_ARG(services_settings(rq->services)->issuer), STR_ARG(path));
}

err_t people_tell(struct request *rq, struct notice_in what)
{
    what.cfg = &services_settings(rq->services)->notices;
    return notice_tell(&rq->act, &what);
}

err_t people_tell_admins(struct request *rq, struct notice_in what)
{
    what.cfg = &services_settings(rq->services)->notices;
    return notice_tell_admins(&rq->act, &what);
}

static void names_put(struct json_out *o, const char *name, const str_t *names, size_t n)
{
    json_out_name(o, str_from_cz(name));
    json_out_open(o, '[');
    for (size_t i = 0; i < n; i++)
        json_out_str(o, names[i]);
    json_out_close(o, ']');
}

err_t people_groups_detail(struct request *rq, oid_t user, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct strs groups = { 0 };
    TRY(groups_shown(rq, ACTOR_USER, user, &groups));
    buf_init(&b, DETAILS_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    names_put(&o, "groups", groups.v, groups.n);
    json_out_close(&o, '}');
    TRY(b.err);
    return str_copy(rq->act.arena, buf_str(&b), ret);
}

/* Who came, by whose invitation, into what. */
static err_t accepted_details(struct request *rq, const struct row_invitation *inv, oid_t user)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct strs groups = { 0 };
    str_t text = STR_NONE;
    TRY(groups_shown(rq, ACTOR_USER, user, &groups));
    buf_init(&b, DETAILS_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "by", str, inv->by_name);
    names_put(&o, "groups", groups.v, groups.n);
    JSON_OUT(&o, "invitation", id, inv->id);
    json_out_close(&o, '}');
    TRY(b.err);
    TRY(str_copy(rq->act.arena, buf_str(&b), &text));
    request_details(rq, text);
    return E_OK;
}

/* The event is the new person's own: nobody else acted. */
static void event_of(struct request *rq, const struct row_user_account *user)
{
    rq->event.org = rq->act.org;
    rq->event.actor_kind = ACTOR_USER;
    rq->event.actor_id = user->id;
    rq->event.actor_name = user->username;
    request_target(rq, "user", user->id, user->username);
}

/* Whoever had the link has proven no more than that, and has just chosen the password. */
static err_t sign_in(struct request *rq, oid_t user)
{
    const struct settings *s = services_settings(rq->services);
    struct session_in in = {
        .user = user,
        .kind = SESSION_BROWSER,
        .level = SESSION_WHOLE,
        .amr = AMR_PWD | AMR_LINK,
        .lasts = s->session,
        .ip = request_peer(rq),
        .agent = http_field(rq->xchg, STR("User-Agent")),
    };
    struct row_session row;
    struct token_text cookie = { 0 };
    TRY(session_open(&rq->act, &in, &row, &cookie));
    err_t e = reply_cookie(rq, COOKIE_SESSION, str_of(cookie.p, cookie.n), s->session.life);
    explicit_bzero(&cookie, sizeof cookie);
    return e;
}

err_t people_accept(struct request *rq, str_t token, const struct person_body *in,
                    struct row_user_account *ret)
{
    const struct person who = { in->username, in->email, in->display_name };
    digest_t hash = sha256_of(token);
    struct row_invitation inv;
    struct row_user_account user;
    TRY(invitation_accept(&rq->act, &hash, &who, &inv, &user));
    TRY(user_password_set(&rq->act, user.id, in->hash, (oid_t){ 0 }));
    if (lang_parse(inv.lang) != LANG_NONE)
        TRY(user_lang_set(&rq->act, user.id, lang_parse(inv.lang)));
    event_of(rq, &user);
    TRY(gained_note(rq, &(struct access_watch){ .kind = ACTOR_USER, .id = user.id }));
    TRY(accepted_details(rq, &inv, user.id));
    TRY(sign_in(rq, user.id));
    *ret = user;
    return E_OK;
}

static err_t tell_of_registration(struct request *rq, const struct row_user_account *user)
{
    str_t link = STR_NONE;
    TRY(people_link(rq, STR("/people"), &link));
    const struct notice_field fields[] = { { "username", user->username, false },
                                           { "email", user->email, false },
                                           { "link", link, false } };
    TRY(people_tell(
        rq, (struct notice_in){
                .kind = NOTICE_ACCOUNT_WAITS, .user = user->id, .fields = fields, .fields_n = 1 }));
    return people_tell_admins(rq, (struct notice_in){ .kind = NOTICE_ADMIN_NEW_PERSON,
                                                      .fields = fields,
                                                      .fields_n = ARRAY_LEN(fields) });
}

err_t people_register(struct request *rq, const struct person_body *in,
                      struct row_user_account *ret)
{
    const struct person who = { in->username, in->email, in->display_name };
    struct row_user_account user;
    TRY(registration_make(&rq->act, &who, &user));
    TRY(user_password_set(&rq->act, user.id, in->hash, (oid_t){ 0 }));
    event_of(rq, &user);
    TRY(tell_of_registration(rq, &user));
    *ret = user;
    return E_OK;
}
