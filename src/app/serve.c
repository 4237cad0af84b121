/* SPDX-License-Identifier: Apache-2.0 */
#include "app/serve.h"

#include "api/api.h"
#include "api/remote_doc.h"
#include "api/spans.h"
#include "app/admin_socket.h"
#include "app/deliver.h"
#include "app/gateway.h"
#include "app/gateway_settings.h"
#include "app/jobs.h"
#include "app/listen.h"
#include "app/logging.h"
#include "app/operation.h"
#include "app/otlp.h"
#include "app/outward.h"
#include "app/proxies.h"
#include "app/rate_settings.h"
#include "app/reload.h"
#include "app/say_next.h"
#include "base/log.h"
#include "base/ref.h"
#include "domain/access/application.h"
#include "domain/audit/refusals.h"
#include "domain/identity/clock_seen.h"
#include "domain/identity/first_start.h"
#include "domain/oauth/dpop.h"
#include "domain/oauth/issuer_keys.h"
#include "domain/signin/link.h"
#include "domain/signin/upstream.h"
#include "plat/os/file.h"
#include "plat/os/proc.h"
#include "sql/store.h"

#include <signal.h>
#include <unistd.h>

enum {
    SERVE_ARENA_MAX = 4 * 1024 * 1024,
    EFFECTIVES_MAX = 16384,
    SIGNERS_MAX = 4096, /* organisations whose key is in memory */
    HASHERS = 2,        /* passwords hashed at once: 19 MiB each */
    HASHERS_QUEUE = 64, /* and that wait for it: two seconds of work */
};
#define DRAIN_MAX        DUR_S(10)
#define SETTLE_MAX       DUR_S(9) /* of it, the rest is for what a successor waits for */
#define CALLS_MAX        DUR_S(9) /* of it, for calls of tools that are under way */
#define GRACE            DUR_S(1) /* for clients of TLS to notice that their connection ends */
#define LOG_LAST_MAX     DUR_S(1)
#define STORE_LOST_GRACE DUR_S(10)

/* Everything that is made at start and taken down, in the opposite order, at the end. */
struct server {
    const struct config *config;
    const struct succession *next;
    struct handover handover; /* what we were handed, later what we hand over */
    struct sockets sockets;
    struct arena *arena;
    int lock; /* one server per data directory */
    struct services services;
    struct admin_socket *admin_socket;
    struct operation *operation;
    struct jobs *jobs;
    struct deliver *deliver;
    struct otlp *otlp;
    size_t conns_max;
    struct certificate certificate;
    struct http_server *http;
    struct reload reload;
    bool has_administrator; /* with a password, at start */
    int64_t seq;            /* the store's counter at start */
};

static err_t open_directory(struct server *s, struct diag *why)
{
    str_t lock;
    const char *dir = config_cz(s->config, CONF_DATA);
    if (dir == NULL)
        return FAIL(why, E_USAGE, "data: name a directory, for example --data ./var");
    if (config_cz(s->config, CONF_DATABASE) != NULL)
        return FAIL(why, E_USAGE,
                    "database: this build keeps its store in the data directory: leave it empty");
    TRY(file_make_dirs(dir, 0700, why));
    if (access(dir, W_OK | X_OK) != 0)
        return FAIL(why, E_IO,
                    "%s: cannot be written by uid %u: give it to the server's user, or name "
                    "another with --data",
                    dir, (unsigned)geteuid());
    TRY(str_format(s->arena, &lock, "%s/lock", dir));
    err_t e = file_lock(lock.p, why, &s->lock);
    if (e == E_CONFLICT) {
        diag_clear(why);
        return FAIL(why, E_CONFLICT, "%s: another server runs on this directory", dir);
    }
    s->services.dir = dir;
    return e;
}

/* SAFETY rule 15. */
static void say_clock(const struct server *s)
{
    const struct clock_guard *g = &s->services.clock;
    char seen[TS_TEXT];
    ts_format(clock_guard_seen(g), seen);
    if (clock_guard_behind(g))
        LOG(LOG_ERROR, "clock-behind", LOG_F("seen", str_of(seen, sizeof seen)),
            LOG_F("hint",
                  "the clock was set back: no leases are given until it has caught up; if it "
                  "is right now, run `seneschal clock confirm`"));
    else
        LOG(LOG_INFO, "clock-right", LOG_F("seen", str_of(seen, sizeof seen)));
}

static err_t accept_issuer(const struct server *s, struct act *act)
{
    str_t issuer = config_text(s->config, CONF_OIDC_ISSUER);
    str_t audience = config_text(s->config, CONF_OIDC_AUDIENCE);
    if (issuer.n == 0 || audience.n == 0) /* one alone is refused with the other settings */
        return E_OK;
    act->org = s->services.default_org;
    return provider_accept(act, issuer, audience);
}

/* What was set while a server ran. */
static err_t find_rates(struct server *s, struct act *act)
{
    int64_t set[RATES];
    TRY(rates_load(act, set));
    (void)rates_apply(&s->services.rates, set, 0); /* nobody has set another yet */
    return E_OK;
}

static err_t find_start(struct server *s, struct db *db)
{
    struct sql_generation_get_row newest;
    struct act act = { .arena = s->arena,
                       .db = db,
                       .now = clock_now(),
                       .actor = { .kind = ACTOR_SYSTEM },
                       .keys = &s->services.keys };
    effects_init(&act.effects);
    TRY(first_start(&act, &s->services.default_org));
    TRY(issuer_keys_open(&act, s->services.issuer));
    TRY(applications_complete(&act, s->services.default_org));
    TRY(accept_issuer(s, &act));
    TRY(find_rates(s, &act));
    TRY(hook_watch_load(&s->services.hooks, db, s->arena));
    TRY(administrator_is_there(&act, &s->has_administrator));
    TRY(sql_generation_get(db, s->arena, &newest));
    s->seq = newest.n;
    ts_t seen = { 0 };
    TRY(clock_seen_get(&act, &seen));
    clock_guard_init(&s->services.clock, seen);
    if (clock_guard_behind(&s->services.clock))
        say_clock(s);
    return E_OK;
}

/* Keys and the first organisation, in one transaction before any thread has started. */
static err_t open_store(struct server *s, struct diag *why)
{
    CLEANUP(db_closep) struct db *db = NULL;
    struct master_key_cfg master = {
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread runs here */
        .credentials_dir = getenv("CREDENTIALS_DIRECTORY"),
        .file = config_cz(s->config, CONF_MASTER_KEY_FILE),
        .dir = s->services.dir,
    };
    TRY(db_migrate(s->services.dir, why));
    TRY(db_open(s->services.dir, DB_WRITER, why, &db));
    TRY(db_tx_begin(db));
    err_t e = keys_open(db, s->arena, &master, why, &s->services.keys);
    s->services.sealed = e == E_SEALED;
    if (e == E_OK)
        e = find_start(s, db);
    if (e != E_OK) {
        db_tx_rollback(db);
        return s->services.sealed ? E_OK : e;
    }
    return db_tx_commit(db);
}

static err_t make_live(struct server *s)
{
    const struct config *c = s->config;
    size_t devices = (size_t)config_int(c, CONF_MEMORY_DEVICES);
    struct live_cfg cfg = {
        .principals_max = devices,
        .tokens_max = devices,
        .scopes_max = devices,
        .effectives_max = EFFECTIVES_MAX,
        .signers_max = SIGNERS_MAX,
        .seq = s->seq,
        .wake = api_wake,
        .wake_arg = s->services.api,
    };
    TRY(live_new(&cfg, &s->services.live));
    services_rates(&s->services); /* no other thread has started */
    return E_OK;
}

static err_t make_writer(struct server *s, struct diag *why)
{
    TRY(audit_new(&s->services.audit));
    TRY(remote_docs_new(&s->services.upstreams));
    audit_set_tap(s->services.audit,
                  (struct audit_tap){ .event = operation_event, .arg = &s->services });
    TRY(refusals_new(&s->services.refusals));
    struct writer_cfg cfg = {
        .dir = s->services.dir,
        .queue_max = (size_t)config_int(s->config, CONF_WRITE_QUEUE),
        .follower = audit_follower(s->services.audit),
    };
    return writer_new(&cfg, why, &s->services.writer);
}

static err_t make_workers(struct server *s, struct diag *why)
{
    struct workers_cfg cfg = {
        .threads = (unsigned)config_int(s->config, CONF_WORKERS),
        .queue_max = (size_t)config_int(s->config, CONF_QUEUE),
        .make = api_worker_make,
        .end = api_worker_end,
        .arg = s->services.api,
    };
    TRY(workers_new(&cfg, why, &s->services.workers));
    s->services.outside_max = cfg.threads > 1 ? (int)cfg.threads - 1 : 1;
    cfg.threads = HASHERS;
    cfg.queue_max = HASHERS_QUEUE;
    return workers_new(&cfg, why, &s->services.hashers);
}

static err_t make_http(struct server *s, struct diag *why)
{
    struct http_server_cfg cfg = {
        .calls = &api_calls,
        .loops = (unsigned)config_int(s->config, CONF_LOOPS),
        .conns_max = s->conns_max,
        .conns_spare = CONNS_SPARE,
    };
    if (cfg.loops == 0)
        cfg.loops = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    TRY(certificate_open(&s->certificate, s->config, &s->services, why));
    cfg.tls = s->certificate.tls;
    s->services.streams_max = (size_t)config_int(s->config, CONF_STREAMS_MAX);
    s->services.live_max = (size_t)config_int(s->config, CONF_LIVE_MAX);
    TRY(api_new(&s->services, cfg.loops, &s->services.api));
    cfg.app = s->services.api;
    TRY(sockets_make(s->config, &s->handover, cfg.tls != NULL, why, &s->sockets));
    cfg.listen = s->sockets.list;
    cfg.listen_n = s->sockets.n;
    cfg.conns = s->handover.conns;
    cfg.conns_n = s->handover.conns_n;
    TRY(http_server_new(&cfg, why, &s->http));
    sockets_store(&s->sockets, s->http);
    s->services.http = s->http;
    struct settings *settings = ARENA_NEW(s->arena, struct settings);
    if (settings == NULL)
        return E_NO_MEMORY;
    TRY(listen_settings(s->config, s->arena, &s->sockets, s->http, settings));
    TRY(proxies_read(s->config, s->arena, why, settings));
    TRY(gateway_settings(s->config, s->arena, why, settings));
    TRY(otlp_settings(s->config, s->arena, why, settings));
    TRY(outward_mail(s->config, s->arena, why, &settings->mail, &settings->notices));
    TRY(logging_set(s->config, &settings->access));
    s->services.settings = settings;
    s->reload = (struct reload){ .config = s->config,
                                 .sockets = &s->sockets,
                                 .services = &s->services,
                                 .certificate = &s->certificate };
    return E_OK;
}

static err_t serve_make(struct server *s, struct diag *why)
{
    TRY(handover_receive(s->arena, &s->handover));
    TRY(open_directory(s, why));
    TRY(operation_new(&s->services, &s->operation));
    TRY(issuer_new(&s->services.issuer));
    TRY(dpop_guard_new(clock_now(), &s->services.dpop));
    TRY(remote_docs_new(&s->services.remote_docs));
    TRY(open_store(s, why));
    TRY(make_http(s, why));
    TRY(make_live(s));
    TRY(gateway_memory(&s->services));
    TRY(make_writer(s, why));
    TRY(make_workers(s, why));
    TRY(spans_new(&s->services.spans));
    TRY(gateway_start(&s->services, why));
    TRY(otlp_new(&s->services, why, &s->otlp));
    TRY(jobs_new(&s->services, &s->jobs));
    TRY(deliver_new(&s->services, why, &s->deliver));
    return admin_socket_open(s->services.dir, &s->services, why, &s->admin_socket);
}

static void serve_unmake(struct server *s)
{
    admin_socket_close(s->admin_socket);
    deliver_free(s->deliver);
    jobs_free(s->jobs);
    gateway_stop(&s->services);
    otlp_free(s->otlp);
    workers_stop(s->services.hashers);
    workers_stop(s->services.workers);
    writer_free(s->services.writer); /* its last jobs still ask the workers for their answers */
    workers_free(s->services.hashers);
    workers_free(s->services.workers);
    http_server_free(s->http);
    gateway_free(&s->services);
    spans_free(s->services.spans);
    api_free(s->services.api);
    certificate_close(&s->certificate);
    reload_fini(&s->reload);
    live_free(s->services.live);
    refusals_free(s->services.refusals);
    audit_free(s->services.audit);
    remote_docs_free(s->services.upstreams);
    remote_docs_free(s->services.remote_docs);
    dpop_guard_free(s->services.dpop);
    issuer_free(s->services.issuer);
    keys_fini(&s->services.keys);
    operation_free(s->operation);
    admin_tokens_fini(&s->services.admin_tokens);
    rates_fini(&s->services.rates);
    file_unlock(s->lock);
}

static void say_listening(const struct server *s)
{
    for (size_t i = 0; i < s->sockets.n; i++) {
        const struct http_listen *l = &s->sockets.list[i];
        str_t host = listen_host(str_from_cz(l->address));
        if (l->last)
            continue;
        (void)printf("listening %s://%.*s:%u\n", s->certificate.tls != NULL ? "https" : "http",
                     STR_ARG(host), (unsigned)http_server_port(s->http, i));
    }
    (void)fflush(stdout);
    if (s->handover.since.us > 0)
        LOG(LOG_INFO, "taken-over",
            LOG_F("pause_ms", (clock_mono().us - s->handover.since.us) / 1000),
            LOG_F("sockets", (int64_t)s->handover.sockets_n),
            LOG_F("connections", (int64_t)s->handover.conns_n));
}

/* SAFETY rule 1: after a failed fsync nothing is known about the disk. Polls are served a little
 * longer, then a supervisor decides. */
static bool store_is_lost(struct server *s, dur_t *since)
{
    struct writer_stats stats;
    dur_t now = clock_mono();
    if (s->services.sealed)
        return false;
    writer_stats(s->services.writer, &stats);
    if (!stats.failed)
        *since = now;
    return now.us - since->us > STORE_LOST_GRACE.us;
}

static err_t store_lost(struct server *s, struct diag *why)
{
    struct writer_stats stats;
    writer_stats(s->services.writer, &stats);
    LOG(LOG_ERROR, "store-lost", LOG_F("cause", stats.cause));
    return FAIL(why, E_IO, "%s: %s: check the disk, then start again", s->services.dir,
                stats.cause);
}

/* The program and the configuration of now are tried first: what would not start leaves everything
 * as it is. */
static bool may_succeed(const struct server *s)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(SERVE_ARENA_MAX);
    struct diag why = { 0 };
    err_t e = a == NULL ? E_NO_MEMORY : succession_check(s->next, a, &why);
    if (e != E_OK)
        LOG(LOG_ERROR, "restart-refused", LOG_F("why", str_from_cz(why.text)));
    admin_socket_answer(s->admin_socket, e == E_OK ? NULL : why.text);
    return e == E_OK;
}

static void serve_reload(struct server *s)
{
    proc_notify("RELOADING=1");
    reload_run(&s->reload);
    proc_notify("READY=1");
}

/* The main thread: jobs each second, until a signal says otherwise. *ret_go_on: a successor shall
 * take over. */
static err_t serve_wait(struct server *s, const sigset_t *signals, struct diag *why,
                        bool *ret_go_on)
{
    const struct timespec second = { .tv_sec = 1 };
    dur_t well = clock_mono();
    for (;;) {
        int got = sigtimedwait(signals, NULL, &second);
        *ret_go_on = got == SIGUSR2 && may_succeed(s);
        if (got == SIGTERM || got == SIGINT || *ret_go_on)
            return E_OK;
        if (store_is_lost(s, &well))
            return store_lost(s, why);
        if (got == SIGHUP)
            serve_reload(s);
        if (clock_guard_look(&s->services.clock))
            say_clock(s);
        certificate_tick(&s->certificate, &s->services);
        api_tick(s->services.api);
        operation_tick(s->operation);
        if (!s->services.sealed)
            jobs_tick(s->jobs);
    }
}

static void serve_drain(struct server *s)
{
    proc_notify("STOPPING=1");
    LOG(LOG_INFO, "draining", LOG_F("seconds_max", DRAIN_MAX.us / 1000000));
    s->services.draining = true;
    gateway_drain(&s->services, CALLS_MAX);
    api_release_polls(s->services.api);
    http_server_drain(s->http, DRAIN_MAX);
    if (!s->services.sealed)
        jobs_last(s->jobs);
}

/* Everything that others wait for comes to its end, or goes on to the successor. */
static void serve_hand_over(struct server *s)
{
    dur_t begun = clock_mono();
    proc_notify("RELOADING=1");
    LOG(LOG_INFO, "restarting", LOG_F("program", s->next->path));
    http_server_settle(s->http, GRACE, SETTLE_MAX);
    struct handover *h = &s->handover;
    *h = (struct handover){ .since = clock_mono() };
    s->services.leaving = true;
    gateway_drain(&s->services, GRACE);
    api_release_polls(s->services.api);
    http_server_leave(s->http, (dur_t){ DRAIN_MAX.us - (h->since.us - begun.us) });
    if (!s->services.sealed)
        jobs_last(s->jobs);
    sockets_take(&s->sockets, s->http, h);
    size_t n = (size_t)config_int(s->config, CONF_CONNECTIONS_MAX);
    int *conns = ARENA_ARRAY(s->arena, int, n);
    if (conns != NULL) /* else their clients dial again */
        h->conns_n = http_server_take_conns(s->http, conns, n);
    h->conns = conns;
}

static void serve_signals(sigset_t *ret)
{
    static const int taken[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR2 };
    (void)sigemptyset(ret);
    for (size_t i = 0; i < ARRAY_LEN(taken); i++)
        (void)sigaddset(ret, taken[i]);
    /* Every thread inherits it, and so does a successor: the main one takes them. */
    (void)pthread_sigmask(SIG_BLOCK, ret, NULL);
}

err_t serve_run(const struct config *config, const struct succession *next, struct diag *why)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(SERVE_ARENA_MAX);
    sigset_t signals;
    struct server s = { .config = config, .next = next, .lock = -1, .arena = a };
    bool goes_on = false;
    if (a == NULL)
        return E_NO_MEMORY;
    serve_signals(&signals);
    err_ignore(log_start()); /* without its thread lines are written at once */
    s.conns_max = listen_conns_max(config);
    admin_tokens_init(&s.services.admin_tokens);
    rates_init(&s.services.rates);
    rate_settings(config, &s.services.rates);
    s.services.started_at = clock_now();
    atomic_store(&s.services.rollouts.open, true); /* until the job has looked */
    err_t e = serve_make(&s, why);
    if (e == E_OK)
        e = http_server_start(s.http, why);
    if (e == E_OK) {
        say_listening(&s);
        say_next(&s.services, s.has_administrator);
        proc_notify("READY=1");
        e = serve_wait(&s, &signals, why, &goes_on);
        if (goes_on)
            serve_hand_over(&s);
        else
            serve_drain(&s);
    }
    serve_unmake(&s);
    log_stop(LOG_LAST_MAX);
    return goes_on ? succession_go(next, a, &s.handover, why) : e;
}
