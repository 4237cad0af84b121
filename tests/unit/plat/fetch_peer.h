/* SPDX-License-Identifier: Apache-2.0 */
/* A peer on a real socket for tests of fetch.h: a thread for each connection runs a script. */
#ifndef TESTS_PLAT_FETCH_PEER_H
#define TESTS_PLAT_FETCH_PEER_H

#include "base/str.h"

#include <pthread.h>
#include <stdatomic.h>

enum { PEER_CONNS_MAX = 16 };

struct peer;
typedef void peer_script_f(struct peer *p, int fd);

struct peer {
    int listening;
    char url[64]; /* http://127.0.0.1:PORT/x */
    peer_script_f *script;
    pthread_t thread;
    pthread_t conns[PEER_CONNS_MAX];
    atomic_uint conns_n;    /* connections that came */
    atomic_uint requests_n; /* whole requests that were heard */
    atomic_ullong sent;     /* bytes that the socket took */
    atomic_bool over;
};

void peer_up(struct peer *p, peer_script_f *script);
void peer_down(struct peer *p); /* waits for its threads */

/* A whole request, with its body; false: the connection ended. */
bool peer_hear(struct peer *p, int fd);
bool peer_hear_all(struct peer *p, int fd, char *room, size_t size); /* with a NUL behind it */
bool peer_tell(struct peer *p, int fd, str_t text);                  /* false: it is gone */
void peer_wait(struct peer *p, int ms); /* less when the peer is over */
bool peer_is_left(int fd);              /* the other side has closed */

#endif
