/* SPDX-License-Identifier: Apache-2.0 */
/* What the pages for people need besides their own rows. */
#include "api/assets.h"
#include "api/routes_parts.h"

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET, "/assets/{hash}/{name}", .hot = assets_hot, .auth = AUTH_OPEN, .root = true,
      .doc = "A file that the pages need; its URL changes with its content." },
};
/* clang-format on */

const struct route_table routes_pages = { rows, ARRAY_LEN(rows) };
