/* SPDX-License-Identifier: Apache-2.0 */
/* Files that the pages need, out of the binary. */
#ifndef API_ASSETS_H
#define API_ASSETS_H

#include "api/route.h"
#include "base/buf.h"

/* The URL of the one stylesheet: it names its content, so that browsers may keep it for a year. */
void assets_add_style_url(struct buf *b);

hot_f assets_hot;

#endif
