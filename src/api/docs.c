/* SPDX-License-Identifier: Apache-2.0 */
#include "api/docs.h"

#include "api/accept.h"
#include "api/docs_frame.h"
#include "api/docs_search.h"
#include "api/docs_table.h"
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

static void put_found(struct html *h, const struct search_found *f)
{
    HTML(h, "<dt><a href=\"/docs/");
    html_text(h, str_from_cz(f->page));
    if (f->anchor.n > 0)
        HTML(h, "#");
    html_text(h, f->anchor);
    HTML(h, "\"");
    if (f->lang != h->lang)
        html_attr(h, "lang", str_from_cz(lang_name(f->lang)));
    HTML(h, ">");
    html_text(h, str_from_cz(f->page_title));
    if (f->anchor.n > 0) {
        HTML(h, " · ");
        html_text(h, f->title);
    }
    HTML(h, "</a></dt>\n<dd");
    if (f->lang != h->lang)
        html_attr(h, "lang", str_from_cz(lang_name(f->lang)));
    HTML(h, ">… ");
    html_text(h, f->before);
    HTML(h, "<mark>");
    html_text(h, f->word);
    HTML(h, "</mark>");
    html_text(h, f->after);
    HTML(h, " …</dd>\n");
}

static err_t show_found(struct request *rq, str_t asked)
{
    const str_t title = phrase_in(lang_of(rq->xchg), PHRASE_DOCS_FOUND_TITLE);
    struct search_words words = search_words(asked);
    struct search_found *found = ARENA_ARRAY(rq->act.arena, struct search_found, SEARCH_FOUND_MAX);
    struct html *h;
    char count[24];
    if (found == NULL)
        return E_NO_MEMORY;
    TRY(docs_begin(rq, &(struct docs_shell){ "", title, STR("/docs"), asked }, &h));
    size_t n = search_find(&words, h->lang, found);
    str_t with[] = { str_of(count, (size_t)snprintf(count, sizeof count, "%zu", n)), asked };
    docs_main(h, title);
    html_para_with(h, n == 0 ? PHRASE_DOCS_FOUND_NONE : PHRASE_DOCS_FOUND, with, ARRAY_LEN(with));
    HTML(h, "<dl class=\"guides\">\n");
    for (size_t i = 0; i < n; i++)
        put_found(h, &found[i]);
    HTML(h, "</dl>\n");
    return docs_reply(rq, h, "");
}

err_t docs_page(struct request *rq)
{
    const struct docs_query *query = rq->query;
    str_t name = page_name(rq->xchg->path);
    const struct docs_page *page = page_find(name, lang_of(rq->xchg));
    if (name.n == 0 && str_trim(query->q).n > 0)
        return show_found(rq, str_trim(query->q));
    if (page == NULL)
        return E_NOT_FOUND;
    TRY(page_keep_language(rq));
    return reply_raw(rq, 200, page->type, docs_text(&page->plain));
}
