/* SPDX-License-Identifier: Apache-2.0 */
/* Where a message's body ends (RFC 9112 sections 6 and 7): by its length or by its chunks. Pure. */
#ifndef PLAT_HTTP_BODY_H
#define PLAT_HTTP_BODY_H

#include "base/str.h"

enum { BODY_EXTENSION_MAX = 256, BODY_TRAILERS_MAX = 8 * 1024 };

enum body_state {
    BODY_END, /* a zero body has ended */
    BODY_DATA,
    CHUNK_SIZE,
    CHUNK_BLANK, /* bad whitespace that must be followed by ';' (section 7.1.1) */
    CHUNK_EXTENSION,
    CHUNK_SIZE_LF,
    CHUNK_DATA,
    CHUNK_DATA_CR,
    CHUNK_DATA_LF,
    TRAILER_START, /* at the beginning of a line */
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_LF,
    TRAILER_END_LF,
};

struct body {
    enum body_state state;
    uint64_t left;   /* bytes of the body or chunk that are still to come */
    uint64_t size;   /* of the chunk, while its line is read */
    unsigned digits; /* of that size */
    unsigned extra;  /* bytes of the chunk's extensions, then of the trailers */
};

struct body body_of_length(uint64_t n);
struct body body_of_chunks(void);

static inline bool body_has_ended(const struct body *b)
{
    return b->state == BODY_END;
}

/*
 * Take the next piece of the body from *in. *ret_data borrows from it, and is empty only where
 * E_AGAIN or the end is told. E_OK: a piece, or the end (body_has_ended). E_AGAIN: *in is used up.
 * E_BAD_REQUEST: not chunked coding.
 */
err_t body_next(struct body *b, str_t *in, struct diag *why, str_t *ret_data) MUST_USE;

#endif
