/* SPDX-License-Identifier: Apache-2.0 */
#include "api/client_document.h"

#include "api/handlers_identity.h"
#include "api/services.h"
#include "api/shapes_machine.h"

#include <assert.h>

struct client_metadata client_body_metadata(const struct client_body *b)
{
    return (struct client_metadata){ .client_name = b->client_name,
                                     .application_type = b->application_type,
                                     .auth_method = b->token_endpoint_auth_method,
                                     .scope = b->scope,
                                     .jwks = b->jwks.text,
                                     .jwks_uri = b->jwks_uri,
                                     .logo_uri = b->logo_uri,
                                     .client_uri = b->client_uri,
                                     .redirect_uris = names_of(b->redirect_uris),
                                     .grant_types = names_of(b->grant_types),
                                     .response_types = names_of(b->response_types) };
}

static err_t refused(struct request *rq, const char *text)
{
    act_clear_why(&rq->act);
    return FAIL(&rq->act.why, E_INVALID_REQUEST, "client_id: %s", text);
}

err_t client_remote_doc(struct request *rq, str_t url, size_t max, enum remote_doc_how how,
                        str_t *ret)
{
    static const struct remote_doc_rules rules = { .life_s = 300, .again_s = 30 };
    const struct remote_doc_ask ask = {
        .docs = rq->services->remote_docs, .rules = &rules, .how = how, .url = url, .max = max
    };
    return remote_doc_get(rq, &ask, ret);
}

/* Whoever names a document learns whether it will do, and no more of what is there. */
static err_t fetch(struct request *rq, str_t url, str_t *ret)
{
    request_leave_store(rq);
    err_t e = client_remote_doc(rq, url, CLIENT_DOCUMENT_MAX, REMOTE_KNOWN, ret);
    if (e == E_FORBIDDEN || e == E_IO)
        return refused(rq, "there is no document of at most 5 kB that this server may fetch");
    return e;
}

/* Section 4.1 of the draft: nothing in it may be a secret that both sides know. */
static err_t read_text(struct request *rq, str_t url, str_t text, struct client_body **ret)
{
    CLEANUP(json_freep) struct json *json = NULL;
    struct client_body *body = NULL;
    struct diag flaw = { 0 };
    void *decoded = NULL;
    err_t e = json_parse(text, &flaw, &json);
    if (e == E_OK)
        e = shape_decode(rq->act.arena, &client_in_shape, text, &flaw, &decoded);
    if (e == E_NO_MEMORY)
        return e;
    if (e != E_OK)
        return refused(rq, "its document is no metadata of a client");
    body = decoded;
    if (!str_eq(body->client_id, url))
        return refused(rq, "its document is of another client_id");
    if (json_member(json, STR("client_secret")) != NULL ||
        json_member(json, STR("client_secret_expires_at")) != NULL)
        return refused(rq, "its document has a secret in it");
    *ret = body;
    return E_OK;
}

err_t client_document_get(struct request *rq, str_t client_id, const struct client_document **ret)
{
    struct client_body *body = NULL;
    str_t text = STR_NONE;
    *ret = NULL;
    if (!client_id_is_url(client_id))
        return E_OK;
    if (!services_settings(rq->services)->client_documents)
        return refused(rq, "clients by the URL of a document are switched off here");
    const char *flaw = client_document_url_flaw(client_id);
    if (flaw != NULL)
        return refused(rq, flaw);
    struct client_document *doc = ARENA_NEW(rq->act.arena, struct client_document);
    if (doc == NULL)
        return E_NO_MEMORY;
    TRY(fetch(rq, client_id, &text));
    TRY(read_text(rq, client_id, text, &body));
    assert(body != NULL);
    *doc = (struct client_document){ client_id, sha256_of(text), client_body_metadata(body) };
    *ret = doc;
    return E_OK;
}

err_t client_document_take(struct request *rq, const struct client_document *doc)
{
    const struct settings *s = services_settings(rq->services);
    const struct names groups = { s->clients_groups, s->clients_groups_n, s->clients_groups_n > 0 };
    struct row_application app;
    enum client_document_end end = CLIENT_DOCUMENT_SAME;
    if (doc == NULL)
        return E_OK;
    TRY(client_document_keep(&rq->act, doc, &groups, &app, &end));
    if (end == CLIENT_DOCUMENT_SAME)
        return E_OK;
    struct audit_event e = rq->event;
    e.org = app.org;
    e.action = end == CLIENT_DOCUMENT_NEW ? STR("client.registered") : STR("client.changed");
    e.target_kind = STR("application");
    e.target_id = app.id;
    e.target_name = app.name;
    return request_audit_more(rq, &e);
}
