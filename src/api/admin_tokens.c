/* SPDX-License-Identifier: Apache-2.0 */
#include "api/admin_tokens.h"

#define ADMIN_TOKEN_LIFE DUR_HOURS(1)

void admin_tokens_init(struct admin_tokens *t)
{
    *t = (struct admin_tokens){ .next = 0 };
    (void)pthread_mutex_init(&t->lock, NULL); /* a default mutex cannot fail here */
}

void admin_tokens_fini(struct admin_tokens *t)
{
    (void)pthread_mutex_destroy(&t->lock);
    explicit_bzero(t->rows, sizeof t->rows);
}

void admin_tokens_mint(struct admin_tokens *t, ts_t now, struct token_text *ret)
{
    token_make(STR("sen_u_"), ret);
    struct admin_token row = {
        .hash = sha256_of(str_of(ret->p, ret->n)),
        .expires_at = ts_add(now, ADMIN_TOKEN_LIFE),
    };
    (void)pthread_mutex_lock(&t->lock);
    t->rows[t->next] = row;
    t->next = (t->next + 1) % ADMIN_TOKENS_MAX;
    (void)pthread_mutex_unlock(&t->lock);
}

bool admin_tokens_hold(struct admin_tokens *t, const digest_t *token, ts_t now)
{
    bool held = false;
    (void)pthread_mutex_lock(&t->lock);
    for (size_t i = 0; i < ADMIN_TOKENS_MAX; i++) {
        bool same = bytes_eq_ct(t->rows[i].hash.b, token->b, SHA256_SIZE);
        held = held || (same && t->rows[i].expires_at.us > now.us);
    }
    (void)pthread_mutex_unlock(&t->lock);
    return held;
}
