/* SPDX-License-Identifier: Apache-2.0 */
/* Service accounts: programs that act by themselves, with opaque tokens of their own. All in
 * act->org. */
#ifndef DOMAIN_IDENTITY_SERVICE_H
#define DOMAIN_IDENTITY_SERVICE_H

#include "domain/identity/account.h"
#include "plat/crypto/crypto.h"
#include "sql/identity.h"

struct service_in {
    str_t name;   /* in a change: absent leaves it as it is */
    str_t status; /* only in a change */
    struct names roles;
    struct names groups; /* ids or names; only of a new one */
};

/* E_CONFLICT: the name is taken. E_BAD_FIELD: no such role or group. E_FORBIDDEN: the actor lacks a
 * right that he would give. */
err_t service_create(struct act *act, const struct service_in *in,
                     struct row_service_account *ret) MUST_USE;
err_t service_get(struct act *act, oid_t id, struct row_service_account *ret) MUST_USE;
/* To change it, its tokens or keys: what follows does so. E_FORBIDDEN: it has a right that the
 * actor lacks. */
err_t service_get_to_change(struct act *act, oid_t id, struct row_service_account *ret) MUST_USE;
err_t service_change(struct act *act, oid_t id, const struct service_in *in,
                     struct row_service_account *ret) MUST_USE;
/* With its memberships, tokens and keys. E_CONFLICT: it is the actor itself. */
err_t service_delete(struct act *act, oid_t id) MUST_USE;
err_t service_page(struct act *act, str_t search, oid_t after, int64_t n,
                   struct row_service_account **ret, size_t *ret_n) MUST_USE;
/* Of how many that is a page; exact up to NAMES_COUNT_MAX. */
err_t service_count(struct act *act, str_t search, int64_t *ret) MUST_USE;

/* A new token, whose text is given once: only its SHA-256 is kept. E_BAD_FIELD: it would have
 * expired already. */
err_t service_token_create(struct act *act, oid_t service, str_t name, ts_t expires_at,
                           struct row_token *ret, struct token_text *ret_text) MUST_USE;
err_t service_token_page(struct act *act, oid_t service, oid_t after, int64_t n,
                         struct row_token **ret, size_t *ret_n) MUST_USE;
err_t service_token_delete(struct act *act, oid_t service, oid_t token,
                           struct row_token *ret) MUST_USE;

#endif
