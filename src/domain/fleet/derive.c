/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/fleet/derive.h"

#include "base/num.h"
#include "domain/identity/keys.h"

#include <assert.h>

static void derive(const struct keys *keys, str_t prefix, const str_t *parts, size_t n,
                   struct token_text *ret)
{
    digest_t d = hmac_of_parts(&keys->by_use[KEY_TOKEN], parts, n);
    static_assert(sizeof d.b == TOKEN_BYTES, "a token is one HMAC");
    token_from_bytes(prefix, d.b, ret);
    explicit_bzero(&d, sizeof d);
}

void derive_claim(const struct keys *keys, oid_t request, struct token_text *ret)
{
    const str_t parts[] = { STR("seneschal-claim-v1"), oid_bytes(&request) };
    derive(keys, STR("sen_c_"), parts, ARRAY_LEN(parts), ret);
}

void derive_claim_token(const struct keys *keys, oid_t device, const digest_t *claim,
                        int64_t join_seq, struct token_text *ret)
{
    uint8_t seq[8];
    num_put_be64(seq, (uint64_t)join_seq);
    const str_t parts[] = { STR("seneschal-claim-token-v1"), oid_bytes(&device), digest_str(claim),
                            str_of(seq, sizeof seq) };
    derive(keys, STR("sen_d_"), parts, ARRAY_LEN(parts), ret);
}

void derive_rotated_token(const struct keys *keys, oid_t device, int64_t join_seq, str_t nonce,
                          struct token_text *ret)
{
    uint8_t seq[8];
    num_put_be64(seq, (uint64_t)join_seq);
    const str_t parts[] = { STR("seneschal-rotate-v1"), oid_bytes(&device), str_of(seq, sizeof seq),
                            nonce };
    derive(keys, STR("sen_d_"), parts, ARRAY_LEN(parts), ret);
}
