/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in by a passkey, alone or as the second step: WebAuthn has no form, so this page has a
 * script (assets/passkey.js). The pages that lead here have none. */
#include "api/handlers_factor.h"

#include "api/assets.h"
#include "api/page_html.h"
#include "api/redirect.h"
#include "api/services.h"
#include "api/shapes_signin.h"

enum { HREF_MAX = 8 * 1024 };

/* On a line of its own, with where one was going. */
static err_t add_way(struct html *h, const char *path, str_t next, enum phrase label)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, HREF_MAX);
    buf_add(&b, str_from_cz(path));
    if (next.n > 0)
        url_add_param(&b, STR("next"), next);
    TRY(b.err);
    html_way(h, buf_str(&b), label);
    return E_OK;
}

err_t passkey_way(struct request *rq, struct html *h, str_t next)
{
    if (!passkey_works(services_settings(rq->services)->issuer))
        return E_OK;
    return add_way(h, "/login/passkey", next, PHRASE_PASSKEY_WAY);
}

/* Shown by the script when it is so. */
static void add_hidden_note(struct html *h, const char *id, enum phrase what)
{
    HTML(h, "<div data-says hidden");
    html_attr(h, "id", str_from_cz(id));
    HTML(h, ">\n");
    html_note(h, NOTE_BAD, what);
    HTML(h, "</div>\n");
}

static void add_button(struct html *h, str_t next)
{
    HTML(h, "<p class=\"row\"><button type=\"button\" class=\"main\" id=\"passkey\" hidden");
    html_attr(h, "data-next", next);
    HTML(h, ">");
    html_say(h, PHRASE_PASSKEY_GO);
    HTML(h, "</button></p>\n");
}

err_t passkey_page(struct request *rq)
{
    const struct login_query *q = rq->query;
    str_t next = own_path_or_root(q->next);
    struct html *h = NULL;
    if (oid_is_set(rq->session_id) && !rq->half && q->again.p == NULL)
        return reply_redirect(rq, 303, next);
    TRY(page_begin(rq, PHRASE_PASSKEY_TITLE, &h));
    html_para(h, PHRASE_PASSKEY_WHAT);
    add_hidden_note(h, "refused", PHRASE_PASSKEY_REFUSED);
    add_hidden_note(h, "cannot", PHRASE_PASSKEY_CANNOT);
    add_hidden_note(h, "busy", PHRASE_REFUSED_BUSY);
    HTML(h, "<noscript>\n");
    html_note(h, NOTE_BAD, PHRASE_PASSKEY_NO_SCRIPT);
    HTML(h, "</noscript>\n");
    add_button(h, next);
    TRY(add_way(h, rq->half ? "/login/factor" : "/login", next, PHRASE_PASSKEY_INSTEAD));
    page_script(h, ASSET_PASSKEY);
    return reply_page(rq, 200, h);
}
