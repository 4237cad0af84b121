/* SPDX-License-Identifier: Apache-2.0 */
#include "api/assets.h"

#include "api/asset_table.h"
#include "api/page_html.h"
#include "api/passage.h"
#include "api/reply.h"

enum { TAG_TEXT = 2 + 2 * SHA256_SIZE + sizeof "-identity" };

/* What one client gets of a file. */
struct served {
    enum coding coding;
    str_t bytes;
    char tag_text[TAG_TEXT];
    str_t tag;  /* of these bytes: each coding has its own (RFC 9110 section 8.8.3.3) */
    bool known; /* the client has them */
};

void assets_add_url(struct buf *b, enum asset_id id)
{
    buf_add(b, str_from_cz(asset_table[id].path));
}

static unsigned codings_of(const struct asset *a)
{
    unsigned have = 0;
    for (enum coding c = CODING_IDENTITY; c < CODING_COUNT; c++)
        have |= a->as[c].n > 0 ? 1U << c : 0;
    return have;
}

static void choose(const struct asset *a, const struct http_xchg *x, struct served *ret)
{
    enum coding c = accept_coding(x, codings_of(a));
    int n = c == CODING_IDENTITY
                ? snprintf(ret->tag_text, TAG_TEXT, "\"%s\"", a->hash)
                : snprintf(ret->tag_text, TAG_TEXT, "\"%s-%s\"", a->hash, coding_name(c));
    ret->coding = c;
    ret->bytes = str_of(asset_bytes + a->as[c].at, a->as[c].n);
    ret->tag = str_of(ret->tag_text, (size_t)n);
    ret->known = accept_has(x, ret->tag);
}

/* The lines that a 200 and its 304 share, and Content-Encoding (RFC 9110 section 15.4.5). */
static void add_validators(struct buf *head, const struct asset *a, const struct served *s)
{
    BUF_ADD(head, "ETag: ");
    buf_add(head, s->tag);
    BUF_ADD(head, "\r\n");
    if (codings_of(a) != 1U << CODING_IDENTITY)
        BUF_ADD(head, "Vary: Accept-Encoding\r\n");
    if (s->coding != CODING_IDENTITY && !s->known)
        buf_addf(head, "Content-Encoding: %s\r\n", coding_name(s->coding));
}

static const struct asset *find(str_t path)
{
    for (size_t i = 0; i < asset_table_n; i++) {
        if (str_eq(path, str_from_cz(asset_table[i].path)))
            return &asset_table[i];
    }
    return NULL;
}

/* The URL names the content: whoever has it need not ask again. */
enum hot_answer assets_hot(const struct hot_ask *ask)
{
    struct http_xchg *x = ask->x;
    const struct asset *a = find(x->path);
    struct served s;
    if (a == NULL) {
        edge_refuse(ask->api, x, E_NOT_FOUND, NULL, edge_id(x));
        return HOT_DONE;
    }
    choose(a, x, &s);
    struct buf *head = &edge_loop(ask->api, x)->head;
    buf_clear(head);
    reply_head_common(head, s.known ? STR_NONE : str_from_cz(a->type), edge_id(x), false);
    BUF_ADD(head, "Cache-Control: public, max-age=31536000, immutable\r\n"
                  "Cross-Origin-Resource-Policy: same-origin\r\n");
    add_validators(head, a, &s);
    edge_reply(ask->api, x, s.known ? 304 : 200, buf_str(head), s.known ? STR("") : s.bytes);
    return HOT_DONE;
}

/* Built with -Dweb=none. */
static err_t show_absent(struct request *rq)
{
    struct html *h;
    TRY(page_begin(rq, PHRASE_NO_CONSOLE_TITLE, &h));
    html_para(h, PHRASE_NO_CONSOLE);
    HTML(h, "<ul>\n<li>");
    html_link(h, STR("/portal/plain"), PHRASE_PORTAL_TITLE);
    HTML(h, "</li>\n<li>");
    html_link(h, STR("/account/factors"), PHRASE_FACTORS_TITLE);
    HTML(h, "</li>\n<li>");
    html_say(h, PHRASE_NO_CONSOLE_CLI);
    HTML(h, "</li>\n<li>");
    html_say(h, PHRASE_NO_CONSOLE_API);
    HTML(h, "</li>\n</ul>\n");
    return reply_page(rq, 200, h);
}

err_t console_show(struct request *rq)
{
    const struct asset *a = &asset_table[ASSET_INDEX];
    CLEANUP(buf_fini) struct buf head = { 0 };
    struct served s;
    if (asset_table_n <= ASSET_INDEX)
        return show_absent(rq);
    choose(a, rq->xchg, &s);
    buf_init(&head, 512);
    add_validators(&head, a, &s);
    TRY(head.err);
    TRY(str_copy(rq->act.arena, buf_str(&head), &rq->reply.head));
    rq->reply.console = true;
    return s.known ? reply_empty(rq, 304) : reply_raw(rq, 200, a->type, s.bytes);
}
