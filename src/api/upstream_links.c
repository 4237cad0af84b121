/* SPDX-License-Identifier: Apache-2.0 */
#include "api/upstream_links.h"

#include "api/redirect.h"
#include "api/signin_parts.h"
#include "domain/identity/account.h"
#include "sql/upstream.h"

enum { HREF_MAX = 8 * 1024 };

static err_t link_one(struct html *h, const struct sql_provider_shown_row *p, str_t next, str_t org)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, HREF_MAX);
    BUF_ADD(&b, "/login/upstream/");
    url_add_encoded(&b, p->name);
    url_add_param(&b, STR("next"), next);
    url_add_param(&b, STR("org"), org);
    TRY(b.err);
    HTML(h, "<a class=\"button plain\"");
    html_attr(h, "href", buf_str(&b));
    HTML(h, ">");
    html_text(h, p->title);
    HTML(h, "</a>\n");
    return E_OK;
}

err_t upstream_links(struct request *rq, struct html *h, str_t next, str_t org)
{
    struct sql_provider_shown_row *rows = NULL;
    oid_t before = rq->act.org;
    size_t n = 0;
    err_t e = signin_org(rq, org);
    if (e == E_NOT_FOUND) { /* whoever asks for a strange one sees none */
        act_clear_why(&rq->act);
        rq->act.org = before;
        return E_OK;
    }
    TRY(e);
    TRY(sql_provider_shown(
        rq->act.db, rq->act.arena,
        &(struct sql_provider_shown){ .org = rq->act.org, .active = ACCOUNT_ACTIVE }, &rows, &n));
    rq->act.org = before;
    if (n == 0)
        return E_OK;
    HTML(h, "<section class=\"others\">\n");
    html_para(h, PHRASE_LOGIN_OTHERS);
    HTML(h, "<div class=\"row\">\n");
    for (size_t i = 0; i < n; i++)
        TRY(link_one(h, &rows[i], next, org));
    HTML(h, "</div>\n</section>\n");
    return E_OK;
}
