/* SPDX-License-Identifier: Apache-2.0 */
/* What is said about a run: a line while it goes on, a table at its end, JSON for programs. */
#include "sim.h"

#include "base/enc.h"
#include "plat/json/out.h"
#include "plat/os/file.h"

#include <sys/ioctl.h>
#include <unistd.h>

enum { BAR = 24, JSON_MAX = 256 * 1024 };

static const char *const ask_names[COUNT_ASKS] = {
    [AGENT_INIT] = "init",     [AGENT_CONFIRM] = "confirm",     [AGENT_ROTATE] = "rotate",
    [AGENT_ACK] = "ack",       [AGENT_HEARTBEAT] = "heartbeat", [AGENT_FETCH] = "poll",
    [COUNT_STREAM] = "stream",
};

typedef unsigned long long ull;

static uint64_t ask_total(const struct counts *c, size_t ask)
{
    uint64_t n = 0;
    for (size_t i = 0; i < COUNT_STATUSES; i++)
        n += c->status[ask][i];
    return n;
}

uint64_t counts_of_status(const struct counts *c, int status)
{
    uint64_t n = 0;
    for (size_t ask = 0; ask < COUNT_ASKS; ask++)
        n += c->status[ask][status];
    return n;
}

uint64_t sim_tally(const struct sim *s, enum tally t)
{
    const struct counts *c = &s->counts;
    switch (t) {
    case TALLY_UNENROLLED:
        return c->states[SIM_UNENROLLED];
    case TALLY_PENDING:
        return c->states[SIM_PENDING];
    case TALLY_ENROLLED:
        return c->states[SIM_ENROLLED];
    case TALLY_TURNED_AWAY:
        return c->states[SIM_TURNED_AWAY];
    case TALLY_BLOCKED:
        return c->states[SIM_BLOCKED];
    case TALLY_REVOKED:
        return c->states[SIM_REVOKED];
    case TALLY_VANISHED:
        return c->states[SIM_VANISHED];
    case TALLY_APPLIED:
        return c->applied;
    case TALLY_FAILED:
        return c->failed;
    case TALLY_ROTATED:
        return c->rotated;
    case TALLY_SERVED:
        return s->devices_n - c->states[SIM_ASLEEP] - c->owed;
    case TALLY_OUTAGES:
        return c->outages_n - 1U - (c->outages_n > 1 && c->owed > 0 ? 1U : 0U);
    case TALLY_POLLS:
        return ask_total(c, AGENT_FETCH);
    case TALLY_UNCHANGED:
        return c->status[AGENT_FETCH][304];
    case TALLY_TURNED:
        return counts_of_status(c, 429) + counts_of_status(c, 503);
    case TALLY_STREAMS:
        return s->streams.open;
    case TALLY_NUDGES:
        return c->nudges;
    case TALLIES:
        break;
    }
    return 0;
}

static double seconds_since(const struct sim *s, int64_t us)
{
    return (double)(s->now_us - us) / 1e6;
}

static void states_line(const struct sim *s, char *out, size_t room)
{
    size_t n = 0;
    out[0] = '\0';
    for (int i = 0; i < SIM_STATES && n < room; i++)
        if (s->counts.states[i] > 0)
            n += (size_t)snprintf(out + n, room - n, "%s%llu %s", n > 0 ? ", " : "",
                                  (ull)s->counts.states[i], sim_state_name((enum sim_state)i));
}

/* On a terminal a line must not be longer than it is wide, or it cannot be written over. */
static size_t line_room(size_t room)
{
    struct winsize size = { 0 };
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < BAR || size.ws_col >= room)
        return room;
    return size.ws_col;
}

static void progress_line(const struct sim *s, char *out, size_t room)
{
    const struct counts *c = &s->counts;
    char states[256];
    char bar[BAR + 1];
    uint64_t awake = s->devices_n - c->states[SIM_ASLEEP];
    size_t full = awake > 0 ? (size_t)((awake - c->owed) * BAR / awake) : 0;
    double took = seconds_since(s, s->told_us);
    memset(bar, '-', BAR);
    memset(bar, '#', full);
    bar[BAR] = '\0';
    states_line(s, states, sizeof states);
    (void)snprintf(out, room,
                   "[%s] %llu/%llu served, %s | %.0f/s p50 %.1f ms p99 %.1f ms | waits %llu, lost "
                   "%llu, strange %llu | %.0f s",
                   bar, (ull)(awake - c->owed), (ull)awake, states,
                   took > 0 ? (double)c->recent_n / took : 0,
                   (double)hist_at(&c->recent, 500) / 1e3, (double)hist_at(&c->recent, 990) / 1e3,
                   (ull)(counts_of_status(c, 429) + counts_of_status(c, 503)),
                   (ull)(c->lost + c->refused), (ull)c->strange, seconds_since(s, s->began_us));
}

/* On a terminal one line that is written over, else a line each time. */
void report_progress(struct sim *s)
{
    bool terminal = isatty(STDERR_FILENO) == 1;
    char line[512];
    progress_line(s, line, terminal ? line_room(sizeof line) : sizeof line);
    (void)fprintf(stderr, terminal ? "\r%s\033[K" : "%s\n", line);
    s->told_us = s->now_us;
    s->counts.recent = (struct hist){ 0 };
    s->counts.recent_n = 0;
}

/* Above the line of progress, which comes again. */
static void news_begin(void)
{
    if (isatty(STDERR_FILENO) == 1)
        (void)fputs("\r\033[K", stderr);
}

void report_state(const struct sim *s, const struct device *d, enum sim_state from)
{
    enum sim_state to = (enum sim_state)d->state;
    char machine[SEED_MACHINE];
    bool news = to == SIM_BLOCKED || to == SIM_REVOKED || from == SIM_BLOCKED;
    if (!news || to == from || s->opt.quiet)
        return;
    seed_machine(&s->seed, d->number, machine);
    news_begin();
    (void)printf("%s: %s\n", machine, sim_state_name(to));
    (void)fflush(stdout);
}

void report_served(const struct sim *s)
{
    const struct outage *o = &s->counts.outages[s->counts.outages_n - 1];
    bool start = s->counts.outages_n == 1;
    if (s->opt.quiet)
        return;
    news_begin();
    (void)printf("%s: %llu devices, all served %.2f s after\n", start ? "start" : "outage",
                 (ull)o->devices,
                 (double)(o->served_us - (start ? o->began_us : o->back_us)) / 1e6);
    (void)fflush(stdout);
}

static void summary_outages(const struct sim *s)
{
    const struct counts *c = &s->counts;
    for (size_t i = 0; i < c->outages_n; i++) {
        const struct outage *o = &c->outages[i];
        (void)fprintf(stderr, "  %-10s %llu devices", i == 0 ? "start" : "outage", (ull)o->devices);
        if (o->back_us > o->began_us && i > 0)
            (void)fprintf(stderr, ", away for %.2f s", (double)(o->back_us - o->began_us) / 1e6);
        if (o->served_us > 0)
            (void)fprintf(stderr, ", all served %.2f s after",
                          (double)(o->served_us - (i > 0 ? o->back_us : o->began_us)) / 1e6);
        else
            (void)fprintf(stderr, ", %llu not served yet", (ull)c->owed);
        (void)fprintf(stderr, " (%llu answers, %llu told to wait, %llu others)\n", (ull)o->answers,
                      (ull)o->told_to_wait, (ull)o->others);
    }
}

void report_summary(struct sim *s)
{
    const struct counts *c = &s->counts;
    char states[256];
    double took = seconds_since(s, c->since_us);
    states_line(s, states, sizeof states);
    (void)fprintf(stderr, "%sdevices      %llu: %s\n", isatty(STDERR_FILENO) == 1 ? "\n" : "",
                  (ull)s->devices_n, states);
    (void)fprintf(stderr, "acknowledged %llu applied, %llu failed; %llu rotations\n",
                  (ull)c->applied, (ull)c->failed, (ull)c->rotated);
    (void)fprintf(stderr, "requests     %llu in %.1f s (%.0f/s) over %zu connections\n",
                  (ull)c->requests, took, took > 0 ? (double)c->requests / took : 0, s->lanes.n);
    for (size_t ask = 0; ask < COUNT_ASKS; ask++) {
        if (ask_total(c, ask) == 0)
            continue;
        (void)fprintf(stderr, "  %-10s", ask_names[ask]);
        for (size_t i = 0; i < COUNT_STATUSES; i++)
            if (c->status[ask][i] > 0)
                (void)fprintf(stderr, " %zu: %llu", i, (ull)c->status[ask][i]);
        (void)fputs("\n", stderr);
    }
    (void)fprintf(stderr, "latency      p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms\n",
                  (double)hist_at(&c->all, 500) / 1e3, (double)hist_at(&c->all, 990) / 1e3,
                  (double)hist_at(&c->all, 999) / 1e3);
    (void)fprintf(stderr,
                  "trouble      %llu refused, %llu lost, %llu reopened, %llu strange, %llu without "
                  "Retry-After\n",
                  (ull)c->refused, (ull)c->lost, (ull)c->reopened, (ull)c->strange,
                  (ull)c->retry_missing);
    if (s->opt.stream)
        (void)fprintf(stderr, "streams      %zu open; %llu nudges, %llu of a status, %llu ended\n",
                      s->streams.open, (ull)c->nudges, (ull)c->status_events, (ull)c->stream_ends);
    summary_outages(s);
}

static void json_number(struct json_out *o, const char *name, uint64_t v)
{
    json_out_name(o, str_from_cz(name));
    json_out_i64(o, (int64_t)v);
}

static void json_asks(struct json_out *o, const struct counts *c)
{
    json_out_name(o, STR("by_question"));
    json_out_open(o, '{');
    for (size_t ask = 0; ask < COUNT_ASKS; ask++) {
        json_out_name(o, str_from_cz(ask_names[ask]));
        json_out_open(o, '{');
        for (size_t i = 0; i < COUNT_STATUSES; i++) {
            char status[8];
            (void)snprintf(status, sizeof status, "%zu", i % 1000);
            if (c->status[ask][i] > 0)
                json_number(o, status, c->status[ask][i]);
        }
        json_out_close(o, '}');
    }
    json_out_close(o, '}');
}

static void json_outages(struct json_out *o, const struct counts *c)
{
    json_out_name(o, STR("outages"));
    json_out_open(o, '[');
    for (size_t i = 0; i < c->outages_n; i++) {
        const struct outage *u = &c->outages[i];
        int64_t back_us = i > 0 && u->back_us > 0 ? u->back_us : u->began_us;
        json_out_open(o, '{');
        json_number(o, "devices", u->devices);
        json_number(o, "away_us", (uint64_t)(back_us - u->began_us));
        json_out_name(o, STR("all_served_us")); /* since the server was back; null: not yet */
        if (u->served_us > 0)
            json_out_i64(o, u->served_us - back_us);
        else
            json_out_null(o);
        json_number(o, "answers", u->answers);
        json_number(o, "told_to_wait", u->told_to_wait);
        json_number(o, "others", u->others);
        json_out_close(o, '}');
    }
    json_out_close(o, ']');
}

static void json_changes(struct json_out *o, const struct counts *c)
{
    size_t n = c->changes_n < CHANGES_MAX ? c->changes_n : CHANGES_MAX;
    json_out_name(o, STR("changes"));
    json_out_open(o, '[');
    for (size_t i = c->changes_n - n; i < c->changes_n; i++) {
        const struct change *change = &c->changes[i % CHANGES_MAX];
        char etag[2 * SHA256_SIZE];
        hex_encode(change->etag, SHA256_SIZE, etag);
        json_out_open(o, '{');
        json_out_name(o, STR("etag"));
        json_out_str(o, str_of(etag, sizeof etag));
        json_number(o, "devices", change->devices);
        json_number(o, "first_us", (uint64_t)change->first_us);
        json_number(o, "last_us", (uint64_t)change->last_us);
        json_out_close(o, '}');
    }
    json_out_close(o, ']');
}

static void json_write_all(const struct sim *s, struct json_out *o)
{
    const struct counts *c = &s->counts;
    json_out_open(o, '{');
    json_number(o, "devices", s->opt.devices);
    json_number(o, "instances", s->devices_n);
    json_number(o, "connections", s->lanes.n);
    json_number(o, "took_us", (uint64_t)(s->now_us - c->since_us));
    json_number(o, "requests", c->requests);
    json_number(o, "p50_us", hist_at(&c->all, 500));
    json_number(o, "p99_us", hist_at(&c->all, 990));
    json_number(o, "p999_us", hist_at(&c->all, 999));
    json_out_name(o, STR("counts"));
    json_out_open(o, '{');
    for (int t = 0; t < TALLIES; t++)
        json_number(o, tally_name((enum tally)t), sim_tally(s, (enum tally)t));
    json_out_close(o, '}');
    json_asks(o, c);
    json_number(o, "retries", c->retries);
    json_number(o, "refused", c->refused);
    json_number(o, "lost", c->lost);
    json_number(o, "reopened", c->reopened);
    json_number(o, "strange", c->strange);
    json_number(o, "retry_after_missing", c->retry_missing);
    json_number(o, "status_events", c->status_events);
    json_number(o, "stream_ends", c->stream_ends);
    json_changes(o, c);
    json_outages(o, c);
    if (s->opt.pids.n > 0) {
        json_number(o, "cpu_us", (uint64_t)(procfs_cpu_us(&s->opt.pids) - c->cpu_us));
        json_number(o, "rss_kb", (uint64_t)procfs_status_kb(&s->opt.pids, "VmRSS"));
        json_number(o, "anon_kb", (uint64_t)procfs_status_kb(&s->opt.pids, "RssAnon"));
    }
    json_out_close(o, '}');
}

err_t report_json(struct sim *s, struct diag *why)
{
    struct buf b;
    buf_init(&b, JSON_MAX);
    struct json_out o = json_out_to(&b);
    json_write_all(s, &o);
    BUF_ADD(&b, "\n");
    err_t e = b.err;
    if (e == E_OK)
        e = file_write(s->opt.json_file, 0644, buf_str(&b), why);
    buf_fini(&b);
    return e;
}
