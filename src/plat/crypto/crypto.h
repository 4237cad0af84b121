/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes, MACs, sealing and signatures: OpenSSL EVP (fetched once) and libsodium; nothing of our
 * own. */
#ifndef PLAT_CRYPTO_CRYPTO_H
#define PLAT_CRYPTO_CRYPTO_H

#include "base/secret.h"

enum {
    SHA256_SIZE = 32,
    ED25519_SIG = 64,
    ED25519_PUBLIC = 32,
    ED25519_SEED = 32,
    ED25519_PAIR = 64,
    SEAL_NONCE = 12,
    SEAL_TAG = 16
};

/* Once, before any thread starts. E_INTERNAL when the libraries refuse. */
err_t crypto_init(void) MUST_USE;

typedef struct digest {
    uint8_t b[SHA256_SIZE];
} digest_t;

digest_t sha256_of(str_t bytes);
/* Over the concatenation of the parts. */
digest_t sha256_of_parts(const str_t *parts, size_t n);
/* From where the descriptor stands to its end. E_IO: it cannot be read. */
err_t sha256_of_file(int fd, digest_t *ret) MUST_USE;
/* HMAC-SHA-256 (RFC 2104) over the parts, each preceded by its length as 8 bytes big-endian. */
digest_t hmac_of_parts(const secret_t *key, const str_t *parts, size_t n);
/* Plain HMAC-SHA-256 over their concatenation, for what others verify. */
digest_t hmac_of_bytes(const secret_t *key, const str_t *parts, size_t n);

/* AES-256-GCM (NIST SP 800-38D), random 96-bit nonce in front, tag behind: out is n + SEAL_NONCE +
 * SEAL_TAG bytes. */
err_t seal(struct arena *a, const secret_t *key, str_t aad, str_t plain, str_t *ret) MUST_USE;
/* E_CORRUPT: not sealed with this key and this aad. */
err_t unseal(struct arena *a, const secret_t *key, str_t aad, str_t sealed, str_t *ret) MUST_USE;

void ed25519_public(const secret_t *seed, uint8_t ret[static ED25519_PUBLIC]);
/* Seed and public key in one: a signature by it costs half of one by the seed alone. */
void ed25519_pair(const secret_t *seed, secret_t *ret);
/* `key`: a seed or a pair. */
void ed25519_sign(const secret_t *key, str_t message, uint8_t ret[static ED25519_SIG]);

/* A public key that somebody proves himself with; RSA of 2048 to 4096 bits never is a device's. */
enum pubkey_kind { PUBKEY_NONE, PUBKEY_ED25519, PUBKEY_P256, PUBKEY_RSA };
enum { RSA_BYTES_MIN = 256, RSA_BYTES_MAX = 512, PUBKEY_SPKI_MAX = 552 };
struct pubkey {
    enum pubkey_kind kind;
    uint8_t spki[PUBKEY_SPKI_MAX]; /* DER SubjectPublicKeyInfo (RFC 5280; RFC 8410, RFC 5480) */
    size_t spki_n;
};
/* From the coordinates of a JWK, as raw bytes: Ed25519 x (32, y absent), P-256 x and y (32 each).
 * E_BAD_FIELD: not a point of the curve, or of small order. */
err_t pubkey_from_raw(enum pubkey_kind kind, str_t x, str_t y, struct pubkey *ret) MUST_USE;
/* RSA, from modulus and public exponent, big-endian without leading zeros (RFC 7518 section 6.3.1).
 * E_BAD_FIELD: shorter than 2048 bits or longer than 4096, even, or an exponent that is even, below
 * 65537 or over 32 bits. */
err_t pubkey_from_rsa(str_t n, str_t e, struct pubkey *ret) MUST_USE;
struct pubkey_rsa {
    uint8_t n[RSA_BYTES_MAX];
    size_t n_n;
    uint8_t e[4];
    size_t e_n;
};
err_t pubkey_rsa(const struct pubkey *k, struct pubkey_rsa *ret) MUST_USE;
/* Of any kind, in the one spelling that this server writes. E_BAD_FIELD. */
err_t pubkey_from_spki(str_t der, struct pubkey *ret) MUST_USE;
digest_t pubkey_hash(const struct pubkey *k); /* SHA-256 of the SPKI */
/* 64 bytes: Ed25519 (RFC 8032), or P-256 with SHA-256 as r||s (RFC 7518 section 3.4); RSASSA-PKCS1
 * with SHA-256, as long as the modulus (section 3.3). E_FORBIDDEN: does not verify. */
err_t pubkey_verify(const struct pubkey *k, str_t message, str_t signature) MUST_USE;

/* Tokens: prefix ("sen_d_"), 43 base62 characters of 256 random or derived bits, 6 of CRC-32 over
 * what precedes. */
enum { TOKEN_TEXT_MAX = 64, TOKEN_BYTES = 32, TOKEN_TEXT = 6 + 43 + 6 };
struct token_text {
    char p[TOKEN_TEXT_MAX]; /* a secret: wipe it */
    size_t n;
};
void token_make(str_t prefix, struct token_text *ret); /* random */
void token_from_bytes(str_t prefix, const uint8_t bytes[static TOKEN_BYTES],
                      struct token_text *ret); /* derived */
/* Does it begin with sen_, have the right length, alphabet and checksum? */
bool token_is_ours(str_t text);

#endif
