/* SPDX-License-Identifier: Apache-2.0 */
#include "api/page_html.h"

#include "api/assets.h"
#include "api/cookie.h"
#include "api/csrf.h"
#include "api/redirect.h"
#include "api/reply.h"
#include "api/services.h"

#include <assert.h>

/* The other language of this page: its own path with another `lang`. */
static void add_language_link(struct html *h, str_t target)
{
    enum lang other = h->lang == LANG_FR ? LANG_EN : LANG_FR;
    str_t path = str_sub(target, 0, str_find(target, '?'));
    str_t query = str_sub(target, path.n + 1, target.n);
    str_t pair;
    if (!own_path(target))
        return;
    HTML(h, "<a class=\"lang\"");
    html_attr(h, "lang", str_from_cz(lang_name(other)));
    HTML(h, " href=\"");
    html_text(h, path);
    HTML(h, "?");
    while (query.n > 0 && str_split(&query, '&', &pair)) {
        if (pair.n == 0 || str_starts(pair, STR("lang=")))
            continue;
        html_text(h, pair);
        HTML(h, "&amp;");
    }
    HTML(h, "lang=");
    html_text(h, str_from_cz(lang_name(other)));
    HTML(h, "\">");
    html_say(h, PHRASE_OTHER_LANGUAGE);
    HTML(h, "</a>");
}

void page_open_tag(struct html *h, const struct page_frame *frame)
{
    HTML(h, "<!doctype html>\n<html");
    html_attr(h, "lang", str_from_cz(lang_name(h->lang)));
    HTML(h, ">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    html_say(h, frame->title);
    HTML(h, " · ");
    html_say(h, PHRASE_PRODUCT);
    HTML(h, "</title>\n<link rel=\"stylesheet\" href=\"");
    assets_add_url(&h->b, ASSET_STYLE);
    HTML(h, "\">\n<link rel=\"icon\" type=\"image/svg+xml\" href=\"");
    assets_add_url(&h->b, ASSET_ICON);
    HTML(h, "\">\n</head>\n<body>\n<a class=\"skip\" href=\"#content\">");
    html_say(h, PHRASE_SKIP_TO_CONTENT);
    HTML(h,
         "</a>\n<header><a class=\"brand\" href=\"/\">"
         "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"M12 2 4 5v6c0 5 3.4 9.3 8 11 "
         "4.6-1.7 8-6 8-11V5zm0 6a2.5 2.5 0 0 1 1 4.8V17h-2v-4.2A2.5 2.5 0 0 1 12 8z\"/></svg>");
    html_say(h, PHRASE_PRODUCT);
    HTML(h, "</a>");
    add_language_link(h, frame->path);
    HTML(h, "</header>\n<main id=\"content\">\n<h1>");
    html_say(h, frame->title);
    HTML(h, "</h1>\n");
}

void page_close_tag(struct html *h)
{
    HTML(h, "</main>\n</body>\n</html>\n");
}

err_t page_begin(struct request *rq, enum phrase title, struct html **ret)
{
    bool shown = rq->xchg->method == HTTP_GET || rq->xchg->method == HTTP_HEAD;
    if (rq->html == NULL) {
        rq->html = ARENA_NEW(rq->act.arena, struct html);
        if (rq->html == NULL)
            return E_NO_MEMORY;
        buf_init(&rq->html->b, HTML_MAX);
        rq->html->b.secret = rq->route->secret;
    }
    struct html *h = rq->html;
    buf_clear(&h->b);
    h->leads_out = false;
    h->script = false;
    h->lang = lang_of(rq->xchg);
    TRY(csrf_token(rq, &h->csrf));
    page_open_tag(h, &(struct page_frame){ title, shown ? rq->xchg->target : STR_NONE });
    *ret = h;
    return E_OK;
}

void page_script(struct html *h, enum asset_id file)
{
    HTML(h, "<script type=\"module\" src=\"");
    assets_add_url(&h->b, file);
    HTML(h, "\"></script>\n");
    h->script = true;
}

err_t page_keep_language(struct request *rq)
{
    enum lang chosen = lang_chosen(rq->xchg->query);
    if (chosen == LANG_NONE)
        return E_OK;
    return reply_cookie(rq, COOKIE_LANG, str_from_cz(lang_name(chosen)), DUR_DAYS(365));
}

err_t reply_page(struct request *rq, int status, struct html *h)
{
    assert(h == rq->html);
    page_close_tag(h);
    TRY(h->b.err);
    TRY(page_keep_language(rq));
    return reply_raw(rq, status, "text/html; charset=utf-8", buf_str(&h->b));
}

static enum phrase phrase_of(err_t e)
{
    int status = err_info(problem_public(e))->status;
    if (e == E_FORGED)
        return PHRASE_REFUSED_FORGED;
    switch (status) {
    case 401:
        return PHRASE_REFUSED_SIGNED_OUT;
    case 403:
        return PHRASE_REFUSED_FORBIDDEN;
    case 404:
        return PHRASE_REFUSED_NOT_FOUND;
    case 409:
        return PHRASE_REFUSED_CONFLICT;
    case 429:
        return PHRASE_REFUSED_TOO_OFTEN;
    case 503:
        return PHRASE_REFUSED_BUSY;
    default:
        return status >= 500 ? PHRASE_REFUSED_OURS : PHRASE_REFUSED_INPUT;
    }
}

void page_refusal(struct html *h, err_t e, const struct diag *why, oid_t request_id)
{
    char id[OID_TEXT];
    bool explained = problem_public(e) == e && why->err == e && why->text[0] != '\0';
    oid_format(request_id, id);
    page_open_tag(h, &(struct page_frame){ PHRASE_REFUSED_TITLE, STR_NONE });
    html_note(h, NOTE_BAD, phrase_of(e));
    if (explained) {
        HTML(h, "<p class=\"detail\">");
        if (why->field[0] != '\0') {
            html_text(h, str_from_cz(why->field));
            HTML(h, ": ");
        }
        html_text(h, str_from_cz(diag_said(why)));
        HTML(h, "</p>\n");
    }
    html_facts(h);
    html_fact(h, PHRASE_REFUSED_REQUEST_ID, str_of(id, sizeof id));
    html_facts_end(h);
    if (phrase_of(e) == PHRASE_REFUSED_NOT_FOUND || phrase_of(e) == PHRASE_REFUSED_CONFLICT)
        html_link(h, STR("/"), PHRASE_GO_HOME);
    page_close_tag(h);
}

/* Scripts are files of ours, and no text becomes markup (Trusted Types); a page without one has no
 * connections either. Fonts are the console's. */
static void add_policy(struct buf *head, const struct page_head *is)
{
    bool script = is->script || is->console;
    BUF_ADD(head, "Content-Security-Policy: default-src 'none'; ");
    if (script)
        BUF_ADD(head, "script-src 'self'; ");
    BUF_ADD(head, "style-src 'self'; img-src 'self'; ");
    if (script)
        BUF_ADD(head, "connect-src 'self'; ");
    if (is->console)
        BUF_ADD(head, "font-src 'self'; ");
    BUF_ADD(head, "base-uri 'none'; ");
    if (!is->leads_out)
        BUF_ADD(head, "form-action 'self'; ");
    BUF_ADD(head, "frame-ancestors 'none'");
    if (script)
        BUF_ADD(head, "; require-trusted-types-for 'script'; trusted-types 'none'");
    BUF_ADD(head, "\r\n");
}

void page_head(struct buf *head, const struct page_head *is)
{
    char id[OID_TEXT];
    oid_format(is->id, id);
    if (is->type.n > 0) {
        BUF_ADD(head, "Content-Type: ");
        buf_add(head, is->type);
        BUF_ADD(head, "\r\n");
    }
    add_policy(head, is);
    BUF_ADD(head, "X-Content-Type-Options: nosniff\r\n"
                  "X-Frame-Options: DENY\r\n"
                  "Referrer-Policy: no-referrer\r\n"
                  "Permissions-Policy: accelerometer=(), camera=(), display-capture=(), "
                  "geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), "
                  "payment=(), usb=()\r\n"
                  "Cross-Origin-Opener-Policy: same-origin\r\n"
                  "Cross-Origin-Resource-Policy: same-origin\r\n"
                  "Cache-Control: ");
    buf_add(head, is->cache.p != NULL ? is->cache : STR("no-store"));
    BUF_ADD(head, "\r\n");
    if (is->https)
        BUF_ADD(head, "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n");
    BUF_ADD(head, "Seneschal-Request-Id: ");
    buf_add(head, str_of(id, sizeof id));
    BUF_ADD(head, "\r\n");
}
