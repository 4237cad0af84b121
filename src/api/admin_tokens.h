/* SPDX-License-Identifier: Apache-2.0 */
/* Ephemeral administrator tokens (`seneschal admin-token`): only in this process's memory, an hour
 * each, gone with it. */
#ifndef API_ADMIN_TOKENS_H
#define API_ADMIN_TOKENS_H

#include "base/clock.h"
#include "plat/crypto/crypto.h"

#include <pthread.h>

enum { ADMIN_TOKENS_MAX = 64 };

struct admin_tokens {
    pthread_mutex_t lock;
    struct admin_token {
        digest_t hash;
        ts_t expires_at; /* absent: a free place */
    } rows[ADMIN_TOKENS_MAX];
    size_t next; /* the place that the next one takes: the oldest goes */
};

void admin_tokens_init(struct admin_tokens *t);
void admin_tokens_fini(struct admin_tokens *t);
/* `ret` is a secret: wipe it. */
void admin_tokens_mint(struct admin_tokens *t, ts_t now, struct token_text *ret);
bool admin_tokens_hold(struct admin_tokens *t, const digest_t *token, ts_t now);

#endif
