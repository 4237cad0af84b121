/* SPDX-License-Identifier: Apache-2.0 */
/* Everything about a simulated device follows from the seed of the run and the device's number, so
 * that a run repeats. Good for nothing but throw-away fleets: who knows the seed knows the keys. */
#ifndef FLEET_SIM_SEED_H
#define FLEET_SIM_SEED_H

#include "plat/crypto/crypto.h"

enum { SEED_MACHINE = 32, SEED_NONCE = 32 };

struct seed {
    digest_t root;
};

void seed_init(struct seed *s, str_t text);
/* "sim-1a2b3c4d-000017", NUL-terminated. */
void seed_machine(const struct seed *s, uint32_t number, char out[static SEED_MACHINE]);
/* Of its Ed25519 key. */
void seed_key(const struct seed *s, uint32_t number, secret_t *ret);
/* SEED_NONCE characters and a NUL: for `what` the n-th time. Two instances of one machine differ.
 */
void seed_nonce(const struct seed *s, const char *what, uint32_t instance, uint64_t n,
                char out[static SEED_NONCE + 1]);
/* Where an instance's own random numbers begin. */
uint64_t seed_random(const struct seed *s, uint32_t instance);
/* The place of `number` when `devices` are shuffled: each of 0..devices-1 once. */
uint32_t seed_place(const struct seed *s, uint32_t number, uint32_t devices);

/* The next random number of a state (SplitMix64). */
uint64_t random_next(uint64_t *state);
/* U[0, below]; 0 for nothing. */
int64_t random_upto(uint64_t *state, int64_t below);

#endif
