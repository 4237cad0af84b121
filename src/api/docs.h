/* SPDX-License-Identifier: Apache-2.0 */
/* The documentation, out of the binary: guides as the build made them (docs/guides.txt), what is
 * found in them, and the API as the tables have it. */
#ifndef API_DOCS_H
#define API_DOCS_H

#include "api/request.h"

struct docs_query {
    str_t q;    /* words to look for; absent: none */
    str_t lang; /* read by lang_of */
};
extern const struct shape docs_query_shape;

/* From the binary, with an ETag, on the loop. */
hot_f docs_hot;
/* The same where the language is chosen, and what is found. */
handler_f docs_page;

#endif
