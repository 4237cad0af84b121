/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers out of text, and narrowing that cannot lose (STYLE 24). */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include "base/str.h"

/* Decimal digits only, no sign, no blank. E_BAD_FIELD: not that, or over the type. */
err_t num_parse_u64(str_t s, uint64_t *ret) MUST_USE;
/* The same with an optional '-'. */
err_t num_parse_i64(str_t s, int64_t *ret) MUST_USE;
/* Thousandths of a number with up to three decimals: "1.5" gives 1500. No sign, no exponent. */
err_t num_parse_milli(str_t s, int64_t *ret) MUST_USE;
enum { NUM_MILLI_TEXT = 24 };
/* The other way, as short as it goes: "1.5", "100". With a NUL. */
void num_format_milli(int64_t v, char out[static NUM_MILLI_TEXT]);
/* 1*HEXDIG of at most 16 digits (RFC 9112 section 7.1). */
err_t num_parse_hex(str_t s, uint64_t *ret) MUST_USE;

/* E_BAD_FIELD: does not fit. */
err_t num_to_u16(int64_t v, uint16_t *ret) MUST_USE;
err_t num_to_size(int64_t v, size_t *ret) MUST_USE;

void num_put_be64(uint8_t out[static 8], uint64_t v);
uint64_t num_get_be64(const uint8_t in[static 8]);

#endif
