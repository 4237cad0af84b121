/* SPDX-License-Identifier: Apache-2.0 */
#include "sim.h"

#include "base/enc.h"

#include <errno.h>
#include <sys/socket.h>

static void stream_ready(struct sim *s, struct endpoint *e);

bool streams_init(struct sim *s)
{
    struct streams *all = &s->streams;
    *all = (struct streams){ .spread_us = -1 };
    if (!s->opt.stream)
        return true;
    all->all = calloc(s->devices_n, sizeof *all->all);
    for (size_t i = 0; all->all != NULL && i < s->devices_n; i++) {
        all->all[i].end.ready = stream_ready;
        all->all[i].conn.fd = -1;
    }
    return all->all != NULL;
}

void streams_fini(struct sim *s)
{
    for (size_t i = 0; s->streams.all != NULL && i < s->devices_n; i++)
        conn_close(&s->streams.all[i].conn);
    free(s->streams.all);
}

static struct stream *stream_of(const struct sim *s, const struct device *d)
{
    return &s->streams.all[d - s->devices];
}

static struct device *device_of(const struct sim *s, const struct stream *st)
{
    return &s->devices[st - s->streams.all];
}

bool stream_stands(const struct sim *s, const struct device *d)
{
    return stream_of(s, d)->phase != LANE_CLOSED;
}

static void stream_close(struct sim *s, struct stream *st)
{
    s->streams.open -= st->counted;
    st->counted = false;
    st->phase = LANE_CLOSED;
    conn_close(&st->conn);
}

void stream_drop(struct sim *s, struct device *d)
{
    if (s->streams.all != NULL)
        stream_close(s, stream_of(s, d));
}

void stream_open(struct sim *s, struct device *d)
{
    struct stream *st = stream_of(s, d);
    events_init(&st->events);
    if (!lanes_connect(s, &st->conn, &st->end)) {
        device_unanswered(s, d, true);
        return;
    }
    st->phase = LANE_CONNECTING;
    d->asked_us = s->now_us;
}

static void stream_connected(struct sim *s, struct stream *st)
{
    struct device *d = device_of(s, st);
    struct buf *b = &s->text;
    if (lanes_connected(s, &st->conn, &st->end) != 0) {
        stream_close(s, st);
        device_unanswered(s, d, true);
        return;
    }
    buf_clear(b);
    buf_addf(b, "GET /api/v1/iassistants/config/stream HTTP/1.1\r\nHost: %s\r\n", s->opt.host);
    buf_addf(b, "Authorization: Bearer %s\r\nAccept: text/event-stream\r\n", d->token);
    if (st->events.id > 0)
        buf_addf(b, "Last-Event-ID: %lld\r\n", (long long)st->events.id);
    BUF_ADD(b, "\r\n");
    st->phase = LANE_OPEN;
    if (b->err == E_OK && conn_send(&st->conn, buf_str(b)))
        return;
    stream_close(s, st);
    device_unanswered(s, d, false);
}

/* The head is here: 200, or why not. False: the stream is closed. */
static bool stream_begun(struct sim *s, struct stream *st)
{
    struct device *d = device_of(s, st);
    int status = st->events.status;
    count_answer(s, COUNT_STREAM, status, st->events.retry_after_s);
    if (status == 200) {
        st->counted = true;
        s->streams.open++;
        d->failures = 0;
        outage_served(s, d);
        return true;
    }
    int64_t told_s = st->events.retry_after_s;
    stream_close(s, st);
    device_without_stream(s, d, status, told_s);
    return false;
}

/* {"etag":"\\"64 digits\\"","seq":N}: the digits. */
static bool nudge_etag(const char *data, uint8_t ret[static SHA256_SIZE])
{
    static const char before[] = "\"etag\":\"\\\"";
    const char *at = strstr(data, before);
    if (at == NULL || strlen(at) < sizeof before - 1 + 2 * SHA256_SIZE)
        return false;
    return hex_decode(str_of(at + sizeof before - 1, 2 * SHA256_SIZE), ret, SHA256_SIZE) == E_OK;
}

static void stream_event(struct sim *s, struct stream *st)
{
    struct device *d = device_of(s, st);
    uint8_t etag[SHA256_SIZE];
    if (strcmp(st->events.event, "config") != 0) {
        s->counts.status_events++;
        device_nudge(s, d); /* it is not signed: ask, and be told */
        return;
    }
    s->counts.nudges++;
    if (!nudge_etag(st->events.data, etag)) {
        s->counts.strange++;
        return;
    }
    if (d->has_etag && memcmp(etag, d->etag, sizeof etag) == 0)
        return;
    count_change(s, etag);
    device_nudge(s, d);
}

static void stream_read(struct sim *s, struct stream *st)
{
    uint64_t retry_ms = 0;
    ssize_t got = recv(st->conn.fd, s->lanes.scratch, CONN_SCRATCH, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    str_t in = str_of(s->lanes.scratch, got > 0 ? (size_t)got : 0);
    enum events_found found = EVENTS_NOTHING;
    s->now_us = clock_mono().us;
    s->reached = s->reached || got > 0;
    while (in.n > 0 && (found = events_read(&st->events, &in, &retry_ms)) != EVENTS_NOTHING) {
        if (found == EVENTS_BROKEN)
            break;
        if (found == EVENTS_RETRY)
            s->streams.spread_us = (int64_t)retry_ms * 1000;
        if (found == EVENTS_BEGUN && !stream_begun(s, st))
            return;
        if (found == EVENTS_EVENT)
            stream_event(s, st);
        if (st->phase != LANE_OPEN)
            return; /* the event ended the device */
    }
    s->counts.strange += found == EVENTS_BROKEN;
    if (got > 0 && found != EVENTS_BROKEN && st->events.part != EVENTS_OVER)
        return;
    struct device *d = device_of(s, st);
    stream_close(s, st);
    s->counts.stream_ends++;
    device_stream_ended(s, d);
}

static void stream_ready(struct sim *s, struct endpoint *e)
{
    struct stream *st = CONTAINER_OF(e, struct stream, end);
    if (st->phase == LANE_CONNECTING)
        stream_connected(s, st);
    else if (st->phase == LANE_OPEN)
        stream_read(s, st);
}
