/* SPDX-License-Identifier: Apache-2.0 */
/* Random bytes from the kernel (getrandom(2)), fetched ahead by each thread; safe across fork(2),
 * not across a bare clone(2). Tests may ask for a fixed sequence. */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

void rng_bytes(void *out, size_t n); /* aborts where the kernel has none: there is no safe way on */
uint64_t rng_u64(void);
uint64_t rng_below(uint64_t bound); /* 0..bound-1, even; bound >= 1 */

void rng_seed_for_test(uint64_t seed); /* 0: back to the kernel */

#endif
