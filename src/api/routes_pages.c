/* SPDX-License-Identifier: Apache-2.0 */
/* What the pages for people need besides their own rows. */
#include "api/assets.h"
#include "api/docs.h"
#include "api/routes_parts.h"

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET, "/assets/{hash}/{name}", .hot = assets_hot, .auth = AUTH_OPEN, .root = true,
      .doc = "A file that the pages need; its URL changes with its content." },
    /* Links of other sites lead here: no cookie is read but that of the language. */
    { HTTP_GET, "/docs", docs_page, .hot = docs_hot, .auth = AUTH_OPEN, .root = true, .page = true, .foreign = true,
      .limit = LIMIT_OPEN, .query = &docs_query_shape, .doc = "The guides; with ?q=, where these words stand in them." },
    { HTTP_GET, "/docs/{page}", docs_page, .hot = docs_hot, .auth = AUTH_OPEN, .root = true, .page = true,
      .foreign = true, .limit = LIMIT_OPEN, .query = &docs_query_shape, .doc = "A guide." },
};
/* clang-format on */

const struct route_table routes_pages = { rows, ARRAY_LEN(rows) };
