/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that register themselves (RFC 7591), and look after their row (RFC 7592). */
#include "api/auth_jwt.h"
#include "api/client_document.h"
#include "api/handlers_machine.h"
#include "api/services.h"
#include "api/shapes_machine.h"
#include "domain/access/app_words.h"
#include "domain/oauth/client_register.h"

/* Who registers: with a token that may write applications anybody, without one nobody unless the
 * server says so. */
static err_t may_register(struct request *rq)
{
    const struct actor *actor = &rq->act.actor;
    if (services_settings(rq->services)->clients_open)
        return E_OK;
    if (actor->kind == ACTOR_NONE)
        return FAIL(&rq->act.why, E_UNAUTHENTICATED,
                    "registration is closed: send an administrator's token, or let him make the "
                    "application");
    return request_may(rq, PERM_APPLICATION_WRITE);
}

static const char *method_of(const struct row_application *app)
{
    switch ((enum client_auth)app->auth_method.v) {
    case CLIENT_AUTH_NONE:
        return "none";
    case CLIENT_AUTH_SECRET:
        return "client_secret_basic";
    case CLIENT_AUTH_KEY:
        return "private_key_jwt";
    }
    return "none";
}

static err_t uris_shown(struct request *rq, oid_t id, struct strs *ret)
{
    struct sql_application_uris_row *rows = NULL;
    size_t n = 0;
    TRY(application_uris(&rq->act, id, &rows, &n));
    str_t *uris = ARENA_ARRAY(rq->act.arena, str_t, n + 1);
    if (uris == NULL)
        return E_NO_MEMORY;
    ret->n = 0;
    for (size_t i = 0; i < n; i++) {
        if (rows[i].kind == APP_URI_REDIRECT)
            uris[ret->n++] = rows[i].uri;
    }
    ret->v = uris;
    return E_OK;
}

static err_t text_take(struct request *rq, struct token_text *text, str_t *ret)
{
    err_t e = text->n == 0 ? E_OK : str_copy(rq->act.arena, str_of(text->p, text->n), ret);
    explicit_bzero(text, sizeof *text);
    return e;
}

static err_t client_reply(struct request *rq, int status, struct registered_client *made)
{
    static const str_t code[] = { { "code", 4 } };
    const struct row_application *app = &made->app;
    struct client_out *out = ARENA_NEW(rq->act.arena, struct client_out);
    str_t secret = STR_NONE;
    str_t token = STR_NONE;
    err_t e = text_take(rq, &made->secret, &secret);
    if (e == E_OK)
        e = text_take(rq, &made->token, &token);
    explicit_bzero(&made->token, sizeof made->token);
    TRY(e);
    if (out == NULL)
        return E_NO_MEMORY;
    *out = (struct client_out){ .client_id = app->client_id,
                                .client_secret = secret,
                                .client_id_issued_at = app->created_at.us / 1000000,
                                .registration_access_token = token,
                                .client_name = app->name,
                                .token_endpoint_auth_method = str_from_cz(method_of(app)),
                                .response_types = { code, ARRAY_LEN(code) },
                                .scope = app->scopes,
                                .jwks.text = app->jwks,
                                .jwks_uri = app->jwks_uri };
    if (secret.p != NULL)
        out->client_secret_expires_at = (opt_i64_t){ true, 0 }; /* RFC 7591: it does not */
    TRY(str_format(rq->act.arena, &out->registration_client_uri, "%.*s/oauth2/register/%.*s",
                   STR_ARG(services_settings(rq->services)->issuer), STR_ARG(app->client_id)));
    TRY(uris_shown(rq, app->id, &out->redirect_uris));
    TRY(words_of(rq->act.arena, &app_grant_words, app->grants, &out->grant_types.v,
                 &out->grant_types.n));
    rq->event.org = app->org;
    request_target(rq, "application", app->id, app->name);
    return reply_obj(rq, status, &client_out_shape, out);
}

err_t client_register_new(struct request *rq)
{
    const struct settings *s = services_settings(rq->services);
    struct client_metadata m = client_body_metadata(rq->in);
    struct names groups = { s->clients_groups, s->clients_groups_n, s->clients_groups_n > 0 };
    struct registered_client made;
    TRY(may_register(rq));
    TRY(client_register(&rq->act, &m, &groups, &made));
    return client_reply(rq, 201, &made);
}

/* The client of the path, by its own token. */
static err_t client_of_path(struct request *rq, struct row_application *ret)
{
    str_t token = auth_bearer(rq->xchg);
    TRY(client_registration_find(&rq->act, rq->params[0], token, ret));
    rq->event.org = ret->org;
    request_target(rq, "application", ret->id, ret->name);
    return E_OK;
}

err_t client_register_get(struct request *rq)
{
    struct registered_client found = { .secret.n = 0 };
    TRY(client_of_path(rq, &found.app));
    return client_reply(rq, 200, &found);
}

err_t client_register_put(struct request *rq)
{
    struct client_metadata m = client_body_metadata(rq->in);
    struct registered_client made;
    struct row_application app;
    TRY(client_of_path(rq, &app));
    TRY(client_registration_change(&rq->act, &app, &m, &made));
    return client_reply(rq, 200, &made);
}

err_t client_register_delete(struct request *rq)
{
    struct row_application app;
    TRY(client_of_path(rq, &app));
    TRY(application_delete(&rq->act, app.id));
    return reply_empty(rq, 204);
}
