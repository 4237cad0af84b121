/* SPDX-License-Identifier: Apache-2.0 */
/* Personal tokens: a person's own, for programs that cannot follow a sign-in. They act with his
 * rights, and always end. */
#ifndef DOMAIN_IDENTITY_PERSONAL_TOKEN_H
#define DOMAIN_IDENTITY_PERSONAL_TOKEN_H

#include "domain/live/act.h"
#include "plat/crypto/crypto.h"
#include "sql/identity.h"

#define PERSONAL_TOKEN_PREFIX STR("sen_u_")
#define PERSONAL_TOKEN_LIFE   DUR_DAYS(365) /* where none is said */
enum { PERSONAL_TOKENS_MAX = 100 };

/* Of act->actor, who must be a person (E_FORBIDDEN). E_BAD_FIELD: it would have expired already.
 * E_CONFLICT: he has PERSONAL_TOKENS_MAX. *ret_text is a secret: wipe it. */
err_t personal_token_create(struct act *act, str_t name, ts_t expires_at, struct row_token *ret,
                            struct token_text *ret_text) MUST_USE;
err_t personal_token_page(struct act *act, oid_t after, int64_t n, struct row_token **ret,
                          size_t *ret_n) MUST_USE;
/* E_NOT_FOUND. */
err_t personal_token_delete(struct act *act, oid_t token, struct row_token *ret) MUST_USE;

#endif
