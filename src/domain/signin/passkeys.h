/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passkeys of people (WebAuthn level 2). A challenge is made without the store: it carries its end
 * and a MAC that binds it to its use, and becomes a row when it is answered, so that it is answered
 * once.
 */
#ifndef DOMAIN_SIGNIN_PASSKEYS_H
#define DOMAIN_SIGNIN_PASSKEYS_H

#include "domain/live/act.h"
#include "plat/crypto/passkey.h"
#include "sql/factor.h"

enum { PASSKEYS_MAX = 20, PASSKEY_CHALLENGE = 64 };
#define PASSKEY_CHALLENGE_LIFE DUR_S(300)

enum passkey_use { PASSKEY_MAKE, PASSKEY_SIGN_IN, PASSKEY_USES };
/* `bound`: what it is bound to (a session's id; absent: a browser that is not signed in).
 * Base64url, in the arena. */
err_t passkey_challenge(struct act *act, enum passkey_use use, str_t bound, str_t *ret) MUST_USE;

/* This server, as WebAuthn knows it: the host of its name, and its origin. */
struct passkey_server {
    str_t rp_id;
    str_t origin;
};
/* "https://id.example.org:8443" -> "id.example.org" and itself. */
struct passkey_server passkey_server_of(str_t issuer);
/* Do browsers let passkeys be used there? They want a secure context and a name, not an address
 * (WebAuthn level 3 sections 5.1.3 and 13.4.9). */
bool passkey_works(str_t issuer);

/* What a browser answers: the bytes as they came, base64url. */
struct passkey_answer {
    str_t credential; /* the id; of an assertion only */
    str_t client_data;
    str_t authenticator_data;
    str_t signature; /* of an assertion only */
};

struct passkey_in {
    oid_t user;
    str_t name;
    str_t bound;
    const struct passkey_server *server;
    const struct passkey_answer *answer;
};
/* A new one of this person. E_BAD_FIELD: not made for this server, this challenge, or not at all.
 * E_CONFLICT: it is known, or PASSKEYS_MAX. */
err_t passkey_add(struct act *act, const struct passkey_in *in, struct row_passkey *ret) MUST_USE;
err_t passkey_list(struct act *act, oid_t user, struct row_passkey **ret, size_t *ret_n) MUST_USE;
err_t passkey_delete(struct act *act, oid_t user, oid_t id, str_t *ret_name) MUST_USE;

/* A proof by one of them; on the writer, for its challenge and its count are used up. `verify`: it
 * is all that is asked for, so a PIN or a finger must have been. E_UNAUTHENTICATED: it proves
 * nothing. */
struct passkey_ask {
    str_t bound;
    bool verify;
    const struct passkey_server *server;
    const struct passkey_answer *answer;
};
err_t passkey_prove(struct act *act, const struct passkey_ask *ask,
                    struct row_passkey *ret) MUST_USE;

/* Challenges that were answered, and have run out since. */
err_t passkey_purge(struct act *act) MUST_USE;

#endif
