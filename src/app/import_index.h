/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What only the whole file can say: which row of a machine counts, and which tokens several
 * machines share. Made by a first reading, asked by the second.
 */
#ifndef APP_IMPORT_INDEX_H
#define APP_IMPORT_INDEX_H

#include "app/import_file.h"
#include "base/buf.h"
#include "base/map.h"

struct import_index {
    struct map machines;
    struct map names; /* the same without regard to case */
    struct map tokens;
    struct buf rows;
};

void import_index_init(struct import_index *x);
void import_index_fini(struct import_index *x);
int64_t import_index_rows(const struct import_index *x);

/* The next row of the file, skipped ones too. */
err_t import_index_add(struct import_index *x, const struct import_row *row) MUST_USE;

struct import_verdict {
    int64_t other;     /* the row that counts for this machine instead; 0: this one */
    int64_t resembles; /* another machine whose name differs only in case; 0: none */
    bool token_shared; /* with another machine: it proves neither */
    bool unknown;      /* the first reading did not see this row: the file changes */
};
struct import_verdict import_index_ask(const struct import_index *x, const struct import_row *row);

#endif
