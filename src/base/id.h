/* SPDX-License-Identifier: Apache-2.0 */
/* Object ids: UUID version 7 (RFC 9562 section 5.7), in order of making inside a process. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include "base/str.h"

typedef struct oid { /* all zero = absent */
    uint8_t b[16];
} oid_t;

enum { OID_TEXT = 36 };

oid_t oid_make(void);
bool oid_is_set(oid_t id);
bool oid_eq(oid_t a, oid_t b);
void oid_format(oid_t id, char out[static OID_TEXT]); /* lower case, no NUL */
/* 8-4-4-4-12 hex digits of any version, either case. E_BAD_FIELD. */
err_t oid_parse(str_t text, oid_t *ret) MUST_USE;
static inline str_t oid_bytes(const oid_t *id)
{
    return str_of(id->b, sizeof id->b);
}

#endif
