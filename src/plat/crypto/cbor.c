/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/crypto/cbor.h"

/* RFC 8949 section 3. */
enum major {
    MAJOR_UNSIGNED,
    MAJOR_NEGATIVE,
    MAJOR_BYTES,
    MAJOR_TEXT,
    MAJOR_ARRAY,
    MAJOR_MAP,
    MAJOR_TAG,
    MAJOR_SIMPLE
};
enum { INFO_BITS = 5, INFO_MASK = 31, INFO_1 = 24, INFO_8 = 27 };

struct head {
    enum major major;
    uint64_t n; /* a value, or how many bytes, items or pairs follow */
};

/* False: it is cut off, or of a length that is not said here. */
static bool head_take(str_t *s, struct head *ret)
{
    unsigned first = (unsigned char)s->p[0];
    unsigned info = first & INFO_MASK;
    size_t bytes = info < INFO_1 ? 0 : (size_t)1 << (info - INFO_1);
    uint64_t n = info < INFO_1 ? info : 0;
    if (info > INFO_8 || s->n - 1 < bytes)
        return false;
    for (size_t i = 1; i <= bytes; i++)
        n = n << 8 | (unsigned char)s->p[i];
    *ret = (struct head){ .major = (enum major)(first >> INFO_BITS), .n = n };
    *s = str_sub(*s, 1 + bytes, s->n);
    return true;
}

/* What stands behind a head; *ret_items: how many items it holds. Each takes a byte at least. */
static bool body_take(str_t *s, const struct head *h, uint64_t *ret_items)
{
    *ret_items = 0;
    switch (h->major) {
    case MAJOR_UNSIGNED:
    case MAJOR_NEGATIVE:
    case MAJOR_SIMPLE:
        return true;
    case MAJOR_BYTES:
    case MAJOR_TEXT:
        if (h->n > s->n)
            return false;
        *s = str_sub(*s, (size_t)h->n, s->n);
        return true;
    case MAJOR_ARRAY:
        *ret_items = h->n;
        return h->n <= s->n;
    case MAJOR_MAP:
        *ret_items = h->n <= s->n ? 2 * h->n : 0;
        return h->n <= s->n / 2;
    case MAJOR_TAG:
        break;
    }
    return false;
}

bool cbor_obeys(str_t s)
{
    uint64_t left[CBOR_DEPTH_MAX]; /* items that each open array or map still wants */
    size_t depth = 0;
    while (s.n > 0) {
        struct head h;
        uint64_t items;
        if (!head_take(&s, &h) || !body_take(&s, &h, &items))
            return false;
        if (items > 0) {
            if (depth == CBOR_DEPTH_MAX)
                return false;
            left[depth++] = items;
            continue;
        }
        while (depth > 0 && --left[depth - 1] == 0)
            depth--;
    }
    return depth == 0;
}
