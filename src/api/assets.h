/* SPDX-License-Identifier: Apache-2.0 */
/* Files that the pages need, out of the binary. */
#ifndef API_ASSETS_H
#define API_ASSETS_H

#include "api/route.h"
#include "base/buf.h"

enum asset_id { ASSET_STYLE, ASSET_DOCS_STYLE, ASSET_ICON };

/* Its URL names its content, so that browsers may keep it for a year. */
void assets_add_url(struct buf *b, enum asset_id id);

hot_f assets_hot;

#endif
