/* SPDX-License-Identifier: Apache-2.0 */
/* The API as pages, from the tables that serve it; one page a group of rows (their first segment).
 */
#ifndef API_DOCS_API_H
#define API_DOCS_API_H

#include "api/html.h"
#include "api/request.h"

handler_f docs_api_index;
handler_f docs_api_group;

enum { DOCS_SHAPES_MAX = 128 };

/* Shapes of a page, each once: a row names them, the end of the page has their members. */
struct docs_shapes {
    const struct shape *v[DOCS_SHAPES_MAX];
    size_t n;
};

/* docs_api_row.c */
/* A sentence of our tables, where `this` is code. */
void docs_api_put_doc(struct html *h, str_t sentence);
void docs_api_put_row(struct html *h, const struct route *r, struct docs_shapes *shapes);
void docs_api_put_shapes(struct html *h, struct docs_shapes *shapes);
/* "GET /api/v1/devices/{id}", and "get-api-v1-devices-id" for links. */
void docs_api_put_name(struct html *h, const struct route *r);
void docs_api_put_anchor(struct html *h, const struct route *r);

#endif
