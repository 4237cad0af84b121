/* SPDX-License-Identifier: Apache-2.0 */
/* A person's own second factors, and an administrator who lets somebody begin anew. */
#include "api/handlers_factor.h"

#include "api/cookie.h"
#include "api/services.h"
#include "domain/access/application.h"
#include "domain/identity/user.h"
#include "domain/signin/factor.h"
#include "domain/signin/recovery_code.h"
#include "domain/signin/totp.h"
#include "plat/crypto/qr.h"
#include "plat/json/out.h"

enum { QR_SVG_MAX = 256 * 1024, DETAILS_MAX = 1024 };
#define STEP_UP_GOOD DUR_S(900) /* how long a proof of the second factor lets him change them */

err_t credential_guard(struct request *rq)
{
    struct row_application app;
    if (!oid_is_set(rq->act.actor.client))
        return E_OK;
    TRY(application_by_id(&rq->act, rq->act.actor.client, &app));
    if (app.origin == APP_BUILT_IN)
        return E_OK;
    return FAIL(&rq->act.why, E_FORBIDDEN,
                "an application gives nobody another way to sign in: do it in the portal");
}

err_t factor_guard(struct request *rq, struct row_session *ret)
{
    struct row_session row;
    bool may = false;
    if (rq->act.actor.kind != ACTOR_USER || !oid_is_set(rq->session_id))
        return FAIL(&rq->act.why, E_FORBIDDEN, "only a person who is signed in has factors");
    TRY(credential_guard(rq));
    TRY(session_get_live(&rq->act, rq->session_id, &row));
    TRY(factors_may_change(&rq->act, &row, STEP_UP_GOOD, &may));
    if (!may)
        return FAIL(&rq->act.why, E_STEP_UP,
                    "prove your second factor again: /login/factor, or POST /auth/passkey");
    *ret = row;
    return E_OK;
}

err_t factor_details(struct request *rq, const char *kind, str_t name)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t text = STR_NONE;
    buf_init(&b, DETAILS_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "kind", str, str_from_cz(kind));
    JSON_OUT(&o, "name", str, name);
    json_out_close(&o, '}');
    TRY(b.err);
    TRY(str_copy(rq->act.arena, buf_str(&b), &text));
    request_target(rq, "user", rq->act.actor.id, str_from_cz(rq->act.actor.name));
    request_details(rq, text);
    return E_OK;
}

err_t factor_cookie(struct request *rq, const struct row_session *row, struct token_text *cookie)
{
    if (cookie->n == 0) /* a session of the API has none */
        return E_OK;
    err_t e = reply_cookie(rq, COOKIE_SESSION, str_of(cookie->p, cookie->n),
                           ts_diff(row->expires_at, rq->act.now));
    explicit_bzero(cookie, sizeof *cookie);
    return e;
}

static err_t apps_view(struct request *rq, oid_t user, struct rows *ret)
{
    struct row_totp *rows = NULL;
    size_t n = 0;
    TRY(totp_list(&rq->act, user, &rows, &n));
    struct factor_out *out = ARENA_ARRAY(rq->act.arena, struct factor_out, n + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        out[i] = (struct factor_out){ .id = rows[i].id,
                                      .name = rows[i].name,
                                      .confirmed = ts_is_set(rows[i].confirmed_at),
                                      .created_at = rows[i].created_at,
                                      .used_at = rows[i].used_at };
    *ret = (struct rows){ out, n };
    return E_OK;
}

static err_t passkeys_view(struct request *rq, oid_t user, struct rows *ret)
{
    struct row_passkey *rows = NULL;
    size_t n = 0;
    TRY(passkey_list(&rq->act, user, &rows, &n));
    struct factor_out *out = ARENA_ARRAY(rq->act.arena, struct factor_out, n + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        out[i] = (struct factor_out){ .id = rows[i].id,
                                      .name = rows[i].name,
                                      .confirmed = true,
                                      .created_at = rows[i].created_at,
                                      .used_at = rows[i].used_at };
    *ret = (struct rows){ out, n };
    return E_OK;
}

err_t factors_list(struct request *rq)
{
    struct factors_out *out = ARENA_NEW(rq->act.arena, struct factors_out);
    oid_t user = rq->act.actor.id;
    struct factors has;
    if (out == NULL)
        return E_NO_MEMORY;
    if (rq->act.actor.kind != ACTOR_USER)
        return FAIL(&rq->act.why, E_FORBIDDEN, "only a person has factors");
    TRY(factors_of(&rq->act, user, &has));
    TRY(apps_view(rq, user, &out->totp));
    TRY(passkeys_view(rq, user, &out->passkeys));
    out->recovery_codes_left = has.codes;
    return reply_obj(rq, 200, &factors_out_shape, out);
}

static err_t picture(struct request *rq, str_t uri, str_t *ret)
{
    CLEANUP(buf_fini) struct buf svg = { 0 };
    struct qr qr = { 0 };
    buf_init(&svg, QR_SVG_MAX);
    svg.secret = true;
    TRY(qr_make(rq->act.arena, uri, &qr));
    qr_put_svg(&svg, &qr, STR("QR code"));
    TRY(svg.err);
    return str_copy(rq->act.arena, buf_str(&svg), ret);
}

err_t factor_totp_make(struct request *rq, str_t name, struct totp_out *ret)
{
    const struct passkey_server server = passkey_server_of(services_settings(rq->services)->issuer);
    const struct totp_in in = { .user = rq->act.actor.id,
                                .name = name,
                                .issuer = server.rp_id,
                                .account = str_from_cz(rq->act.actor.name) };
    struct totp_new made;
    TRY(totp_add(&rq->act, &in, &made));
    TRY(factor_details(rq, "totp", name));
    *ret = (struct totp_out){
        .id = made.row.id, .name = name, .secret = made.secret, .uri = made.uri
    };
    return picture(rq, made.uri, &ret->qr);
}

err_t totp_create(struct request *rq)
{
    const struct totp_body *in = rq->in;
    struct totp_out *out = ARENA_NEW(rq->act.arena, struct totp_out);
    struct row_session session;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(factor_guard(rq, &session));
    TRY(factor_totp_make(rq, in->name.p != NULL ? in->name : STR("Authenticator"), out));
    return reply_obj(rq, 201, &totp_out_shape, out);
}

err_t totp_confirm_post(struct request *rq)
{
    const struct code_body *in = rq->in;
    struct row_session session;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(factor_guard(rq, &session));
    TRY(totp_confirm(&rq->act, session.user_id, id, in->code));
    TRY(factor_was_first(&rq->act, &session));
    TRY(factor_details(rq, "totp", STR_NONE));
    return reply_empty(rq, 204);
}

err_t factor_remove(struct request *rq, const char *kind, factor_delete_f *remove)
{
    struct row_session session;
    str_t name = STR_NONE;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(factor_guard(rq, &session));
    TRY(remove(&rq->act, session.user_id, id, &name));
    TRY(factor_details(rq, kind, name));
    return reply_empty(rq, 204);
}

err_t totp_remove(struct request *rq)
{
    return factor_remove(rq, "totp", totp_delete);
}

err_t recovery_codes_create(struct request *rq)
{
    struct recovery_codes_out *out = ARENA_NEW(rq->act.arena, struct recovery_codes_out);
    struct row_session session;
    str_t *codes = NULL;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(factor_guard(rq, &session));
    TRY(recovery_codes_make(&rq->act, session.user_id, &codes));
    TRY(factor_details(rq, "recovery-codes", STR_NONE));
    out->codes = (struct strs){ codes, RECOVERY_CODES };
    return reply_obj(rq, 201, &recovery_codes_out_shape, out);
}

err_t factors_reset_user(struct request *rq)
{
    struct row_user_account user;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(user_get(&rq->act, id, &user));
    request_target(rq, "user", user.id, user.username);
    TRY(user_get_to_change(&rq->act, id, &user));
    TRY(factors_reset(&rq->act, user.id));
    TRY(session_end_all(&rq->act, user.id, (oid_t){ 0 }, STR("factors-reset")));
    return reply_empty(rq, 204);
}
