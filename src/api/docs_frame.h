/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of the documentation that the server writes itself, in the frame that tools/mkdocs.py made.
 */
#ifndef API_DOCS_FRAME_H
#define API_DOCS_FRAME_H

#include "api/page_html.h"

struct docs_shell {
    const char *here; /* the page that stands out in the list of all; "": none */
    str_t title;
    str_t path;  /* its own, for the link to the other language */
    str_t query; /* words that were looked for */
};

/* A new page up to its contents, in the language that was asked for. */
err_t docs_begin(struct request *rq, const struct docs_shell *shell, struct html **ret) MUST_USE;
/* The list of headings beside it, between docs_begin and docs_main. */
void docs_contents_begin(struct html *h);
void docs_contents_end(struct html *h);
void docs_main(struct html *h, str_t title);
/* Close the page and answer with it. */
err_t docs_reply(struct request *rq, struct html *h, const char *here) MUST_USE;

#endif
