/* SPDX-License-Identifier: Apache-2.0 */
#include "tokens.h"

#include "base/enc.h"

/* SplitMix64: spreads the numbers evenly over the table of tokens. */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

void bench_token(uint64_t number, char out[static BENCH_TOKEN])
{
    uint8_t bytes[32];
    for (size_t i = 0; i < 4; i++) {
        uint64_t part = mix(number * 4U + i);
        memcpy(bytes + i * 8U, &part, 8);
    }
    memcpy(out, "sen_d_", 6);
    base62_encode(bytes, sizeof bytes, out + 6, 43);
    uint32_t crc = crc32_of(str_of(out, 49));
    uint8_t be[4] = { (uint8_t)(crc >> 24), (uint8_t)(crc >> 16), (uint8_t)(crc >> 8),
                      (uint8_t)crc };
    base62_encode(be, sizeof be, out + 49, 6);
}
