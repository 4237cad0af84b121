/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of an application as words, and back. */
#ifndef DOMAIN_ACCESS_APP_WORDS_H
#define DOMAIN_ACCESS_APP_WORDS_H

#include "domain/access/application.h"

struct word {
    int64_t v;
    const char *name;
};
struct words {
    const struct word *v;
    size_t n;
};

extern const struct words app_kind_words;
extern const struct words app_origin_words;
extern const struct words app_status_words;
extern const struct words client_type_words;
extern const struct words client_auth_words;
extern const struct words id_token_alg_words;
extern const struct words app_grant_words; /* bits */

str_t word_of(const struct words *w, int64_t v); /* absent: no such number */
/* E_BAD_FIELD. */
err_t word_parse(const struct words *w, str_t name, int64_t *ret) MUST_USE;
/* A set of bits as names in the arena. */
err_t words_of(struct arena *a, const struct words *w, int64_t bits, const str_t **ret,
               size_t *ret_n) MUST_USE;

/* "openid email" and the like as a list. */
err_t scopes_list(struct arena *a, str_t scopes, const str_t **ret, size_t *ret_n) MUST_USE;
/* RFC 6749 section 3.3: one scope token. */
bool scope_is(str_t s);

#endif
