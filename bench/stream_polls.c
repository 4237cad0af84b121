/* SPDX-License-Identifier: Apache-2.0 */
#include "stream_polls.h"

#include "conn.h"
#include "hist.h"
#include "tokens.h"

#include "base/clock.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { CONNS = 64, REQUEST_MAX = 512, STATUS_REVOKED = 403 };

struct polls {
    struct stream_target to;
    uint64_t rate;
    uint64_t devices;
    pthread_t thread;
    atomic_bool stop;
    struct conn conns[CONNS];
    int64_t sent_us[CONNS]; /* 0: free */
    uint64_t number;
    uint64_t refused;
    uint64_t late;
    struct hist hist;
    char scratch[CONN_SCRATCH];
};

static void ask(struct polls *p, size_t i)
{
    char token[BENCH_TOKEN];
    char text[REQUEST_MAX];
    p->number = p->number * 6364136223846793005U + 1442695040888963407U;
    bench_token((p->number >> 33) % p->devices, token);
    int n = snprintf(text, sizeof text,
                     "GET /api/v1/iassistants/config HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
                     "Authorization: Bearer %.*s\r\n\r\n",
                     (unsigned)p->to.port, BENCH_TOKEN, token);
    p->sent_us[i] = clock_mono().us;
    if (!conn_send(&p->conns[i], str_of(text, (size_t)n)))
        abort();
}

static void take(struct polls *p, size_t i)
{
    struct conn_reply reply;
    enum conn_state s = conn_read(&p->conns[i], p->scratch, &reply);
    if (s == CONN_GONE)
        abort(); /* the server has died */
    if (s == CONN_WAIT)
        return;
    hist_add(&p->hist, (uint64_t)(clock_mono().us - p->sent_us[i]));
    p->refused += reply.status != 200 && reply.status != STATUS_REVOKED ? 1 : 0;
    p->sent_us[i] = 0;
}

/* As many as are due by now, on connections that are free. */
static void ask_due(struct polls *p, uint64_t *asked, uint64_t due)
{
    for (size_t i = 0; i < CONNS && *asked < due; i++) {
        if (p->sent_us[i] != 0)
            continue;
        ask(p, i);
        (*asked)++;
    }
    if (due - *asked > p->rate / 10) { /* it does not keep up: not to be made good in a burst */
        p->late += due - *asked;
        *asked = due;
    }
}

static void *polls_run(void *arg)
{
    struct polls *p = arg;
    uint64_t asked = 0;
    int64_t since = clock_mono().us;
    while (!atomic_load(&p->stop)) {
        struct pollfd fds[CONNS];
        uint64_t due = (uint64_t)(clock_mono().us - since) * p->rate / 1000000;
        ask_due(p, &asked, due);
        for (size_t i = 0; i < CONNS; i++)
            fds[i] =
                (struct pollfd){ .fd = p->sent_us[i] == 0 ? -1 : p->conns[i].fd, .events = POLLIN };
        if (poll(fds, CONNS, 1) <= 0)
            continue;
        for (size_t i = 0; i < CONNS; i++) {
            if (fds[i].revents != 0)
                take(p, i);
        }
    }
    return NULL;
}

struct polls *polls_start(const struct stream_target *to, uint64_t rate, uint64_t devices)
{
    struct sockaddr_in at = conn_loopback(to->port);
    struct polls *p = rate == 0 ? NULL : calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    p->to = *to;
    p->rate = rate;
    p->devices = devices;
    for (size_t i = 0; i < CONNS; i++) {
        if (!conn_open(&p->conns[i], &at, true)) {
            free(p);
            return NULL;
        }
    }
    if (pthread_create(&p->thread, NULL, polls_run, p) != 0) {
        free(p);
        return NULL;
    }
    return p;
}

void polls_stop(struct polls *p)
{
    if (p == NULL)
        return;
    atomic_store(&p->stop, true);
    (void)pthread_join(p->thread, NULL);
    for (size_t i = 0; i < CONNS; i++)
        conn_close(&p->conns[i]);
    (void)printf(
        "{\"polls\":%llu,\"p50_us\":%llu,\"p99_us\":%llu,\"refused\":%llu,\"late\":%llu}\n",
        (unsigned long long)p->hist.n, (unsigned long long)hist_at(&p->hist, 500),
        (unsigned long long)hist_at(&p->hist, 990), (unsigned long long)p->refused,
        (unsigned long long)p->late);
    free(p);
}
