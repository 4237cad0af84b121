/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as text: hex, base64url without padding and base64 with it (RFC 4648 sections 5 and 4),
 * base62, and CRC-32 (ISO 3309). */
#ifndef BASE_ENC_H
#define BASE_ENC_H

#include "base/buf.h"

/* 0..15, or -1. */
int hex_digit(char c);
/* Writes 2n lower-case digits, no NUL. */
void hex_encode(const void *bytes, size_t n, char *out);
/* Exactly 2n digits, either case. E_BAD_FIELD. */
err_t hex_decode(str_t text, uint8_t *out, size_t n) MUST_USE;

void buf_add_hex(struct buf *b, const void *bytes, size_t n);
void buf_add_base64url(struct buf *b, const void *bytes, size_t n);
/* With padding, as others want it (RFC 4648 section 4). */
void buf_add_base64(struct buf *b, const void *bytes, size_t n);
err_t base64url_make(struct arena *a, const void *bytes, size_t n, str_t *ret) MUST_USE;
/* Strict: no padding, no blank, and the unused bits of the last character are zero. E_BAD_FIELD,
 * E_NO_MEMORY. */
err_t base64url_decode(struct arena *a, str_t text, str_t *ret) MUST_USE;
/* The same for a value of known length n. */
err_t base64url_decode_n(str_t text, uint8_t *out, size_t n) MUST_USE;

/* Base64 with its padding, as strict, into at most `max` bytes. E_BAD_FIELD. */
err_t base64_decode(str_t text, uint8_t *out, size_t max, size_t *ret_n) MUST_USE;

/* A big-endian number of n bytes (<= 32) as `digits` characters of 0-9A-Za-z, leading zeros kept,
 * high part cut. */
void base62_encode(const uint8_t *bytes, size_t n, char *out, size_t digits);
bool base62_is(str_t s);

uint32_t crc32_of(str_t s);

#endif
