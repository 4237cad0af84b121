/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys of service accounts: the public halves of pairs whose private halves sign assertions
 * (RFC 7523). In act->org, but for service_key_find.
 */
#ifndef DOMAIN_OAUTH_SERVICE_KEY_H
#define DOMAIN_OAUTH_SERVICE_KEY_H

#include "domain/identity/service.h"
#include "plat/crypto/key_pem.h"
#include "plat/jose/jws.h"
#include "sql/machine.h"

enum service_key_status { SERVICE_KEY_ACTIVE = 1, SERVICE_KEY_DISABLED };
enum { SERVICE_KEYS_MAX = 32 }; /* of one account */
enum { SERVICE_KEY_FILE_MAX = 2 * KEY_PEM_MAX };
#define SERVICE_KEY_LIFE     DUR_DAYS(365) /* where nobody says how long */
#define SERVICE_KEY_LIFE_MAX DUR_DAYS(3660)

const char *service_key_status_name(enum service_key_status s); /* "active" "disabled" */
str_t service_key_alg(str_t spki);                              /* "EdDSA" "ES256" "RS256" */
/* By the same names. E_BAD_FIELD. */
err_t service_key_kind_parse(str_t alg, enum pubkey_kind *ret) MUST_USE;

struct service_key_in {
    str_t name;
    str_t spki;      /* of a key that pubkey_from_spki takes */
    ts_t expires_at; /* absent: SERVICE_KEY_LIFE */
};

/* Whoever has the private half acts with the account's rights, so the actor must have them all
 * (E_FORBIDDEN). E_CONFLICT: the account has that key already, or too many. E_BAD_FIELD: over
 * already, or too far away. E_NOT_FOUND: no such account. */
err_t service_key_add(struct act *act, oid_t service, const struct service_key_in *in,
                      struct row_service_key *ret) MUST_USE;
err_t service_key_get(struct act *act, oid_t service, oid_t id,
                      struct row_service_key *ret) MUST_USE;
err_t service_key_page(struct act *act, oid_t service, oid_t after, int64_t n,
                       struct row_service_key **ret, size_t *ret_n) MUST_USE;
/* What is absent stays. To switch a key on again takes the rights that it gives. */
err_t service_key_change(struct act *act, oid_t service, oid_t id, str_t name, str_t status,
                         struct row_service_key *ret) MUST_USE;
err_t service_key_delete(struct act *act, oid_t service, oid_t id,
                         struct row_service_key *ret) MUST_USE;

/* The key file, as other programs read it: {"type":"serviceaccount","keyId","key","userId"}. `b`
 * must be `secret`; `pem` is of key_pem_write; no key: its id is null. */
void service_key_file(struct buf *b, oid_t service, oid_t key, str_t pem);

/* Warn of keys and tokens that end within 30, 7 and 1 days: each step once. The rows are those to
 * warn of, with the step that it is; at most `limit`, and `more` where there may be others. */
struct credential_ending {
    struct row_ending row;
    int64_t days;
};
enum { ENDING_KEY = 1, ENDING_TOKEN, ENDING_PERSONAL }; /* kind of a row_ending */
err_t credentials_warn(struct act *act, int64_t limit, struct credential_ending **ret,
                       size_t *ret_n) MUST_USE;

#endif
