/* SPDX-License-Identifier: Apache-2.0 */
/* A steady rate of configuration polls from a thread of its own, each with another device's token.
 */
#ifndef BENCH_STREAM_POLLS_H
#define BENCH_STREAM_POLLS_H

#include "stream_conn.h"

struct polls;

/* NULL: none asked for, or no connection. */
struct polls *polls_start(const struct stream_target *to, uint64_t rate, uint64_t devices);
/* Prints {"polls":N,"p50_us":..,"p99_us":..,"refused":..,"late":..}; `late`: not sent, because no
 * connection was free. */
void polls_stop(struct polls *p);

#endif
