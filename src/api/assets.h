/* SPDX-License-Identifier: Apache-2.0 */
/* Files that browsers need, out of the binary: those of the pages, and the console as it was built.
 */
#ifndef API_ASSETS_H
#define API_ASSETS_H

#include "api/route.h"
#include "base/buf.h"

/* The first rows of the table; the build with -Dweb=none ends before ASSET_INDEX. */
enum asset_id { ASSET_STYLE, ASSET_DOCS_STYLE, ASSET_ICON, ASSET_PASSKEY, ASSET_INDEX };

/* Its URL names its content, so that browsers may keep it for a year. */
void assets_add_url(struct buf *b, enum asset_id id);

/* GET /web/{name} */
hot_f assets_hot;
/* The index of the console; where this server was built without it, a page that says so. */
handler_f console_show;

#endif
