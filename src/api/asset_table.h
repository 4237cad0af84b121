/* SPDX-License-Identifier: Apache-2.0 */
/* What tools/mkassets.py makes of src/api/assets: one row a file. */
#ifndef API_ASSET_TABLE_H
#define API_ASSET_TABLE_H

#include <stddef.h>

struct asset {
    const char *name;
    const char *type;
    const char *hash; /* the start of its SHA-256, as hex */
    size_t n;
    const char *bytes;
};

extern const struct asset asset_table[];
extern const size_t asset_table_n;

#endif
