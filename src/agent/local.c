/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/local.h"

#include "agent/secrets.h"
#include "plat/http/server.h"
#include "plat/json/out.h"
#include "plat/os/unix.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum {
    LOCAL_CONNS = 64,
    LOCAL_STREAMS = 48, /* the others are left for questions */
    LOCAL_PATH_MAX = 108,
    LOCAL_ROUND = 16, /* an arena rounds up */
    LOCAL_STATE_MAX = 8 * 1024,
    LOCAL_CONFIG_MAX = 4 * 1024 * 1024,
    LOCAL_SECRET_MAX = 6 * AGENT_SECRET_VALUE_MAX + 1024, /* each byte may want six in JSON */
};

struct agent_local {
    struct arena *life; /* holds this */
    char path[LOCAL_PATH_MAX];
    gid_t group;
    bool grouped;
    bool bound; /* the path is ours to remove */
    struct http_listen listen;
    struct http_server *server;
    struct agent_secrets *secrets;
    _Atomic int64_t refused; /* a user, -1: none */
    atomic_bool posted;      /* `changed` is on its way */
    struct loop_msg changed;

    pthread_mutex_t lock; /* holds what follows, up to the blank line */
    struct buf moved;
    struct buf state;
    struct buf config;
    struct buf etag;
    bool allowed;

    struct http_xchg *streams[LOCAL_STREAMS]; /* of the loop's thread */
    size_t streams_n;
};

static void local_state(struct agent_local *l, struct http_xchg *x);
static void local_config(struct agent_local *l, struct http_xchg *x);
static void local_events(struct agent_local *l, struct http_xchg *x);
static void local_secret(struct agent_local *l, struct http_xchg *x);

static const str_t secrets_path = { "/secrets/", 9 };

static const struct local_route {
    str_t path; /* what ends in '/' has a name behind it */
    void (*answer)(struct agent_local *l, struct http_xchg *x);
} routes[] = {
    { { "/state", 6 }, local_state },
    { { "/config", 7 }, local_config },
    { { "/events", 7 }, local_events },
    { { "/secrets/", 9 }, local_secret },
};

static const struct local_route *local_route_of(str_t path)
{
    for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
        bool named = str_ends(routes[i].path, STR("/")) && str_starts(path, routes[i].path);
        if (named || str_eq(routes[i].path, path))
            return &routes[i];
    }
    return NULL;
}

#define JSON_HEAD   "Content-Type: application/json\r\nCache-Control: no-store\r\n"
#define STREAM_HEAD "Content-Type: text/event-stream\r\nCache-Control: no-store\r\n"

/* RFC 9457. */
static void local_problem(struct http_xchg *x, err_t e, const char *detail, str_t head)
{
    const struct err_info *info = err_info(e);
    struct buf body;
    struct buf lines;
    buf_init(&body, KIB(2));
    buf_init(&lines, KIB(1));
    struct json_out o = json_out_to(&body);
    json_out_open(&o, '{');
    JSON_OUT(&o, "code", str, str_from_cz(info->slug));
    JSON_OUT(&o, "title", str, str_from_cz(info->text));
    JSON_OUT(&o, "status", i64, info->status);
    JSON_OUT(&o, "detail", str, str_from_cz(detail));
    json_out_close(&o, '}');
    BUF_ADD(&lines, "Content-Type: application/problem+json\r\nCache-Control: no-store\r\n");
    buf_add(&lines, head);
    const struct http_reply r = { info->status, buf_str(&lines), buf_str(&body) };
    http_reply(x, &r);
    buf_fini(&lines);
    buf_fini(&body);
}

/* Root, the agent's own user, and the group that was named: also where the file's mode was changed
 * by somebody. */
static bool local_peer_may(struct agent_local *l, const struct http_xchg *x)
{
    struct unix_peer peer;
    int fd = http_fd(x);
    if (unix_peer(fd, &peer) != E_OK)
        return false;
    if (peer.uid == 0 || peer.uid == geteuid() || (l->grouped && unix_peer_in(fd, &peer, l->group)))
        return true;
    atomic_store(&l->refused, (int64_t)peer.uid);
    return false;
}

static struct http_take local_on_head(void *app, struct http_xchg *x)
{
    (void)app;
    x->secret = str_starts(x->path, secrets_path);
    return (struct http_take){ .drop = true };
}

static void local_on_message(void *app, struct http_xchg *x)
{
    struct agent_local *l = app;
    const struct local_route *route = local_route_of(x->path);
    if (!local_peer_may(l, x))
        local_problem(x, E_FORBIDDEN, "this user may not ask the agent", STR(""));
    else if (route == NULL)
        local_problem(x, E_NOT_FOUND, "there are /state, /config, /events and /secrets/NAME",
                      STR(""));
    else if (x->method != HTTP_GET && x->method != HTTP_HEAD)
        local_problem(x, E_METHOD_NOT_ALLOWED, "want GET", STR("Allow: GET, HEAD\r\n"));
    else
        route->answer(l, x);
}

static void local_on_refuse(void *app, struct http_xchg *x, err_t e, const struct diag *why)
{
    (void)app;
    local_problem(x, e, why != NULL && why->text[0] != '\0' ? why->text : err_info(e)->text,
                  STR(""));
}

static void local_forget(struct agent_local *l, const struct http_xchg *x)
{
    for (size_t i = 0; i < l->streams_n; i++) {
        if (l->streams[i] == x) {
            l->streams[i] = l->streams[--l->streams_n];
            return;
        }
    }
}

/* Only streams are kept. */
static void local_on_gone(void *app, struct http_xchg *x)
{
    local_forget(app, x);
    http_stream_end(x);
}

static void local_on_drain(void *app, struct http_xchg *x)
{
    (void)app;
    (void)x; /* nothing is held back: what it missed is told with the next change */
}

static void local_on_done(void *app, struct http_xchg *x, int status, size_t bytes)
{
    (void)app;
    (void)x;
    (void)status;
    (void)bytes;
}

/* A copy that stays as it is while the agent publishes. */
static err_t local_copy(struct agent_local *l, struct http_xchg *x, struct agent_shown *ret)
{
    struct arena *a = http_arena(x);
    struct agent_shown v = { 0 };
    if (a == NULL)
        return E_NO_MEMORY;
    (void)pthread_mutex_lock(&l->lock);
    v.allowed = l->allowed;
    err_t e = str_copy(a, buf_str(&l->state), &v.state);
    if (e == E_OK)
        e = str_copy(a, buf_str(&l->config), &v.config);
    if (e == E_OK)
        e = str_copy(a, buf_str(&l->etag), &v.etag);
    (void)pthread_mutex_unlock(&l->lock);
    if (e == E_OK)
        *ret = v;
    return e;
}

static void local_state(struct agent_local *l, struct http_xchg *x)
{
    struct agent_shown v;
    if (local_copy(l, x, &v) != E_OK) {
        local_problem(x, E_NO_MEMORY, "out of memory", STR(""));
        return;
    }
    const struct http_reply r = { 200, STR(JSON_HEAD), v.state };
    http_reply(x, &r);
}

/* If-None-Match compares weakly and takes lists and "*" (RFC 9110 section 13.1.2). */
static bool local_matches(str_t tags, str_t etag)
{
    str_t part;
    while (str_split(&tags, ',', &part)) {
        str_t tag = str_trim(part);
        if (str_starts(tag, STR("W/")))
            tag = str_sub(tag, 2, tag.n);
        if (str_eq(tag, etag) || str_eq(tag, STR("*")))
            return true;
    }
    return false;
}

/* Fail closed: while nothing is in force the body is the disabled form, and the status says it too.
 */
static void local_config(struct agent_local *l, struct http_xchg *x)
{
    struct agent_shown v;
    str_t head;
    if (local_copy(l, x, &v) != E_OK ||
        str_format(http_arena(x), &head, JSON_HEAD "ETag: %.*s\r\n", STR_ARG(v.etag)) != E_OK) {
        local_problem(x, E_NO_MEMORY, "out of memory", STR(""));
        return;
    }
    struct http_reply r = { 200, head, v.config };
    if (!v.allowed)
        r = (struct http_reply){ 503, STR(JSON_HEAD), v.config };
    else if (local_matches(http_field(x, STR("If-None-Match")), v.etag))
        r = (struct http_reply){ 304, head, STR("") };
    http_reply(x, &r);
}

static void local_secret(struct agent_local *l, struct http_xchg *x)
{
    CLEANUP(buf_fini) struct buf body = { 0 };
    buf_init(&body, LOCAL_SECRET_MAX);
    body.secret = true;
    err_t e = agent_secrets_write(l->secrets, str_sub(x->path, secrets_path.n, x->path.n), &body);
    if (e != E_OK) {
        local_problem(x, e, e == E_NOT_FOUND ? "no such secret is here" : "out of memory", STR(""));
        return;
    }
    const struct http_reply r = { 200, STR(JSON_HEAD), buf_str(&body) };
    http_reply(x, &r);
}

/* Written only where there is room: who does not read misses what is in between. */
static void local_tell(struct http_xchg *x, str_t state)
{
    struct buf b;
    buf_init(&b, (size_t)2 * LOCAL_STATE_MAX);
    BUF_ADD(&b, "event: state\ndata: ");
    buf_add(&b, state);
    BUF_ADD(&b, "\n\n");
    if (b.err == E_OK)
        (void)http_stream_write(x, buf_str(&b)); /* past 1 MiB the engine ends it */
    buf_fini(&b);
}

static void local_events(struct agent_local *l, struct http_xchg *x)
{
    struct agent_shown v;
    const struct http_reply head = { 200, STR(STREAM_HEAD), STR("") };
    if (x->method == HTTP_HEAD) {
        http_reply(x, &head);
        return;
    }
    if (l->streams_n == LOCAL_STREAMS) {
        local_problem(x, E_OVERLOADED, "as many streams as there may be",
                      STR("Retry-After: 5\r\n"));
        return;
    }
    if (local_copy(l, x, &v) != E_OK) {
        local_problem(x, E_NO_MEMORY, "out of memory", STR(""));
        return;
    }
    char state[LOCAL_STATE_MAX]; /* the exchange's memory goes as the stream begins */
    size_t n = v.state.n;
    memcpy(state, v.state.p, n);
    l->streams[l->streams_n++] = x;
    http_stream_begin(x, 200, STR(STREAM_HEAD));
    local_tell(x, str_of(state, n));
}

static void local_on_changed(struct loop_msg *msg)
{
    struct agent_local *l = CONTAINER_OF(msg, struct agent_local, changed);
    char state[LOCAL_STATE_MAX];
    atomic_store(&l->posted, false); /* first: a change from here on is posted again */
    (void)pthread_mutex_lock(&l->lock);
    size_t n = l->state.n;
    memcpy(state, buf_str(&l->state).p, n);
    (void)pthread_mutex_unlock(&l->lock);
    for (size_t i = 0; i < l->streams_n; i++)
        local_tell(l->streams[i], str_of(state, n));
}

static const struct http_app local_app = {
    .on_head = local_on_head,
    .on_message = local_on_message,
    .on_refuse = local_on_refuse,
    .on_gone = local_on_gone,
    .on_drain = local_on_drain,
    .on_done = local_on_done,
};

static err_t local_bind(struct agent_local *l, const char *path, const char *group,
                        struct diag *why)
{
    int fd = -1;
    int n = snprintf(l->path, sizeof l->path, "%s", path);
    if (n < 0 || (size_t)n >= sizeof l->path)
        return FAIL(why, E_USAGE, "%s: is longer than a socket's path may be", path);
    l->grouped = group != NULL;
    if (l->grouped)
        TRY(unix_group(group, why, &l->group));
    TRY(unix_listen(path, l->grouped ? &l->group : NULL, why, &fd));
    l->bound = true;
    l->listen = (struct http_listen){ .address = l->path, .fd = fd };
    const struct http_server_cfg cfg = {
        .calls = &local_app,
        .app = l,
        .listen = &l->listen,
        .listen_n = 1,
        .loops = 1,
        .conns_max = LOCAL_CONNS,
    };
    return http_server_new(&cfg, why, &l->server); /* the socket is the server's now */
}

err_t agent_local_start(struct agent_local *l, struct diag *why)
{
    return http_server_start(l->server, why);
}

err_t agent_local_open(const char *path, const char *group, struct agent_secrets *secrets,
                       struct diag *why, struct agent_local **ret)
{
    struct arena *life = arena_new(sizeof(struct agent_local) + LOCAL_ROUND);
    struct agent_local *l = life == NULL ? NULL : ARENA_NEW(life, struct agent_local);
    if (l == NULL) {
        arena_free(life);
        return E_NO_MEMORY;
    }
    l->life = life;
    l->secrets = secrets;
    l->changed.run = local_on_changed;
    atomic_init(&l->refused, -1);
    atomic_init(&l->posted, false);
    (void)pthread_mutex_init(&l->lock, NULL); /* with default attributes it cannot fail here */
    buf_init(&l->moved, LOCAL_STATE_MAX);
    buf_init(&l->state, LOCAL_STATE_MAX);
    buf_init(&l->config, LOCAL_CONFIG_MAX);
    buf_init(&l->etag, KIB(1));
    err_t e = local_bind(l, path, group, why);
    if (e != E_OK) {
        agent_local_close(l);
        return e;
    }
    *ret = l;
    return E_OK;
}

void agent_local_close(struct agent_local *l)
{
    if (l == NULL)
        return;
    if (l->bound)
        unix_unlink(l->path);
    http_server_free(l->server);
    (void)pthread_mutex_destroy(&l->lock);
    buf_fini(&l->moved);
    buf_fini(&l->state);
    buf_fini(&l->config);
    buf_fini(&l->etag);
    arena_free(l->life);
}

static err_t local_set(struct buf *b, str_t text)
{
    buf_clear(b);
    buf_add(b, text);
    return b->err;
}

err_t agent_local_publish(struct agent_local *l, const struct agent_shown *view)
{
    (void)pthread_mutex_lock(&l->lock);
    bool moved = !str_eq(buf_str(&l->moved), view->moved);
    err_t e = local_set(&l->moved, view->moved);
    if (e == E_OK)
        e = local_set(&l->state, view->state);
    if (e == E_OK)
        e = local_set(&l->config, view->config);
    if (e == E_OK)
        e = local_set(&l->etag, view->etag);
    l->allowed = e == E_OK && view->allowed;
    (void)pthread_mutex_unlock(&l->lock);
    if (moved && !atomic_exchange(&l->posted, true))
        loop_post(http_server_loop(l->server, 0), &l->changed);
    return e;
}

bool agent_local_refused(struct agent_local *l, uid_t *ret)
{
    int64_t uid = atomic_exchange(&l->refused, -1);
    if (uid < 0)
        return false;
    *ret = (uid_t)uid;
    return true;
}
