/* SPDX-License-Identifier: Apache-2.0 */
/* The tokens of the benchmark's devices: number i always has the same one, so that the filler and
 * the load client need not share a file. Good for nothing but a throw-away store. */
#ifndef BENCH_TOKENS_H
#define BENCH_TOKENS_H

#include <stddef.h>
#include <stdint.h>

enum { BENCH_TOKEN = 6 + 43 + 6 };

/* sen_d_, 43 digits, checksum (docs: "Bearer tokens"); no NUL. */
void bench_token(uint64_t number, char out[static BENCH_TOKEN]);

#endif
