/* SPDX-License-Identifier: Apache-2.0 */
/* One open configuration stream of the benchmark's own client, plain or TLS. */
#ifndef BENCH_STREAM_CONN_H
#define BENCH_STREAM_CONN_H

#include "base/str.h"

#include <sys/types.h>

struct stream_target {
    uint16_t port; /* on 127.0.0.1 */
    bool tls;      /* any certificate will do: only memory and time are measured */
};

struct stream {
    int fd; /* -1: closed */
    void *ssl;
    bool began;
    bool told; /* of the first event */
};

/* Connect, and ask for the stream of device `number` (tokens.h). False: the server is not there. */
bool stream_open(struct stream *s, const struct stream_target *to, uint64_t number);
/* -1: nothing there just now; 0: it has ended. */
ssize_t stream_read(struct stream *s, char *p, size_t n);
void stream_close(struct stream *s);

#endif
