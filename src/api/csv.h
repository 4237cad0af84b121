/* SPDX-License-Identifier: Apache-2.0 */
/* Cells of a CSV file (RFC 4180), each with what stands behind it: a comma, or '\r' at a row's end,
 * whose '\n' the caller adds. A cell that a spreadsheet would run as a formula gets an apostrophe.
 */
#ifndef API_CSV_H
#define API_CSV_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/id.h"

void csv_cell(struct buf *b, str_t text, char after);
void csv_id(struct buf *b, oid_t id);              /* and a comma; of zero: empty */
void csv_time(struct buf *b, ts_t at, char after); /* empty where it is not set */

#endif
