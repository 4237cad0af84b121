/* SPDX-License-Identifier: Apache-2.0 */
/* One loop, and what its connections share. */
#include "plat/http/lane.h"

#include <unistd.h>

enum { CONNS_KEEP = 1024, INPUTS_KEEP = 64 };

err_t lane_init(struct lane *lane, unsigned index, struct diag *why)
{
    lane->index = index;
    lane->date_s = -1;
    pool_init(&lane->conns, sizeof(struct conn), CONNS_KEEP);
    pool_init(&lane->inputs, sizeof(struct input), INPUTS_KEEP);
    buf_init(&lane->kept, (lane_cfg(lane)->conns_max + lane_cfg(lane)->conns_spare) * sizeof(int));
    return loop_new(why, &lane->loop);
}

void lane_fini(struct lane *lane)
{
    loop_free(lane->loop); /* first: it may still have to close handles in what follows */
    for (size_t at = 0; at + sizeof(int) <= lane->kept.n; at += sizeof(int)) {
        int fd;
        memcpy(&fd, lane->kept.p + at, sizeof fd);
        (void)close(fd < 0 ? ~fd : fd); /* nobody has asked for it */
    }
    buf_fini(&lane->kept);
    while (lane->idle_xchg != NULL) {
        struct xchg *x = lane->idle_xchg;
        lane->idle_xchg = x->next;
        xchg_fini(x);
    }
    pool_fini(&lane->conns);
    pool_fini(&lane->inputs);
}

void server_less(struct http_server *s, _Atomic size_t *count)
{
    if (atomic_fetch_sub(count, 1) != 1 || server_phase(s) == PHASE_SERVING)
        return; /* not the last, or nobody waits yet */
    (void)pthread_mutex_lock(&s->lock);
    (void)pthread_cond_broadcast(&s->fewer);
    (void)pthread_mutex_unlock(&s->lock);
}

void lane_count(struct lane *lane, bool more)
{
    struct http_server *s = lane->server;
    if (more) {
        atomic_fetch_add(&lane->load, 1);
        atomic_fetch_add(&s->conns, 1);
        return;
    }
    atomic_fetch_sub(&lane->load, 1);
    server_less(s, &s->conns);
}

str_t lane_date(struct lane *lane)
{
    int64_t now_s = loop_now(lane->loop).us / 1000000;
    if (now_s != lane->date_s) {
        lane->date_s = now_s;
        memcpy(lane->date, "Date: ", 6);
        ts_format_http(clock_now(), lane->date + 6);
        memcpy(lane->date + 6 + TS_HTTP_TEXT, "\r\n", 2);
    }
    return str_of(lane->date, 6 + TS_HTTP_TEXT + 2);
}
