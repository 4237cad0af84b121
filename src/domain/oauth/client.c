/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/client.h"

#include "domain/oauth/refresh.h"

static err_t refused(struct act *act)
{
    return FAIL(&act->why, E_INVALID_CLIENT,
                "client_id or its proof is wrong: compare both with the application's page");
}

/* A client that is not there costs as much time as one that is: the hash is made, and compared with
 * zeros. */
static bool secret_fits(str_t hash, str_t secret)
{
    static const uint8_t nothing[SHA256_SIZE];
    digest_t given = sha256_of(secret);
    bool there = hash.n == sizeof given.b;
    bool same = bytes_eq_ct(given.b, there ? (const void *)hash.p : nothing, sizeof given.b);
    return there && same;
}

static err_t client_id_of(struct act *act, const struct client_proof *p, str_t *ret)
{
    bool twice = p->basic_id.p != NULL && p->post_secret.p != NULL;
    bool differ = p->basic_id.p != NULL && p->post_id.p != NULL && !str_eq(p->basic_id, p->post_id);
    if (twice || differ)
        return FAIL(&act->why, E_INVALID_REQUEST,
                    "the client says who it is in two ways (RFC 6749 section 2.3): send one");
    *ret = p->basic_id.p != NULL ? p->basic_id : p->post_id;
    return E_OK;
}

/* The row is there; does what came with it prove that it asks itself? */
static bool proves(const struct row_application *app, str_t secret)
{
    switch ((enum client_auth)app->auth_method.v) {
    case CLIENT_AUTH_NONE:
        return secret.p == NULL;
    case CLIENT_AUTH_SECRET:
        return secret_fits(app->secret_hash, secret);
    case CLIENT_AUTH_KEY:
        return false; /* only a signed assertion does */
    }
    return false;
}

err_t client_authenticate(struct act *act, const struct client_proof *proof,
                          struct row_application *ret)
{
    struct row_application app;
    str_t id = STR_NONE;
    TRY(client_id_of(act, proof, &id));
    str_t secret = proof->basic_id.p != NULL ? proof->basic_secret : proof->post_secret;
    err_t e = id.p != NULL ? application_by_client(act, id, &app) : E_NOT_FOUND;
    if (e == E_NOT_FOUND) {
        (void)secret_fits(STR_NONE, secret);
        act_clear_why(act);
        return refused(act);
    }
    TRY(e);
    if (!proves(&app, secret) || app.status != APP_ACTIVE || app.kind != APP_OIDC)
        return refused(act);
    act->org = app.org;
    *ret = app;
    return E_OK;
}

err_t client_may(struct act *act, const struct row_application *app, enum app_grant grant)
{
    if ((app->grants & (int64_t)grant) != 0)
        return E_OK;
    return FAIL(&act->why, E_UNAUTHORIZED_CLIENT,
                "this application is not registered for this grant type");
}

struct token_lives client_lives(const struct row_application *app, struct token_lives server)
{
    struct token_lives lives = server;
    if (app->access_life.set)
        lives.access = DUR_S(app->access_life.v);
    if (app->refresh_life.set)
        lives.refresh = DUR_S(app->refresh_life.v);
    return lives;
}

/* A public client sits in a browser tab or on a phone, and loses answers; a server does not. */
dur_t client_grace(const struct row_application *app)
{
    if (app->refresh_grace.set)
        return DUR_S(app->refresh_grace.v);
    return app->client_type.v == CLIENT_PUBLIC ? REFRESH_GRACE_PUBLIC : (dur_t){ 0 };
}
