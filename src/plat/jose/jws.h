/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures as text: JWS (RFC 7515), compact, and detached over bytes as they are (appendix F, RFC
 * 7797 b64:false), with EdDSA (RFC 8037), ES256 and RS256 (RFC 7518). The key decides the
 * algorithm: a header that names another one than its key's row is refused, and `none` is no row.
 */
#ifndef PLAT_JOSE_JWS_H
#define PLAT_JOSE_JWS_H

#include "base/buf.h"
#include "plat/crypto/sign_key.h"

enum {
    JWS_KID = 43,        /* an RFC 7638 thumbprint: base64url of 32 bytes */
    JWS_HEAD_MAX = 1024, /* of the protected header, as base64url */
    JWS_NAME_MAX = 128,  /* of a kid or typ that is read */
    JWS_TEXT_MAX = 16 * 1024
};

/* What signs. */
struct jws_key {
    secret_t pair; /* of Ed25519; wiped by jws_key_fini */
    struct pubkey public;
    char kid[JWS_KID];
};
/* E_NO_MEMORY. */
err_t jws_key_make(const secret_t *seed, struct jws_key *ret) MUST_USE;
void jws_key_fini(struct jws_key *k);

/* Append a signature; what goes wrong is in b->err. */
/* HEADER..SIGNATURE over `bytes` as they are; its header is
 * {"alg":"EdDSA","b64":false,"crit":["b64"],"kid":KID}. */
void jws_sign_detached(struct buf *b, const struct jws_key *k, str_t bytes);
/* HEADER.PAYLOAD.SIGNATURE; its header is {"alg":"EdDSA","kid":KID,"typ":TYP}. `typ` needs no
 * escaping. */
void jws_sign(struct buf *b, const struct jws_key *k, str_t typ, str_t payload);
/* The same by a key of any kind: {"alg":ALG,"kid":KID,"typ":TYP}. `kid` needs no escaping either.
 */
void jws_sign_with(struct buf *b, const struct sign_key *k, str_t kid, str_t typ, str_t payload);
/* "EdDSA", "ES256" or "RS256": what a key of this kind signs with. */
str_t jws_alg(enum pubkey_kind kind);
/* All that is taken, for those who are told. */
#define JWS_ALGS "ES256 EdDSA Ed25519 RS256"
/* Is this a name of what keys of this kind sign with? Ed25519 has two: "Ed25519" is EdDSA (RFC
 * 9864). */
bool jws_alg_is_of(str_t alg, enum pubkey_kind kind);

/* What was read, and is not verified: only `kid` (to find the key) may be acted upon. */
struct jws {
    str_t head;    /* as sent, borrowed from the text */
    str_t payload; /* as sent, base64url; empty where detached */
    str_t alg;     /* these three die with the arena; absent: not sent */
    str_t kid;
    str_t typ;
    str_t signature; /* bytes, in the arena */
    bool detached;   /* b64:false, and no payload */
};
/* At most JWS_TEXT_MAX bytes of outside text. E_BAD_FIELD: not a JWS of these two forms, or it
 * marks as critical what is not known here. E_NO_MEMORY. */
err_t jws_read(struct arena *a, str_t text, struct jws *ret) MUST_USE;

/* E_FORBIDDEN: not signed by this key, or not in this form. The payload is given out only when it
 * is genuine. Who calls compares `typ` with what he wants (RFC 8725 section 3.11). */
err_t jws_verify(struct arena *a, const struct jws *j, const struct pubkey *k,
                 str_t *ret_payload) MUST_USE;
/* Its signature alone, of a compact one: for who has read the payload, and believes it from here
 * on. */
err_t jws_check(const struct jws *j, const struct pubkey *k) MUST_USE;
err_t jws_verify_detached(const struct jws *j, const struct pubkey *k, str_t bytes) MUST_USE;

#endif
