/* SPDX-License-Identifier: Apache-2.0 */
#include "api/refuse.h"

#include "api/accept.h"
#include "api/messages.h"
#include "api/oauth_reply.h"
#include "api/page_html.h"
#include "api/redirect.h"
#include "api/reply.h"
#include "api/services.h"
#include "plat/jose/jws.h"

/* What no row has is a page too, to a browser that went there; but for the API's part, which always
 * answers as RFC 9457 says. */
static bool shows_page(const struct refusing *r)
{
    if (r->route != NULL)
        return r->route->page;
    return r->e == E_NOT_FOUND && !str_starts(r->x->path, STR("/api/")) && accept_page(r->x);
}

void answer_head_begin(const struct refusing *r, struct buf *head, str_t content_type,
                       const struct html *html)
{
    const struct route *route = r->route;
    bool oauth = route != NULL && route->oauth;
    if (shows_page(r)) {
        page_head(head, &(struct page_head){ .type = content_type,
                                             .id = r->id,
                                             .leads_out = html != NULL && html->leads_out,
                                             .script = html != NULL && html->script,
                                             .https = services_settings(r->services)->https });
        return;
    }
    reply_head_common(head, content_type, r->id, route != NULL && route->no_store && !oauth);
    if (oauth)
        oauth_head(head);
}

/* At the door nobody asks for the language of a request before it is refused. */
static struct diag why_in_language(const struct refusing *r)
{
    struct diag why = r->why != NULL ? *r->why : (struct diag){ 0 };
    if (why.messages != NULL)
        return why;
    why.messages = messages_for(r->x, r->route);
    diag_say(&why, "%s", message_in(why.messages, why.text));
    return why;
}

/* Who is signed out is sent to sign in, and comes back. */
static int page_encode(const struct refusing *r, struct buf *head, struct buf *body)
{
    if (r->e == E_UNAUTHENTICATED && r->route->auth == AUTH_SESSION) {
        CLEANUP(buf_fini) struct buf url = { 0 };
        buf_init(&url, 4 * (size_t)HTTP_LINE_MAX); /* encoded: three bytes for one */
        login_url(&url, r->x);
        answer_head_begin(r, head, STR_NONE, NULL);
        BUF_ADD(head, "Location: ");
        buf_add(head, url.err == E_OK ? buf_str(&url) : STR("/login"));
        BUF_ADD(head, "\r\n");
        return 303;
    }
    struct html h = { .lang = lang_of(r->x) };
    buf_init(&h.b, HTML_MAX);
    const struct diag why = why_in_language(r);
    page_refusal(&h, r->e, &why, r->id);
    answer_head_begin(r, head, STR("text/html; charset=utf-8"), &h);
    buf_add(body, buf_str(&h.b));
    buf_fini(&h.b);
    return err_info(problem_public(r->e))->status;
}

static int oauth_encode(const struct refusing *r, struct buf *head, struct buf *body)
{
    int status = oauth_refusal(body, r->e, r->oauth, r->why);
    answer_head_begin(r, head, STR("application/json"), NULL);
    if (status == 401) /* RFC 6749 section 5.2; RFC 7617 */
        BUF_ADD(head, "WWW-Authenticate: Basic realm=\"seneschal\", charset=\"UTF-8\"\r\n");
    return status;
}

/* Nothing in it that a quoted text could end by. */
static bool path_is_plain(str_t path)
{
    for (size_t i = 0; i < path.n; i++) {
        char c = path.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && strchr("/-_.", c) == NULL)
            return false;
    }
    return true;
}

/* RFC 9728 section 5.1: where to learn how to get a token; RFC 6750 section 3.1. */
static void put_mcp_challenge(const struct refusing *r, struct buf *head, err_t shown)
{
    str_t issuer = services_settings(r->services)->issuer;
    str_t path = path_is_plain(r->x->path) ? r->x->path : STR("/mcp");
    bool sent = http_field(r->x, STR("Authorization")).p != NULL;
    const char *error = shown == E_SCOPE ? "error=\"insufficient_scope\", "
                        : sent           ? "error=\"invalid_token\", "
                                         : "";
    buf_addf(head,
             "WWW-Authenticate: Bearer %sscope=\"mcp\", "
             "resource_metadata=\"%.*s/.well-known/oauth-protected-resource%.*s\"\r\n",
             error, STR_ARG(issuer), STR_ARG(path));
}

static int problem_answer(const struct refusing *r, struct buf *head, struct buf *body)
{
    err_t shown = problem_public(r->e);
    if (r->act != NULL) {
        problem_encode_act(body, r->e, r->act, r->id);
    } else {
        const struct diag why = why_in_language(r);
        problem_encode(body, r->e, &why, r->id);
    }
    answer_head_begin(r, head, STR("application/problem+json"), NULL);
    BUF_ADD(head, "Vary: Accept-Language\r\n"); /* a 404 may be cached (RFC 9110 section 15.1) */
    if (r->route != NULL && r->route->gateway && (shown == E_UNAUTHENTICATED || shown == E_SCOPE))
        put_mcp_challenge(r, head, shown);
    else if (shown == E_UNAUTHENTICATED && r->route != NULL && r->route->forward)
        BUF_ADD(head, "WWW-Authenticate: Basic realm=\"Seneschal\", charset=\"UTF-8\"\r\n");
    else if (shown == E_UNAUTHENTICATED)
        BUF_ADD(head, "WWW-Authenticate: Bearer\r\n");
    if (shown == E_UNBOUND || shown == E_UNBOUND_NONCE) /* RFC 9449 section 7.1 */
        buf_addf(head, "WWW-Authenticate: DPoP error=\"%s\", algs=\"" JWS_ALGS "\"\r\n",
                 err_info(shown)->oauth);
    return err_info(shown)->status;
}

int refusal_encode(const struct refusing *r, struct buf *head, struct buf *body)
{
    buf_clear(head);
    buf_clear(body);
    if (shows_page(r))
        return page_encode(r, head, body);
    if (r->route != NULL && r->route->oauth)
        return oauth_encode(r, head, body);
    return problem_answer(r, head, body);
}
