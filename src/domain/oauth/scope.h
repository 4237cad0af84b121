/* SPDX-License-Identifier: Apache-2.0 */
/* Scopes and other lists of words separated by single blanks (RFC 6749 section 3.3). Pure. */
#ifndef DOMAIN_OAUTH_SCOPE_H
#define DOMAIN_OAUTH_SCOPE_H

#include "base/str.h"

enum { SCOPE_TEXT_MAX = 1024, SCOPE_WORDS_MAX = 32 };

/* Take the next word from *rest; false: there is none. Several blanks count as one. */
bool words_next(str_t *rest, str_t *ret);
bool words_have(str_t list, str_t word);
/* Is every word of `part` in `whole`? */
bool words_cover(str_t whole, str_t part);
/* The words of `asked` that are in `allowed`, each once, in the order in which they were asked. An
 * empty text: none. E_INVALID_SCOPE: more than SCOPE_WORDS_MAX, or a byte that no scope may have.
 */
err_t scope_cut(struct arena *a, str_t asked, str_t allowed, str_t *ret) MUST_USE;
/* The words of both, each once. */
err_t words_join(struct arena *a, str_t one, str_t other, str_t *ret) MUST_USE;
/* The same list without one word. */
err_t words_without(struct arena *a, str_t list, str_t word, str_t *ret) MUST_USE;

#endif
