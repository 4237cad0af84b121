/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many devices with an open configuration stream, and a steady rate of polls beside them; when each
 * was told of a change. Lines on standard input say what to do, JSON lines on standard output what
 * came of it; times are CLOCK_MONOTONIC, microseconds.
 *
 *   watch      from now on, note when each stream is told of a change; {"told":N} once all are
 *   report T   {"told":N,"p50_us":..,"p99_us":..,"max_us":..} since T
 *   quit       {"polls":..} and the end
 *   unasked    {"open":N} once all have their first event; {"ended":I,"at":T} for a `status` event
 */
#include "hist.h"
#include "stream_conn.h"
#include "stream_polls.h"

#include "base/clock.h"
#include "base/num.h"

#include <getopt.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

enum { EVENTS = 256, LINE_MAX_BYTES = 256, WINDOW = 256, BYTES = 16384 };

struct bench {
    struct stream_target to;
    uint64_t streams;
    uint64_t first; /* number of the first device */
    uint64_t polls; /* a second */
    struct stream *all;
    int64_t *told_us; /* 0: not told since `watch` */
    int ep;
    size_t opened; /* streams whose request was sent */
    size_t open;   /* of them, those that had their first event */
    size_t told;
    bool watching;
};

static void say(const char *what, uint64_t n)
{
    (void)printf("{\"%s\":%llu}\n", what, (unsigned long long)n);
    (void)fflush(stdout);
}

static void fail(const char *what, size_t i)
{
    (void)fprintf(stderr, "bench-streams: stream %zu: %s\n", i, what);
    exit(1);
}

/* A few on their way at a time: the server's queue of connections is finite. */
static void open_more(struct bench *b)
{
    while (b->opened < b->streams && b->opened - b->open < WINDOW) {
        struct stream *s = &b->all[b->opened];
        struct epoll_event ev = { .events = EPOLLIN, .data.u64 = b->opened };
        if (!stream_open(s, &b->to, b->first + b->opened) ||
            epoll_ctl(b->ep, EPOLL_CTL_ADD, s->fd, &ev) != 0)
            fail("cannot connect", b->opened);
        b->opened++;
    }
}

static void take_first(struct bench *b, struct stream *s, size_t i, str_t text)
{
    if (!str_starts(text, STR("HTTP/1.1 200 ")) && !s->began)
        fail("not answered with 200", i);
    s->began = true;
    if (memmem(text.p, text.n, "event: config", 13) == NULL)
        return;
    s->told = true;
    b->open++;
    if (b->open == b->streams)
        say("open", b->open);
}

static void take_event(struct bench *b, size_t i, str_t text, int64_t now_us)
{
    if (memmem(text.p, text.n, "event: status", 13) != NULL) {
        (void)printf("{\"ended\":%zu,\"at\":%lld}\n", i, (long long)now_us);
        (void)fflush(stdout);
    }
    bool config = memmem(text.p, text.n, "event: config", 13) != NULL;
    if (!config || !b->watching || b->told_us[i] != 0)
        return;
    b->told_us[i] = now_us;
    b->told++;
    if (b->told == b->open)
        say("told", b->told);
}

static void stream_ready(struct bench *b, size_t i)
{
    struct stream *s = &b->all[i];
    char bytes[BYTES];
    ssize_t n;
    while ((n = stream_read(s, bytes, sizeof bytes)) > 0) {
        str_t text = str_of(bytes, (size_t)n);
        if (s->told)
            take_event(b, i, text, clock_mono().us);
        else
            take_first(b, s, i, text);
    }
    if (n < 0)
        return;
    stream_close(s);
    b->open -= s->told ? 1 : 0;
}

static void report(const struct bench *b, int64_t since_us)
{
    static struct hist h;
    int64_t most = 0;
    h = (struct hist){ 0 };
    for (size_t i = 0; i < b->streams; i++) {
        int64_t took = b->told_us[i] - since_us;
        if (b->told_us[i] == 0)
            continue;
        hist_add(&h, (uint64_t)took);
        most = took > most ? took : most;
    }
    (void)printf("{\"told\":%zu,\"p50_us\":%llu,\"p99_us\":%llu,\"max_us\":%lld}\n", b->told,
                 (unsigned long long)hist_at(&h, 500), (unsigned long long)hist_at(&h, 990),
                 (long long)most);
    (void)fflush(stdout);
}

/* False: the end. */
static bool command(struct bench *b, str_t line)
{
    int64_t since;
    if (str_eq(line, STR("watch"))) {
        memset(b->told_us, 0, b->streams * sizeof *b->told_us);
        b->told = 0;
        b->watching = true;
        say("watching", b->open);
    } else if (str_starts(line, STR("report ")) &&
               num_parse_i64(str_sub(line, 7, line.n), &since) == E_OK) {
        report(b, since);
    } else {
        return false;
    }
    return true;
}

static bool commands(struct bench *b)
{
    static char line[LINE_MAX_BYTES];
    ssize_t n = read(STDIN_FILENO, line, sizeof line);
    if (n <= 0)
        return false;
    str_t rest = str_of(line, (size_t)n);
    str_t one;
    while (str_split(&rest, '\n', &one)) {
        if (one.n > 0 && !command(b, one))
            return false;
    }
    return true;
}

static void serve(struct bench *b)
{
    const uint64_t input = UINT64_MAX;
    struct epoll_event in = { .events = EPOLLIN, .data.u64 = input };
    if (epoll_ctl(b->ep, EPOLL_CTL_ADD, STDIN_FILENO, &in) != 0)
        fail("no standard input", 0);
    for (;;) {
        struct epoll_event ev[EVENTS];
        open_more(b);
        int n = epoll_wait(b->ep, ev, EVENTS, 1000);
        for (int i = 0; i < n; i++) {
            if (ev[i].data.u64 != input)
                stream_ready(b, (size_t)ev[i].data.u64);
            else if (!commands(b))
                return;
        }
    }
}

static const struct option names[] = {
    { "port", required_argument, NULL, 'p' },  { "streams", required_argument, NULL, 'n' },
    { "first", required_argument, NULL, 'f' }, { "polls", required_argument, NULL, 'r' },
    { "tls", no_argument, NULL, 't' },         { NULL, 0, NULL, 0 },
};

static bool options(struct bench *b, int argc, char **argv)
{
    uint64_t port = 0;
    for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        uint64_t *to = c == 'p' ? &port : c == 'n' ? &b->streams : c == 'f' ? &b->first : &b->polls;
        if (c == 't')
            b->to.tls = true;
        else if (c == '?' || num_parse_u64(str_from_cz(optarg), to) != E_OK)
            return false;
    }
    b->to.port = (uint16_t)port;
    return port > 0 && port < 65536 && b->streams > 0;
}

int main(int argc, char **argv)
{
    struct bench b = { .ep = epoll_create1(EPOLL_CLOEXEC) };
    struct rlimit files;
    if (!options(&b, argc, argv)) {
        (void)fprintf(
            stderr,
            "usage: bench-streams --port N --streams N [--first I] [--polls RATE] [--tls]\n");
        return 2;
    }
    (void)getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &files);
    b.all = calloc(b.streams, sizeof *b.all);
    b.told_us = calloc(b.streams, sizeof *b.told_us);
    struct polls *polls = polls_start(&b.to, b.polls, b.streams);
    if (b.all == NULL || b.told_us == NULL || b.ep < 0 || (polls == NULL && b.polls > 0))
        fail("no memory", 0);
    serve(&b);
    polls_stop(polls);
    free(b.all);
    free(b.told_us);
    return 0;
}
