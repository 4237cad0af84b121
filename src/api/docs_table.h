/* SPDX-License-Identifier: Apache-2.0 */
/* What tools/mkdocs.py makes of docs/: pages, and frames for those that the server writes. */
#ifndef API_DOCS_TABLE_H
#define API_DOCS_TABLE_H

#include "base/lang.h"

/* A part of docs_bytes. */
struct docs_bytes {
    size_t at;
    size_t n;
    const char *etag; /* strong, with its quotes */
};

struct docs_page {
    const char *name; /* below /docs; "": the list of all */
    enum lang lang;   /* LANG_NONE: of both */
    const char *type;
    const char *title;
    struct docs_bytes plain;
    struct docs_bytes gzip; /* n == 0: none */
    struct docs_bytes text; /* for those who search: "anchor TAB title TAB words LF" a heading;
                               none: the guide is in English */
};

/* A whole page with holes: title, words that were looked for, path, contents. */
enum { DOCS_PIECES = 5 };
struct docs_frame {
    const char *name;
    enum lang lang;
    struct docs_bytes pieces[DOCS_PIECES];
};

extern const unsigned char docs_bytes[];
extern const struct docs_page docs_pages[];
extern const size_t docs_pages_n;
extern const struct docs_frame docs_frames[];
extern const size_t docs_frames_n;

static inline str_t docs_text(const struct docs_bytes *part)
{
    return str_of(docs_bytes + part->at, part->n);
}

#endif
