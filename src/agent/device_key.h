/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A key file: who a machine is, minted before its agent has ever run. One line of JSON,
 *   {"type":"device","server":URL,"machine_id":ID,"key":{"kty":"OKP","crv":"Ed25519","x":…,"d":…}}
 * (RFC 8037), 0600. An operator has the public half let in; the agent takes the file at its first
 * start and proves the key itself, so that no token ever travels.
 */
#ifndef AGENT_DEVICE_KEY_H
#define AGENT_DEVICE_KEY_H

#include "base/buf.h"
#include "base/secret.h"

enum { DEVICE_KEY_TEXT = 512, DEVICE_KEY_FILE_MAX = 4096 };

struct device_key {
    char server[DEVICE_KEY_TEXT];
    char machine_id[DEVICE_KEY_TEXT];
    secret_t seed; /* Ed25519 */
};

/* E_BAD_FIELD: a text is empty or too long. */
err_t device_key_mint(str_t server, str_t machine_id, struct diag *why,
                      struct device_key *ret) MUST_USE;
/* The file as text. E_BAD_FIELD: it is none of ours. */
err_t device_key_parse(str_t text, struct diag *why, struct device_key *ret) MUST_USE;
void device_key_write(struct buf *b, const struct device_key *k);
/* The public half alone, as a JWK. */
void device_key_write_public(struct buf *b, const struct device_key *k);
void device_key_wipe(struct device_key *k);

/* A new file, 0600 whatever the umask. E_CONFLICT: something stands there. */
err_t device_key_create(const char *path, const struct device_key *k, struct diag *why) MUST_USE;
/* E_NOT_FOUND: there is none, or an empty one. E_BAD_FIELD. */
err_t device_key_read(struct arena *a, const char *path, struct diag *why,
                      struct device_key *ret) MUST_USE;

/* The name that a machine has where nobody gave it one. */
err_t machine_id_default(struct arena *a, const char *hostname,
                         char ret[static DEVICE_KEY_TEXT]) MUST_USE;

#endif
