/* SPDX-License-Identifier: Apache-2.0 */
#include "api/docs_frame.h"

#include "api/docs_table.h"
#include "api/phrase.h"

#include <assert.h>

static const struct docs_frame *frame_find(const char *here, enum lang lang)
{
    for (size_t i = 0; i < docs_frames_n; i++) {
        const struct docs_frame *f = &docs_frames[i];
        if (f->lang == lang && str_eq(str_from_cz(f->name), str_from_cz(here)))
            return f;
    }
    assert(!"tools/mkdocs.py makes a frame of each name and language");
    return NULL;
}

static void put_piece(struct html *h, const struct docs_bytes *piece)
{
    html_raw(h, docs_text(piece)); /* written by our tool, escaped there */
}

err_t docs_begin(struct request *rq, const struct docs_shell *shell, struct html **ret)
{
    const struct docs_frame *f = frame_find(shell->here, lang_of(rq->xchg));
    const str_t holes[DOCS_PIECES - 1] = { shell->title, shell->query, shell->path, STR("") };
    struct html *h = ARENA_NEW(rq->act.arena, struct html);
    if (h == NULL)
        return E_NO_MEMORY;
    buf_init(&h->b, HTML_MAX);
    h->lang = f->lang;
    rq->html = h; /* its memory goes with the request */
    for (size_t i = 0; i < DOCS_PIECES - 1; i++) {
        put_piece(h, &f->pieces[i]);
        html_text(h, holes[i]);
    }
    *ret = h;
    return E_OK;
}

void docs_contents_begin(struct html *h)
{
    HTML(h, "<nav class=\"toc\"");
    html_attr(h, "aria-label", phrase_in(h->lang, PHRASE_DOCS_CONTENTS));
    HTML(h, ">\n<details><summary>");
    html_say(h, PHRASE_DOCS_CONTENTS);
    HTML(h, "</summary>\n<ul>\n");
}

void docs_contents_end(struct html *h)
{
    HTML(h, "</ul>\n</details></nav>\n");
}

void docs_main(struct html *h, str_t title)
{
    HTML(h, "<main id=\"content\">\n<h1>");
    html_text(h, title);
    HTML(h, "</h1>\n");
}

err_t docs_reply(struct request *rq, struct html *h, const char *here)
{
    HTML(h, "</main>\n");
    put_piece(h, &frame_find(here, h->lang)->pieces[DOCS_PIECES - 1]);
    TRY(h->b.err);
    TRY(page_keep_language(rq));
    return reply_raw(rq, 200, "text/html; charset=utf-8", buf_str(&h->b));
}
