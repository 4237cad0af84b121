/* SPDX-License-Identifier: Apache-2.0 */
#include "base/id.h"
#include "base/clock.h"
#include "base/enc.h"
#include "base/num.h"
#include "base/rng.h"

#include <stdatomic.h>

/* Milliseconds shifted left by 12, plus a counter (RFC 9562 section 6.2, method 3): never given
 * twice. */
static _Atomic uint64_t id_latest;

static uint64_t id_next_tick(void)
{
    uint64_t us = (uint64_t)clock_now().us;
    uint64_t tick = us / 1000 << 12 | us % 1000 << 2;
    uint64_t latest = atomic_load_explicit(&id_latest, memory_order_relaxed);
    uint64_t next;
    do {
        next = tick > latest ? tick : latest + 1;
    } while (!atomic_compare_exchange_weak_explicit(&id_latest, &latest, next, memory_order_relaxed,
                                                    memory_order_relaxed));
    return next;
}

oid_t oid_make(void)
{
    oid_t id;
    uint64_t tick = id_next_tick();
    num_put_be64(id.b, tick >> 12 << 16 | 0x7000U | (tick & 0xfffU));
    rng_bytes(id.b + 8, 8);
    id.b[8] = (uint8_t)((id.b[8] & 0x3f) | 0x80);
    return id;
}

bool oid_is_set(oid_t id)
{
    return !oid_eq(id, (oid_t){ 0 });
}

bool oid_eq(oid_t a, oid_t b)
{
    return memcmp(a.b, b.b, sizeof a.b) == 0;
}

void oid_format(oid_t id, char out[static OID_TEXT])
{
    char hex[32];
    hex_encode(id.b, sizeof id.b, hex);
    memcpy(out, hex, 8);
    memcpy(out + 9, hex + 8, 4);
    memcpy(out + 14, hex + 12, 4);
    memcpy(out + 19, hex + 16, 4);
    memcpy(out + 24, hex + 20, 12);
    out[8] = out[13] = out[18] = out[23] = '-';
}

err_t oid_parse(str_t text, oid_t *ret)
{
    char hex[32];
    if (text.n != OID_TEXT)
        return E_BAD_FIELD;
    if (text.p[8] != '-' || text.p[13] != '-' || text.p[18] != '-' || text.p[23] != '-')
        return E_BAD_FIELD;
    memcpy(hex, text.p, 8);
    memcpy(hex + 8, text.p + 9, 4);
    memcpy(hex + 12, text.p + 14, 4);
    memcpy(hex + 16, text.p + 19, 4);
    memcpy(hex + 20, text.p + 24, 12);
    oid_t id;
    TRY(hex_decode(str_of(hex, sizeof hex), id.b, sizeof id.b));
    *ret = id;
    return E_OK;
}
