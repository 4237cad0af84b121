/* SPDX-License-Identifier: Apache-2.0 */
/* What a text looks like: a credential of a known kind, or something random. */
#ifndef DOMAIN_POLICY_SECRET_TEXT_H
#define DOMAIN_POLICY_SECRET_TEXT_H

#include "base/str.h"

enum { SECRET_SHAPES_MAX = 192 };

/* The rows of secret_shapes.def by the first byte of their prefix, each list in the order of the
 * table; made once for many texts. */
struct secret_index {
    uint8_t first[256]; /* number of a row plus 1; 0: none */
    uint8_t next[SECRET_SHAPES_MAX];
};
void secret_index_init(struct secret_index *ix);

/* The kind of the first shape of the table that stands in the text; NULL: none. */
const char *secret_shape_kind(const struct secret_index *ix, str_t text);

/*
 * The kind of credential that stands somewhere in the text, such as "a GitHub token"; NULL: none.
 * Shapes of the table, JWTs, private keys in PEM by their header, a password in the userinfo of a
 * URL. Time grows with the length of the text alone. `a`: scratch. E_NO_MEMORY.
 */
err_t secret_text_kind(struct arena *a, const struct secret_index *ix, str_t text,
                       const char **ret) MUST_USE;

/*
 * Does the whole text look drawn at random? At least 16 letters and digits without a blank, among
 * which small letters, capitals and digits change often, as in base64, base32 and hexadecimal, not
 * as in words, dates, names of models or camelCase. A passphrase made of words is not found.
 */
bool secret_text_is_random(str_t text);

#endif
