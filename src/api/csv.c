/* SPDX-License-Identifier: Apache-2.0 */
#include "api/csv.h"

void csv_cell(struct buf *b, str_t text, char after)
{
    static const char formula[] = "=+-@\t\r";
    buf_add_byte(b, '"');
    if (text.n > 0 && memchr(formula, text.p[0], sizeof formula - 1) != NULL)
        buf_add_byte(b, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            buf_add_byte(b, '"');
        buf_add_byte(b, text.p[i]);
    }
    buf_add_byte(b, '"');
    buf_add_byte(b, after);
}

void csv_id(struct buf *b, oid_t id)
{
    char text[OID_TEXT];
    oid_format(id, text);
    csv_cell(b, oid_is_set(id) ? str_of(text, sizeof text) : STR_NONE, ',');
}

void csv_time(struct buf *b, ts_t at, char after)
{
    char text[TS_TEXT];
    ts_format(at, text);
    csv_cell(b, ts_is_set(at) ? str_of(text, sizeof text) : STR_NONE, after);
}
