/* SPDX-License-Identifier: Apache-2.0 */
/* Keep-alive connections against 127.0.0.1, in a closed loop, or at a fixed rate (--rate) whatever
 * the server answers; prints one JSON object. What a request costs the server is read from /proc,
 * since client and server share the machine. */
#include "conn.h"
#include "hist.h"
#include "plan.h"
#include "procfs.h"

#include "base/clock.h"
#include "base/num.h"

#include <getopt.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { THREADS_MAX = 8, EVENTS = 64, COUNT_WAIT_MS = 180000 };
enum phase { PHASE_WARM, PHASE_MEASURE, PHASE_STOP };

struct options {
    struct plan_in plan;
    struct procfs_pids pids;
    uint64_t port, connections, threads, seconds_ms, warm_ms, expect;
    uint64_t rate;    /* 0: a closed loop; else requests a second */
    uint64_t good_ms; /* at a rate: an answer that took longer helps nobody */
    uint64_t count;   /* 0: run for seconds_ms; else ask 0..count-1 in order, once each */
};

struct thread {
    pthread_t id;
    const struct plan *plan;
    const struct options *opt;
    _Atomic int *phase;
    _Atomic uint64_t *next; /* number of the next request, over all threads */
    uint64_t random;
    size_t conns_n;
    struct asker **idle; /* at a rate: those that wait for their next request */
    size_t idle_n;
    int64_t next_ns, step_ns; /* when the next request is due */
    uint64_t good, shed;      /* at a rate: in time; 503 */
    uint64_t unexpected, gone;
    int status; /* the first that was not expected */
    struct hist hist;
    char out[PLAN_TEXT]; /* the request: what changes is filled in before each sending */
    char scratch[CONN_SCRATCH];
};

struct asker {
    struct conn conn;
    int64_t sent_us;
};

/* Machines are enrolled once each; tokens are taken at random, so that no cache of the server's
 * processor helps. */
static uint64_t number_next(struct thread *t)
{
    if (t->plan->mode == PLAN_ENROL || t->opt->count > 0)
        return atomic_fetch_add_explicit(t->next, 1, memory_order_relaxed);
    t->random ^= t->random << 13;
    t->random ^= t->random >> 7;
    t->random ^= t->random << 17;
    return t->random;
}

/* At a rate, 503 is an answer like others. */
static void reply_sort(struct thread *t, int status, int64_t took_us)
{
    bool in_time = took_us <= (int64_t)t->opt->good_ms * 1000;
    if (t->opt->rate == 0 || atomic_load_explicit(t->phase, memory_order_relaxed) != PHASE_MEASURE)
        return;
    t->good += (uint64_t)status == t->opt->expect && in_time;
    t->shed += status == 503;
}

static void reply_count(struct thread *t, int status, int64_t took_us)
{
    reply_sort(t, status, took_us);
    if ((uint64_t)status != t->opt->expect && (t->opt->rate == 0 || status != 503)) {
        t->unexpected++;
        t->status = t->status != 0 ? t->status : status;
    }
    if (atomic_load_explicit(t->phase, memory_order_relaxed) == PHASE_MEASURE)
        hist_add(&t->hist, (uint64_t)took_us);
}

static bool asker_send(struct thread *t, struct asker *a, int64_t now_us)
{
    plan_fill(t->plan, number_next(t), t->out);
    a->sent_us = now_us;
    return conn_send(&a->conn, str_of(t->out, t->plan->n));
}

static int askers_start(struct thread *t, struct asker *askers, int ep)
{
    struct sockaddr_in to = conn_loopback((uint16_t)t->opt->port);
    for (size_t i = 0; i < t->conns_n; i++) {
        struct epoll_event ev = { .events = EPOLLIN, .data.ptr = &askers[i] };
        if (!conn_open(&askers[i].conn, &to, true) ||
            epoll_ctl(ep, EPOLL_CTL_ADD, askers[i].conn.fd, &ev) != 0)
            return 0;
        if (t->opt->rate > 0)
            t->idle[t->idle_n++] = &askers[i];
        else if (!asker_send(t, &askers[i], clock_mono().us))
            return 0;
    }
    t->next_ns = clock_mono().us * 1000;
    return 1;
}

/* What is due by now, as far as there are connections; a request counts from when it was due. */
static void requests_offer(struct thread *t)
{
    enum { LATE_NS = 1000000000 }; /* who is so late gives the rest up */
    int64_t now_ns = clock_mono().us * 1000;
    if (t->next_ns < now_ns - LATE_NS)
        t->next_ns = now_ns - LATE_NS;
    for (; t->next_ns <= now_ns && t->idle_n > 0; t->next_ns += t->step_ns) {
        struct asker *a = t->idle[--t->idle_n];
        if (asker_send(t, a, t->next_ns / 1000))
            continue;
        t->gone++;
        conn_close(&a->conn);
    }
}

static void asker_serve(struct thread *t, struct asker *a)
{
    struct conn_reply reply;
    enum conn_state s = conn_read(&a->conn, t->scratch, &reply);
    if (s == CONN_WAIT)
        return;
    int64_t now_us = clock_mono().us;
    if (s == CONN_DONE)
        reply_count(t, reply.status, now_us - a->sent_us);
    if (s == CONN_DONE && t->opt->rate > 0) {
        t->idle[t->idle_n++] = a;
        return;
    }
    if (s == CONN_GONE || !asker_send(t, a, now_us)) {
        t->gone++;
        conn_close(&a->conn); /* leaves the epoll set with it */
    }
}

static void *thread_run(void *arg)
{
    struct thread *t = arg;
    struct asker *askers = calloc(t->conns_n, sizeof *askers);
    int ep = epoll_create1(EPOLL_CLOEXEC);
    t->idle = calloc(t->conns_n, sizeof(struct asker *));
    memcpy(t->out, t->plan->text, t->plan->n);
    if (askers == NULL || t->idle == NULL || ep < 0 || !askers_start(t, askers, ep))
        t->gone = t->conns_n;
    while (t->gone < t->conns_n && atomic_load(t->phase) != PHASE_STOP) {
        struct epoll_event ev[EVENTS];
        int n = epoll_wait(ep, ev, EVENTS, t->opt->rate > 0 ? 1 : 100);
        for (int i = 0; i < n; i++)
            asker_serve(t, ev[i].data.ptr);
        if (t->opt->rate > 0)
            requests_offer(t);
    }
    for (size_t i = 0; askers != NULL && i < t->conns_n; i++)
        if (askers[i].conn.fd > 0)
            conn_close(&askers[i].conn);
    free(askers);
    free(t->idle);
    (void)close(ep);
    return NULL;
}

static void wait_end(const struct options *o, const struct thread *threads)
{
    if (o->count == 0)
        (void)usleep((useconds_t)(o->seconds_ms * 1000U));
    for (uint64_t i = 0; o->count > 0 && i < COUNT_WAIT_MS && atomic_load(threads->next) < o->count;
         i += 10)
        (void)usleep(10000);
}

/* Let the threads run; sum them up in the first. */
static void measure(struct options *o, struct thread *threads, _Atomic int *phase)
{
    for (size_t i = 0; i < o->threads; i++)
        if (pthread_create(&threads[i].id, NULL, thread_run, &threads[i]) != 0)
            abort();
    (void)usleep((useconds_t)(o->count > 0 ? 0 : o->warm_ms * 1000U));
    int64_t cpu = procfs_cpu_us(&o->pids);
    int64_t began = clock_mono().us;
    atomic_store(phase, PHASE_MEASURE);
    wait_end(o, threads);
    atomic_store(phase, PHASE_STOP);
    double took = (double)(clock_mono().us - began) / 1e6;
    cpu = procfs_cpu_us(&o->pids) - cpu;
    struct thread *all = &threads[0];
    for (size_t i = 0; i < o->threads; i++)
        (void)pthread_join(threads[i].id, NULL);
    for (size_t i = 1; i < o->threads; i++) {
        hist_merge(&all->hist, &threads[i].hist);
        all->good += threads[i].good;
        all->shed += threads[i].shed;
        all->unexpected += threads[i].unexpected;
        all->gone += threads[i].gone;
        all->status = all->status != 0 ? all->status : threads[i].status;
    }
    double n = (double)all->hist.n;
    (void)printf("{\"requests\":%llu,\"seconds\":%.3f,\"rps\":%.1f,\"p50_us\":%llu,\"p99_us\":%llu,"
                 "\"cpu_us\":%.3f,\"rss_kb\":%lld,\"anon_kb\":%lld,\"unexpected\":%llu,"
                 "\"status\":%d,\"gone\":%llu,\"good_rps\":%.1f,\"shed_rps\":%.1f}\n",
                 (unsigned long long)all->hist.n, took, n / took,
                 (unsigned long long)hist_at(&all->hist, 500),
                 (unsigned long long)hist_at(&all->hist, 990), n > 0 ? (double)cpu / n : 0,
                 (long long)procfs_status_kb(&o->pids, "VmRSS"),
                 (long long)procfs_status_kb(&o->pids, "RssAnon"),
                 (unsigned long long)all->unexpected, all->status, (unsigned long long)all->gone,
                 (double)all->good / took, (double)all->shed / took);
}

static const struct option names[] = {
    { "mode", required_argument, NULL, 'm' },    { "host", required_argument, NULL, 'H' },
    { "port", required_argument, NULL, 'p' },    { "path", required_argument, NULL, 'u' },
    { "bearer", required_argument, NULL, 'b' },  { "etag", required_argument, NULL, 'e' },
    { "run", required_argument, NULL, 'r' },     { "devices", required_argument, NULL, 'd' },
    { "pids", required_argument, NULL, 'P' },    { "connections", required_argument, NULL, 'c' },
    { "threads", required_argument, NULL, 't' }, { "ms", required_argument, NULL, 's' },
    { "warm-ms", required_argument, NULL, 'w' }, { "expect", required_argument, NULL, 'x' },
    { "count", required_argument, NULL, 'n' },   { "rate", required_argument, NULL, 'R' },
    { "good-ms", required_argument, NULL, 'g' }, { "prefer", required_argument, NULL, 'f' },
    { "body", required_argument, NULL, 'B' },    { "type", required_argument, NULL, 'T' },
    { "fields", required_argument, NULL, 'F' },  { NULL, 0, NULL, 0 },
};

static int number_option(const char *text, uint64_t *ret)
{
    return num_parse_u64(str_from_cz(text), ret) == E_OK;
}

static int mode_option(const char *text, enum plan_mode *ret)
{
    static const char *const modes[] = {
        [PLAN_GET] = "get", [PLAN_VERIFY] = "verify", [PLAN_ENROL] = "enrol", [PLAN_POST] = "post"
    };
    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        if (strcmp(text, modes[i]) != 0)
            continue;
        *ret = (enum plan_mode)i;
        return 1;
    }
    return 0;
}

static int option_take(struct options *o, int c)
{
    switch (c) {
    case 'm':
        return mode_option(optarg, &o->plan.mode);
    case 'H':
        o->plan.host = optarg;
        return 1;
    case 'u':
        o->plan.path = optarg;
        return 1;
    case 'b':
        o->plan.bearer = optarg;
        return 1;
    case 'e':
        o->plan.etag = optarg;
        return 1;
    case 'f':
        o->plan.prefer = optarg;
        return 1;
    case 'B':
        o->plan.body = optarg;
        return 1;
    case 'T':
        o->plan.type = optarg;
        return 1;
    case 'F':
        o->plan.fields = optarg;
        return 1;
    case 'r':
        o->plan.run = optarg;
        return 1;
    case 'p':
        return number_option(optarg, &o->port);
    case 'd':
        return number_option(optarg, &o->plan.devices);
    case 'c':
        return number_option(optarg, &o->connections);
    case 't':
        return number_option(optarg, &o->threads);
    case 's':
        return number_option(optarg, &o->seconds_ms);
    case 'w':
        return number_option(optarg, &o->warm_ms);
    case 'x':
        return number_option(optarg, &o->expect);
    case 'R':
        return number_option(optarg, &o->rate);
    case 'g':
        return number_option(optarg, &o->good_ms);
    case 'n':
        return number_option(optarg, &o->count);
    case 'P':
        return procfs_parse(optarg, &o->pids);
    default:
        return 0;
    }
}

int main(int argc, char **argv)
{
    struct options o = { .plan = { .host = "127.0.0.1",
                                   .path = "/",
                                   .run = "0",
                                   .devices = 1,
                                   .body = "",
                                   .type = "application/json" },
                         .connections = 64,
                         .threads = 2,
                         .seconds_ms = 3000,
                         .warm_ms = 500,
                         .expect = 200,
                         .good_ms = 1000 };
    for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;)
        if (!option_take(&o, c))
            return 2;
    struct plan plan;
    if (o.threads == 0 || o.threads > THREADS_MAX || o.plan.devices == 0 ||
        !plan_init(&plan, &o.plan))
        return 2;
    static struct thread threads[THREADS_MAX];
    _Atomic int phase = PHASE_WARM;
    _Atomic uint64_t next = 0;
    if (o.threads > o.connections)
        o.threads = o.connections;
    for (size_t i = 0; i < o.threads; i++)
        threads[i] =
            (struct thread){ .plan = &plan,
                             .opt = &o,
                             .phase = &phase,
                             .next = &next,
                             .random = 88172645463325252U + i * 7919U,
                             .conns_n = o.connections / o.threads,
                             .step_ns =
                                 o.rate > 0 ? (int64_t)(o.threads * 1000000000U / o.rate) : 0 };
    measure(&o, threads, &phase);
    plan_fini(&plan);
    return threads[0].gone == 0 ? 0 : 1;
}
