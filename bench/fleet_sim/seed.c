/* SPDX-License-Identifier: Apache-2.0 */
#include "seed.h"

#include "base/enc.h"
#include "base/num.h"

void seed_init(struct seed *s, str_t text)
{
    const str_t parts[] = { STR("fleet-sim\0"), text };
    s->root = sha256_of_parts(parts, ARRAY_LEN(parts));
}

static digest_t seed_derive(const struct seed *s, const char *what, uint64_t a, uint64_t b)
{
    uint8_t numbers[16];
    num_put_be64(numbers, a);
    num_put_be64(numbers + 8, b);
    const str_t parts[] = { str_of(s->root.b, sizeof s->root.b), str_of(numbers, sizeof numbers),
                            str_from_cz(what) };
    return sha256_of_parts(parts, ARRAY_LEN(parts));
}

void seed_machine(const struct seed *s, uint32_t number, char out[static SEED_MACHINE])
{
    char run[9] = { 0 };
    hex_encode(s->root.b, 4, run);
    (void)snprintf(out, SEED_MACHINE, "sim-%s-%06u", run, number);
}

void seed_key(const struct seed *s, uint32_t number, secret_t *ret)
{
    digest_t d = seed_derive(s, "key", number, 0);
    ret->n = ED25519_SEED;
    memcpy(ret->b, d.b, ED25519_SEED);
}

void seed_nonce(const struct seed *s, const char *what, uint32_t instance, uint64_t n,
                char out[static SEED_NONCE + 1])
{
    digest_t d = seed_derive(s, what, instance, n);
    base62_encode(d.b, sizeof d.b, out, SEED_NONCE);
    out[SEED_NONCE] = '\0';
}

uint64_t seed_random(const struct seed *s, uint32_t instance)
{
    digest_t d = seed_derive(s, "random", instance, 0);
    return num_get_be64(d.b);
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* place = a * number + b modulo devices; with a prime to devices each place comes once. */
uint32_t seed_place(const struct seed *s, uint32_t number, uint32_t devices)
{
    uint64_t a = num_get_be64(s->root.b + 8) % devices;
    uint64_t b = num_get_be64(s->root.b + 16) % devices;
    while (common_divisor(a, devices) != 1)
        a++; /* at the latest 1 more than a multiple of devices */
    return (uint32_t)((a % devices * number + b) % devices);
}

uint64_t random_next(uint64_t *state)
{
    uint64_t x = *state += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

int64_t random_upto(uint64_t *state, int64_t below)
{
    return below <= 0 ? 0 : (int64_t)(random_next(state) % ((uint64_t)below + 1U));
}
