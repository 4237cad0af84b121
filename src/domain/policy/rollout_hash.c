/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/rollout_hash.h"

#include "base/num.h"
#include "plat/crypto/crypto.h"

int64_t rollout_place(str_t seed, oid_t device)
{
    char id[OID_TEXT];
    oid_format(device, id);
    const str_t parts[] = { STR("seneschal-rollout-v1\0"), seed, STR("\0"), str_of(id, sizeof id) };
    digest_t d = sha256_of_parts(parts, ARRAY_LEN(parts));
    uint64_t first = num_get_be64(d.b);
    /* first * 100000 has up to 81 bits: its upper half is made of two products that fit. */
    uint64_t high = (first >> 32) * ROLLOUT_WHOLE;
    uint64_t low = (first & UINT32_MAX) * ROLLOUT_WHOLE;
    return (int64_t)((high + (low >> 32)) >> 32);
}
