/* SPDX-License-Identifier: Apache-2.0 */
/* A growable buffer with a cap from birth; past it E_TOO_BIG sticks and is checked once at the end
 * (STYLE 12). */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

struct buf {
    char *p;
    size_t n;
    size_t room;
    size_t max;
    err_t err;   /* sticky: E_TOO_BIG or E_NO_MEMORY; nothing is appended any more */
    bool secret; /* what it holds, or held, is overwritten before its memory is given back */
};

void buf_init(struct buf *b, size_t max); /* no allocation yet */
void buf_fini(struct buf *b);             /* what it was made for, `secret` too, stays */
void buf_clear(struct buf *b);            /* empty and healthy again, keeps its memory */

void buf_add(struct buf *b, str_t s);
void buf_add_byte(struct buf *b, char c);
void buf_add_i64(struct buf *b, int64_t v);
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Room for at least n more bytes; the caller writes at p + n and raises n itself. NULL on failure.
 */
char *buf_reserve(struct buf *b, size_t n) MUST_USE;

static inline str_t buf_str(const struct buf *b)
{
    return (str_t){ .p = b->p != NULL ? b->p : "", .n = b->n };
}

#define BUF_ADD(b, lit) buf_add((b), STR(lit))

#endif
