/* SPDX-License-Identifier: Apache-2.0 */
/* fleet-sim: a fleet of simulated devices against a real server. docs/SIMULATING.md. */
#include "sim.h"

#include "plat/os/file.h"
#include "plat/os/proc.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

enum {
    ARENA_BYTES = 8 * 1024 * 1024,
    KEY_MAX = 512,
    FILES_SPARE = 32,
    STREAM_LANES = 64,
    LOOK_US = 1000000,
    PATIENCE_S = 30,
    TERMINAL_US = 200000,
    LINE_US = 5000000
};

/* The only thing that a signal handler may touch. */
static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
    (void)number;
    stopped = 1;
}

static void signals_set(void)
{
    struct sigaction stop = { .sa_handler = on_signal };
    struct sigaction ignore = { .sa_handler = SIG_IGN };
    (void)sigaction(SIGINT, &stop, NULL);
    (void)sigaction(SIGTERM, &stop, NULL);
    (void)sigaction(SIGPIPE, &ignore, NULL);
}

static int complain(const char *what, const char *why)
{
    (void)fprintf(stderr, "fleet-sim: %s%s\n", what, why);
    return 1;
}

static int key_read(struct sim *s)
{
    struct diag why = { 0 };
    str_t text;
    if (s->opt.key_file == NULL)
        return 0;
    if (file_read(s->arena, s->opt.key_file, KEY_MAX, &why, &text) != E_OK)
        return complain("--enrolment-key-file: ", why.text);
    while (text.n > 0 && strchr(" \t\r\n", text.p[text.n - 1]) != NULL)
        text.n--;
    char *kept = malloc(text.n + 1); /* the arena is emptied with each question */
    if (kept == NULL)
        return complain("memory is short", "");
    memcpy(kept, text.p, text.n);
    kept[text.n] = '\0';
    s->key = str_of(kept, text.n);
    return 0;
}

static int files_short(size_t want, size_t have)
{
    char text[160];
    (void)snprintf(text, sizeof text,
                   "%zu connections want more descriptors than the %zu that this process may have: "
                   "raise it with `ulimit -Hn %zu` as root",
                   want, have, want + FILES_SPARE);
    return complain(text, "");
}

/* One connection a device while they fit, else all share. A long poll and a stream hold theirs, so
 * those must fit. */
static int lanes_plan(struct sim *s)
{
    const struct sim_options *o = &s->opt;
    size_t held = o->stream ? s->devices_n : 0;
    size_t n = o->stream ? STREAM_LANES : s->devices_n;
    if (o->connections > 0 && o->connections < s->devices_n)
        n = o->connections;
    size_t files = proc_files_max(held + n + FILES_SPARE);
    size_t fit = files > FILES_SPARE ? files - FILES_SPARE : 1;
    if (held + n > fit && (o->connections > 0 || o->wait_s > 0 || o->stream))
        return files_short(held + n, files);
    if (n > fit) {
        n = fit;
        (void)fprintf(stderr, "fleet-sim: %zu devices share %zu connections (see ulimit -Hn)\n",
                      s->devices_n, n);
    }
    if (n < s->devices_n && o->wait_s > 0)
        return complain("--wait: a long poll holds its connection", ": leave out --connections");
    if (!lanes_init(s, n, o->stream || n < s->devices_n) || !streams_init(s))
        return complain("memory or descriptors are short", "");
    return 0;
}

static int sim_init(struct sim *s)
{
    if (crypto_init() != E_OK)
        return complain("the crypto library does not start", "");
    seed_init(&s->seed, str_from_cz(s->opt.seed));
    s->arena = arena_new(ARENA_BYTES);
    buf_init(&s->text, SIM_REQUEST_MAX);
    buf_init(&s->body, SIM_REQUEST_MAX);
    if (s->arena == NULL)
        return complain("memory is short", "");
    s->now_us = clock_mono().us;
    s->began_us = s->now_us;
    s->told_us = s->now_us;
    s->counts.since_us = s->now_us;
    s->counts.cpu_us = procfs_cpu_us(&s->opt.pids);
    s->pace = (struct sim_pace){
        .law = { .first = DUR_S(1), .cap = s->opt.cap, .spread = s->opt.spread },
        .interval = s->opt.wait_s > 0 || s->opt.stream ? DUR_S(0) : s->opt.interval,
        .long_wait = s->opt.long_wait,
    };
    wheel_init(&s->wheel, 0);
    outage_begin(s);
    if (!devices_make(s))
        return complain("memory is short for so many devices", "");
    int e = key_read(s);
    return e != 0 ? e : lanes_plan(s);
}

static void sim_fini(struct sim *s)
{
    streams_fini(s);
    lanes_fini(&s->lanes);
    devices_free(s);
    buf_fini(&s->text);
    buf_fini(&s->body);
    arena_free(s->arena);
    free((char *)(uintptr_t)s->key.p);
}

static bool expected(const struct sim *s)
{
    for (size_t i = 0; i < s->opt.expect_n; i++)
        if (!expect_met(&s->opt.expect[i], sim_tally(s, s->opt.expect[i].tally)))
            return false;
    return s->opt.expect_n > 0;
}

static void sim_run(struct sim *s)
{
    int64_t every_us = isatty(STDERR_FILENO) == 1 ? TERMINAL_US : LINE_US;
    bool warm = s->opt.warm.us == 0;
    int64_t looked_us = s->now_us;
    while (!stopped && s->fatal == 0) {
        lanes_serve(s, SIM_TICK_US / 1000);
        wheel_advance(&s->wheel, (uint64_t)((s->now_us - s->began_us) / SIM_TICK_US));
        int64_t gone_us = s->now_us - s->began_us;
        if (s->now_us - looked_us >= LOOK_US) {
            looked_us = s->now_us;
            lanes_give_up(s, DUR_S((int64_t)s->opt.wait_s + PATIENCE_S));
        }
        if (!warm && gone_us >= s->opt.warm.us) {
            warm = true;
            count_anew(s);
        }
        if (!s->opt.quiet && s->now_us - s->told_us >= every_us)
            report_progress(s);
        if (expected(s) || (s->opt.until.us > 0 && gone_us >= s->opt.until.us))
            break;
    }
}

static int sim_judge(struct sim *s)
{
    if (s->fatal == ECONNREFUSED)
        return complain(s->opt.host, " takes no connection: start the server there first, or "
                                     "correct --server");
    if (s->fatal == EMFILE || s->fatal == ENFILE)
        return complain("no descriptors are left: ", "give fewer --connections");
    if (s->fatal == EADDRNOTAVAIL)
        return complain("no local ports are left: ", "wait a minute, or give fewer --connections");
    if (s->fatal != 0)
        return complain("cannot go on: ", strerrordesc_np(s->fatal));
    int bad = 0;
    for (size_t i = 0; i < s->opt.expect_n; i++) {
        const struct expect *e = &s->opt.expect[i];
        uint64_t have = sim_tally(s, e->tally);
        if (expect_met(e, have))
            continue;
        (void)fprintf(stderr, "fleet-sim: expected other than %s = %llu\n", tally_name(e->tally),
                      (unsigned long long)have);
        bad = 1;
    }
    return bad;
}

int main(int argc, char **argv)
{
    static struct sim s; /* too large for the stack */
    struct diag why = { 0 };
    int e = options_parse(argc, argv, &s.opt);
    if (e != 0)
        return e;
    if (s.opt.help) {
        options_help(stdout);
        return 0;
    }
    signals_set();
    e = sim_init(&s);
    if (e == 0) {
        sim_run(&s);
        if (!s.opt.quiet && s.fatal == 0)
            report_summary(&s);
        e = sim_judge(&s);
        if (s.opt.json_file != NULL && report_json(&s, &why) != E_OK)
            e = complain("--json: ", why.text);
    }
    sim_fini(&s);
    return e;
}
