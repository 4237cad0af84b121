/* SPDX-License-Identifier: Apache-2.0 */
#include "api/docs.h"

#include "api/accept.h"
#include "api/docs_table.h"
#include "api/page_html.h"
#include "api/passage.h"
#include "api/phrase.h"
#include "api/services.h"

enum { QUERY_MAX = 100 };

/* clang-format off */
static const struct field docs_query_fields[] = {
    FIELD(struct docs_query, q,    OPT, .max = QUERY_MAX, .text = TEXT_LINE, .doc = "words to look for in the guides"),
    FIELD(struct docs_query, lang, OPT, .max = 8, .doc = "en or fr; kept in a cookie"),
};
/* clang-format on */
const struct shape docs_query_shape = SHAPE(struct docs_query, "DocsQuery", docs_query_fields);

/* "/docs/enrolling" is "enrolling", "/docs" is "". */
static str_t page_name(str_t path)
{
    return str_sub(path, sizeof "/docs/" - 1, path.n);
}

/* In this language, or in English where there is no other. */
static const struct docs_page *page_find(str_t name, enum lang lang)
{
    const struct docs_page *found = NULL;
    for (size_t i = 0; i < docs_pages_n; i++) {
        const struct docs_page *p = &docs_pages[i];
        if (!str_eq(str_from_cz(p->name), name))
            continue;
        if (p->lang == lang || p->lang == LANG_NONE)
            return p;
        if (p->lang == LANG_EN)
            found = p;
    }
    return found;
}

/* Asked again each time, and answered in one line while the program is the same. */
static void put_head(const struct hot_ask *ask, const struct docs_page *page,
                     const struct docs_bytes *form)
{
    struct buf *head = &edge_loop(ask->api, ask->x)->head;
    buf_clear(head);
    page_head(head, &(struct page_head){
                        .type = str_from_cz(page->type),
                        .id = edge_id(ask->x),
                        .https = services_settings(ask->api->services)->https,
                        .cache = STR("no-cache"),
                    });
    BUF_ADD(head, "Vary: Accept-Encoding, Accept-Language, Cookie\r\nETag: ");
    buf_add(head, str_from_cz(form->etag));
    BUF_ADD(head, "\r\n");
    if (form == &page->gzip)
        BUF_ADD(head, "Content-Encoding: gzip\r\n");
}

static const struct docs_bytes *docs_form(const struct http_xchg *x, const struct docs_page *page)
{
    unsigned have = page->gzip.n > 0 ? 1U << CODING_GZIP : 0;
    return accept_coding(x, have) == CODING_GZIP ? &page->gzip : &page->plain;
}

enum hot_answer docs_hot(const struct hot_ask *ask)
{
    struct http_xchg *x = ask->x;
    if (x->query.n > 0)
        return HOT_PASS;
    const struct docs_page *page = page_find(page_name(x->path), lang_of(x));
    if (page == NULL) {
        edge_refuse(ask->api, x, E_NOT_FOUND, NULL, edge_id(x));
        return HOT_DONE;
    }
    const struct docs_bytes *form = docs_form(x, page);
    bool same = accept_has(x, str_from_cz(form->etag));
    put_head(ask, page, form);
    edge_reply(ask->api, x, same ? 304 : 200, buf_str(&edge_loop(ask->api, x)->head),
               same ? STR("") : docs_text(form));
    return HOT_DONE;
}

err_t docs_page(struct request *rq)
{
    const struct docs_page *page = page_find(page_name(rq->xchg->path), lang_of(rq->xchg));
    if (page == NULL)
        return E_NOT_FOUND;
    TRY(page_keep_language(rq));
    return reply_raw(rq, 200, page->type, docs_text(&page->plain));
}
