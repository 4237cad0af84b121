/* SPDX-License-Identifier: Apache-2.0 */
/* What tools/mkassets.py makes of src/api/assets and of the built console: one row a file. */
#ifndef API_ASSET_TABLE_H
#define API_ASSET_TABLE_H

#include "api/accept.h"

struct asset_piece {
    size_t at; /* in asset_bytes */
    size_t n;  /* 0: it is not there in this coding */
};

struct asset {
    const char *path; /* that browsers ask for; it names the content. Of the index: no path */
    const char *type;
    const char *hash; /* SHA-256 of it, as hex */
    struct asset_piece as[CODING_COUNT];
};

extern const struct asset asset_table[];
extern const size_t asset_table_n;
extern const unsigned char asset_bytes[];

#endif
