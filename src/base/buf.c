/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/fault.h"

#include <stdarg.h>

enum { BUF_FIRST = 256 };

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){ .max = max };
}

void buf_fini(struct buf *b)
{
    if (b->secret && b->p != NULL)
        explicit_bzero(b->p, b->room);
    free(b->p);
    *b = (struct buf){ .max = b->max, .secret = b->secret };
}

void buf_clear(struct buf *b)
{
    b->n = 0;
    b->err = E_OK;
}

/* realloc, but for a secret: there the old bytes would stay behind. */
static char *buf_grow(const struct buf *b, size_t room)
{
    if (!b->secret)
        return realloc(b->p, room);
    char *p = malloc(room);
    if (p == NULL || b->p == NULL)
        return p;
    memcpy(p, b->p, b->n);
    explicit_bzero(b->p, b->room);
    free(b->p);
    return p;
}

char *buf_reserve(struct buf *b, size_t n)
{
    if (b->err != E_OK)
        return NULL;
    if (n > b->max - b->n) {
        b->err = E_TOO_BIG;
        return NULL;
    }
    if (b->p != NULL && n <= b->room - b->n)
        return b->p + b->n;
    size_t want = b->room < BUF_FIRST ? BUF_FIRST : b->room * 2;
    if (want < b->n + n)
        want = b->n + n;
    if (want > b->max)
        want = b->max;
    char *p = fault_here() ? NULL : buf_grow(b, want + 1); /* one more for the NUL of printf */
    if (p == NULL) {
        b->err = E_NO_MEMORY;
        return NULL;
    }
    b->p = p;
    b->room = want;
    return b->p + b->n;
}

void buf_add(struct buf *b, str_t s)
{
    if (s.n == 0)
        return;
    char *at = buf_reserve(b, s.n);
    if (at == NULL)
        return;
    memcpy(at, s.p, s.n);
    b->n += s.n;
}

void buf_add_byte(struct buf *b, char c)
{
    buf_add(b, (str_t){ .p = &c, .n = 1 });
}

void buf_add_i64(struct buf *b, int64_t v)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)v);
    buf_add(b, str_of(digits, (size_t)n));
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    char *at = n < 0 ? NULL : buf_reserve(b, (size_t)n);
    if (at != NULL) {
        (void)vsnprintf(at, (size_t)n + 1, fmt, again); /* the size was just measured */
        b->n += (size_t)n;
    }
    va_end(again);
}
