/* SPDX-License-Identifier: Apache-2.0 */
/* What stands around every page for people, and the page that a refusal becomes. */
#ifndef API_PAGE_HTML_H
#define API_PAGE_HTML_H

#include "api/assets.h"
#include "api/html.h"
#include "api/request.h"

/* A new page with its head and title; the one of this request, from the start where its handler
 * runs again. Its memory goes with the request. */
err_t page_begin(struct request *rq, enum phrase title, struct html **ret) MUST_USE;
/* The page runs this file, once it stands; its policy lets it, and lets it ask this server. */
void page_script(struct html *h, enum asset_id file);
/* Close the page and answer with it. */
err_t reply_page(struct request *rq, int status, struct html *h) MUST_USE;

/* For answers that have no request: the same around `h`, whose buffer is the caller's. */
struct page_frame {
    enum phrase title;
    str_t path; /* the page's own path with its query: for the link to the other language; absent:
                   none */
};
void page_open_tag(struct html *h, const struct page_frame *frame);
void page_close_tag(struct html *h);

/* The whole page of a refusal, as it is shown to people. */
void page_refusal(struct html *h, err_t e, const struct diag *why, oid_t request_id);

/* The language that `?lang=` chose is remembered in a cookie. */
err_t page_keep_language(struct request *rq) MUST_USE;

/* The header lines of a page, and of every answer of its row. */
struct page_head {
    str_t type;     /* Content-Type; "": none */
    oid_t id;       /* of the request */
    bool leads_out; /* as html.h has it */
    bool https;
    bool script;  /* it runs scripts of ours */
    bool console; /* the console's index: scripts, and fonts */
    str_t cache;  /* Cache-Control; absent: no-store */
};
void page_head(struct buf *head, const struct page_head *is);

#endif
