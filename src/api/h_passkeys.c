/* SPDX-License-Identifier: Apache-2.0 */
/* Passkeys: made by somebody who is signed in, and proven by somebody who wants to be. */
#include "api/handlers_factor.h"

#include "api/csrf.h"
#include "api/services.h"
#include "api/signin_parts.h"
#include "base/enc.h"
#include "domain/identity/user.h"
#include "domain/signin/factor.h"

#define TYPE_KEY STR("public-key")
enum { BOUND_TEXT = OID_TEXT };

static struct passkey_server server_of(const struct request *rq)
{
    return passkey_server_of(services_settings(rq->services)->issuer);
}

/* What a challenge is bound to: the session that asked for it, if there is one. */
static str_t bound_of(const struct request *rq, char text[static BOUND_TEXT])
{
    if (!oid_is_set(rq->session_id))
        return STR_NONE;
    oid_format(rq->session_id, text);
    return str_of(text, BOUND_TEXT);
}

static err_t known_view(struct request *rq, oid_t user, struct rows *ret)
{
    struct row_passkey *rows = NULL;
    size_t n = 0;
    TRY(passkey_list(&rq->act, user, &rows, &n));
    struct webauthn_known *out = ARENA_ARRAY(rq->act.arena, struct webauthn_known, n + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        out[i].type = TYPE_KEY;
        TRY(base64url_make(rq->act.arena, rows[i].credential.p, rows[i].credential.n, &out[i].id));
    }
    *ret = (struct rows){ out, n };
    return E_OK;
}

static err_t user_view(struct request *rq, oid_t id, struct obj *ret)
{
    struct webauthn_user *out = ARENA_NEW(rq->act.arena, struct webauthn_user);
    struct row_user_account user;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(user_get(&rq->act, id, &user));
    TRY(base64url_make(rq->act.arena, id.b, sizeof id.b, &out->id));
    out->name = user.username;
    out->display_name = user.display_name.p != NULL ? user.display_name : user.username;
    *ret = (struct obj){ out };
    return E_OK;
}

err_t passkey_make_options(struct request *rq)
{
    static const struct webauthn_param params[] = { { { "public-key", 10 }, PASSKEY_ES256 },
                                                    { { "public-key", 10 }, PASSKEY_EDDSA },
                                                    { { "public-key", 10 }, PASSKEY_RS256 } };
    static const struct webauthn_selection selection = { { "preferred", 9 }, { "preferred", 9 } };
    struct passkey_make_out *out = ARENA_NEW(rq->act.arena, struct passkey_make_out);
    struct webauthn_rp *rp = ARENA_NEW(rq->act.arena, struct webauthn_rp);
    char bound[BOUND_TEXT];
    struct row_session session;
    if (out == NULL || rp == NULL)
        return E_NO_MEMORY;
    TRY(factor_guard(rq, &session));
    *rp = (struct webauthn_rp){ server_of(rq).rp_id, STR("Seneschal") };
    *out = (struct passkey_make_out){ .rp = { rp },
                                      .params = { params, ARRAY_LEN(params) },
                                      .selection = { &selection },
                                      .attestation = STR("none"),
                                      .timeout = PASSKEY_CHALLENGE_LIFE.us / 1000 };
    TRY(passkey_challenge(&rq->act, PASSKEY_MAKE, bound_of(rq, bound), &out->challenge));
    TRY(user_view(rq, session.user_id, &out->user));
    TRY(known_view(rq, session.user_id, &out->exclude));
    return reply_obj(rq, 200, &passkey_make_out_shape, out);
}

static struct passkey_answer answer_of(const struct webauthn_credential *c)
{
    const struct webauthn_response *r = c->response.v;
    return (struct passkey_answer){ .credential = c->id,
                                    .client_data = r->client_data,
                                    .authenticator_data = r->authenticator_data,
                                    .signature = r->signature };
}

err_t passkey_create(struct request *rq)
{
    const struct passkey_body *body = rq->in;
    const struct passkey_answer answer = answer_of(body->credential.v);
    const struct passkey_server server = server_of(rq);
    struct factor_out *out = ARENA_NEW(rq->act.arena, struct factor_out);
    char bound[BOUND_TEXT];
    struct row_session session;
    struct row_passkey row;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(factor_guard(rq, &session));
    const struct passkey_in in = { .user = session.user_id,
                                   .name = body->name,
                                   .bound = bound_of(rq, bound),
                                   .server = &server,
                                   .answer = &answer };
    TRY(passkey_add(&rq->act, &in, &row));
    TRY(factor_was_first(&rq->act, &session));
    TRY(factor_details(rq, "passkey", row.name));
    *out = (struct factor_out){
        .id = row.id, .name = row.name, .confirmed = true, .created_at = row.created_at
    };
    return reply_obj(rq, 201, &factor_out_shape, out);
}

err_t passkey_remove(struct request *rq)
{
    return factor_remove(rq, "passkey", passkey_delete);
}

err_t passkey_ask_options(struct request *rq)
{
    struct passkey_ask_out *out = ARENA_NEW(rq->act.arena, struct passkey_ask_out);
    char bound[BOUND_TEXT];
    bool second = oid_is_set(rq->session_id); /* the password was the first */
    if (out == NULL)
        return E_NO_MEMORY;
    out->rp_id = server_of(rq).rp_id;
    out->user_verification = second ? STR("preferred") : STR("required");
    out->timeout = PASSKEY_CHALLENGE_LIFE.us / 1000;
    TRY(passkey_challenge(&rq->act, PASSKEY_SIGN_IN, bound_of(rq, bound), &out->challenge));
    if (second)
        TRY(known_view(rq, rq->act.actor.id, &out->allow));
    if (rq->by_cookie) /* a session that is half has no other place to learn it */
        TRY(csrf_token(rq, &out->csrf));
    return reply_obj(rq, 200, &passkey_ask_out_shape, out);
}

/* The session that asked is stepped up, by its own person's passkey only. */
static err_t step_up(struct request *rq, const struct row_passkey *key, struct row_session *ret,
                     struct token_text *cookie)
{
    if (!oid_eq(key->user_id, rq->act.actor.id))
        return FAIL(&rq->act.why, E_UNAUTHENTICATED,
                    "the passkey is somebody else's: choose one of yours");
    return session_step(&rq->act, rq->session_id, AMR_HWK, ret, cookie);
}

/* A new session: the passkey names its person, and his organisation with him. */
static err_t open_by(struct request *rq, const struct row_user_account *user,
                     struct row_session *ret)
{
    const struct browser_in in = { .user = user->id, .username = user->username, .amr = AMR_HWK };
    return browser_signs_in(rq, &in, ret);
}

err_t passkey_sign_in(struct request *rq)
{
    const struct passkey_answer answer = answer_of(rq->in);
    const struct passkey_server server = server_of(rq);
    struct passkey_signed_in_out *out = ARENA_NEW(rq->act.arena, struct passkey_signed_in_out);
    char bound[BOUND_TEXT];
    bool second = oid_is_set(rq->session_id);
    const struct passkey_ask ask = {
        .bound = bound_of(rq, bound), .verify = !second, .server = &server, .answer = &answer
    };
    struct token_text cookie = { 0 };
    struct row_session session;
    struct row_passkey key;
    struct row_user_account user;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(passkey_prove(&rq->act, &ask, &key));
    rq->act.org = key.org;
    rq->event.org = key.org;
    TRY(user_get(&rq->act, key.user_id, &user));
    request_target(rq, "user", user.id, user.username);
    if (second) {
        TRY(step_up(rq, &key, &session, &cookie));
        TRY(factor_cookie(rq, &session, &cookie));
    } else {
        TRY(open_by(rq, &user, &session));
    }
    *out = (struct passkey_signed_in_out){ user.id, user.username };
    return reply_obj(rq, 200, &passkey_signed_in_shape, out);
}
