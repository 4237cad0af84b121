/* SPDX-License-Identifier: Apache-2.0 */
/* The loop's side: sockets, libcurl's timer, the addresses of the origin. */
#include "plat/http/fetch_in.h"

#include "base/fault.h"
#include "base/ref.h"

#include <assert.h>
#include <fcntl.h>
#include <netdb.h>
#include <unistd.h>

static void fetcher_drive(struct fetcher *f, curl_socket_t fd, int events);
static void fetcher_work(struct fetcher *f, curl_socket_t fd, int events);
static void fetcher_end_deaf(struct fetcher *f);
static void fetcher_end(struct fetcher *f);
static void fetcher_destroy(struct fetcher *f);

void fetcher_enter(struct fetcher *f)
{
    assert(!f->inside);
    f->inside = true;
}

void fetcher_leave(struct fetcher *f)
{
    f->inside = false;
    for (struct fetch *x = f->all; x != NULL;) {
        struct fetch *next = x->next;
        if (x->state == FETCH_OVER)
            fetch_drop(x);
        x = next;
    }
    if (f->freed)
        fetcher_end(f);
}

void fetcher_kick(struct fetcher *f)
{
    if (f->kicked)
        return;
    f->kicked = true;
    loop_post(f->loop, &f->kick);
}

/* Sockets. libcurl opens and closes them, and tells what to watch them for. */

static struct fetch_socket *socket_of(const struct fetcher *f, curl_socket_t fd)
{
    for (struct fetch_socket *s = f->sockets; s != NULL; s = s->next) {
        if (s->fd == fd)
            return s;
    }
    return NULL;
}

static void socket_on_ready(struct loop_watch *watch, unsigned events)
{
    struct fetch_socket *s = CONTAINER_OF(watch, struct fetch_socket, watch);
    int told = 0;
    if ((events & LOOP_READ) != 0)
        told |= CURL_CSELECT_IN;
    if ((events & LOOP_WRITE) != 0)
        told |= CURL_CSELECT_OUT;
    if ((events & LOOP_GONE) != 0)
        told |= CURL_CSELECT_ERR;
    fetcher_drive(s->owner, s->fd, told);
}

static void socket_on_closed(struct loop_watch *watch)
{
    free(CONTAINER_OF(watch, struct fetch_socket, watch));
}

static void socket_drop(struct fetcher *f, struct fetch_socket *s)
{
    struct fetch_socket **at = &f->sockets;
    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    loop_watch_close(&s->watch, socket_on_closed); /* asks the kernel nothing more, from now on */
}

static struct fetch_socket *socket_add(struct fetcher *f, curl_socket_t fd)
{
    struct fetch_socket *s = fault_here() ? NULL : calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->owner = f;
    s->fd = fd;
    if (loop_watch_open(f->loop, &s->watch, fd, socket_on_ready) != E_OK) {
        free(s);
        return NULL;
    }
    s->next = f->sockets;
    f->sockets = s;
    return s;
}

/* A socket that never got connected is closed by libcurl before it says that it need not be
 * watched any more; a new one with its number would be taken for it, and not be watched. */
curl_socket_t fetcher_open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *at)
{
    struct fetcher *f = user;
    curl_socket_t fd = http_pins_open(&f->pins, purpose, at);
    while (fd != CURL_SOCKET_BAD && socket_of(f, fd) != NULL) {
        curl_socket_t other = fcntl(fd, F_DUPFD_CLOEXEC, fd + 1);
        (void)close(fd); /* it was never used */
        fd = other;
    }
    return fd;
}

static int fetcher_on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *socket_arg)
{
    static const unsigned armed[] = {
        [CURL_POLL_IN] = LOOP_READ,
        [CURL_POLL_OUT] = LOOP_WRITE,
        [CURL_POLL_INOUT] = LOOP_READ | LOOP_WRITE,
    };
    struct fetcher *f = user;
    struct fetch_socket *s = socket_of(f, fd);
    struct fetch *x = NULL;
    (void)socket_arg;
    if (what == CURL_POLL_REMOVE) {
        if (s != NULL)
            socket_drop(f, s);
        return 0;
    }
    if (s == NULL)
        s = socket_add(f, fd);
    if (s != NULL)
        loop_watch_arm(&s->watch, armed[what]);
    else if (curl_easy_getinfo(easy, CURLINFO_PRIVATE, &x) == CURLE_OK && x != NULL)
        f->deaf = x->deaf = true;
    return 0; /* else it would give up every transfer, and tell of none */
}

static void fetcher_on_due(struct loop_timer *timer)
{
    fetcher_drive(CONTAINER_OF(timer, struct fetcher, timer), CURL_SOCKET_TIMEOUT, 0);
}

static int fetcher_on_timer(CURLM *multi, long in_ms, void *user)
{
    struct fetcher *f = user;
    (void)multi;
    loop_timer_stop(f->loop, &f->timer);
    if (in_ms == 0)
        fetcher_kick(f); /* a tick of the wheel would be late */
    else if (in_ms > 0)
        loop_timer_start(f->loop, &f->timer, DUR_MS(in_ms), fetcher_on_due);
    return 0;
}

static void fetcher_drive(struct fetcher *f, curl_socket_t fd, int events)
{
    fetcher_enter(f);
    fetcher_work(f, fd, events);
    fetcher_leave(f);
}

/* Let libcurl work, then tell what has ended. */
static void fetcher_work(struct fetcher *f, curl_socket_t fd, int events)
{
    int running = 0;
    int queued = 0;
    (void)curl_multi_socket_action(f->multi, fd, events,
                                   &running); /* each transfer has its error */
    for (CURLMsg *msg = NULL; (msg = curl_multi_info_read(f->multi, &queued)) != NULL;) {
        struct fetch *x = NULL;
        CURLcode code = msg->data.result; /* `msg` is gone with its handle */
        if (curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &x) == CURLE_OK && x != NULL)
            fetch_end_by_curl(x, code);
    }
    if (f->deaf)
        fetcher_end_deaf(f);
}

/* Those whose socket could not be watched. */
static void fetcher_end_deaf(struct fetcher *f)
{
    f->deaf = false;
    for (struct fetch *x = f->all; x != NULL; x = x->next) {
        if (x->deaf && x->state == FETCH_RUNS)
            fetch_end(x, E_NO_MEMORY, "no memory for a connection");
    }
}

/* The addresses of the origin. */

static bool fetcher_knows(const struct fetcher *f)
{
    return f->found && loop_now(f->loop).us - f->found_at.us < DUR_S(FETCH_NAME_FRESH_S).us;
}

static err_t fetcher_take(struct fetcher *f, const struct addrinfo *list, struct diag *why)
{
    struct outbound_place place;
    const char *resolve = NULL;
    TRY(outbound_place_of(f->rules, f->origin.host.p, list, why, &place));
    TRY(outbound_plain_check(f->rules, &f->origin, &place, why));
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(8));
    if (a == NULL)
        return E_NO_MEMORY;
    TRY(outbound_pins_make(a, &f->origin, &place, &resolve));
    arena_free(f->pins_a);
    f->pins_a = a;
    a = NULL;
    f->place = place;
    f->pins = (struct http_pins){ .ip = (const uint8_t(*)[16])f->place.ip,
                                  .n = f->place.n,
                                  .resolve = resolve };
    f->found = true;
    f->found_at = loop_now(f->loop);
    return E_OK;
}

/* Those who wait cannot go. */
static void fetcher_refuse(struct fetcher *f, err_t e, const char *text)
{
    for (struct fetch *x = f->all; x != NULL; x = x->next) {
        if (x->state == FETCH_WAITS)
            fetch_end(x, e, text);
    }
}

static void fetcher_on_found(void *arg, const struct addrinfo *list, const struct diag *told)
{
    struct fetcher *f = arg;
    struct diag why = *told;
    f->lookup = NULL;
    fetcher_enter(f);
    err_t e = told->err == E_OK ? fetcher_take(f, list, &why) : told->err;
    if (e == E_OK)
        fetcher_kick(f);
    else
        fetcher_refuse(f, e, why.text);
    fetcher_leave(f);
}

/* What waits may run, or somebody is asked where to. E_OK too while the answer is awaited. */
static err_t fetcher_find(struct fetcher *f, struct diag *why)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST };
    struct addrinfo *list = NULL;
    if (fetcher_knows(f) || f->lookup != NULL)
        return E_OK;
    if (getaddrinfo(f->origin.host.p, NULL, &hints, &list) == 0) { /* asks nobody */
        err_t e = fetcher_take(f, list, why);
        freeaddrinfo(list);
        return e;
    }
    const struct lookup_order order = {
        .room = f->lookups,
        .loop = f->loop,
        .host = f->origin.host.p,
        .told = fetcher_on_found,
        .arg = f,
    };
    return outbound_lookup_start(&order, why, &f->lookup);
}

static void fetcher_start_waiting(struct fetcher *f)
{
    for (struct fetch *x = f->all; x != NULL; x = x->next) {
        struct diag why = { 0 };
        err_t e = x->state == FETCH_WAITS && !f->freed ? fetch_run(x, &why) : E_OK;
        if (e != E_OK)
            fetch_end(x, e, why.text);
    }
}

static bool fetcher_has(const struct fetcher *f, enum fetch_state state)
{
    for (const struct fetch *x = f->all; x != NULL; x = x->next) {
        if (x->state == state)
            return true;
    }
    return false;
}

/* Bytes that libcurl held back come in the callback of the body, here. */
static void fetcher_resume(struct fetcher *f)
{
    for (struct fetch *x = f->all; x != NULL; x = x->next) {
        if (x->state != FETCH_RUNS || !x->held || x->paused)
            continue;
        x->held = false;
        CURLcode code = curl_easy_pause(x->curl, CURLPAUSE_CONT);
        if (code != CURLE_OK)
            fetch_end_by_curl(x, code);
    }
}

static void fetcher_on_kick(struct loop_msg *msg)
{
    struct fetcher *f = CONTAINER_OF(msg, struct fetcher, kick);
    struct diag why = { 0 };
    f->kicked = false;
    if (f->freed) {
        fetcher_destroy(f);
        return;
    }
    fetcher_enter(f);
    if (fetcher_has(f, FETCH_WAITS)) {
        err_t e = fetcher_find(f, &why);
        if (e != E_OK)
            fetcher_refuse(f, e, why.text);
        else if (fetcher_knows(f))
            fetcher_start_waiting(f);
    }
    fetcher_resume(f);
    fetcher_work(f, CURL_SOCKET_TIMEOUT, 0);
    fetcher_leave(f);
}

/* Life and death. */

static err_t fetcher_set(struct fetcher *f, const struct fetcher_cfg *cfg)
{
    bool ok = true;
#define SET(option, value) ok = ok && curl_multi_setopt(f->multi, (option), (value)) == CURLM_OK
    SET(CURLMOPT_SOCKETFUNCTION, fetcher_on_socket);
    SET(CURLMOPT_SOCKETDATA, f);
    SET(CURLMOPT_TIMERFUNCTION, fetcher_on_timer);
    SET(CURLMOPT_TIMERDATA, f);
    SET(CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)cfg->connections_max);
    SET(CURLMOPT_MAXCONNECTS, (long)FETCH_CONNS_IDLE_MAX);
    SET(CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
#undef SET
    return ok ? E_OK : E_NO_MEMORY;
}

static err_t fetcher_make(struct fetcher *f, const struct fetcher_cfg *cfg, struct diag *why)
{
    f->a = arena_new(KIB(8));
    f->multi = f->a == NULL || fault_here() ? NULL : curl_multi_init();
    if (f->multi == NULL)
        return E_NO_MEMORY;
    TRY(outbound_url_read(f->a, cfg->url, why, &f->origin));
    TRY(str_copy(f->a, cfg->url, &f->url));
    return fetcher_set(f, cfg);
}

err_t fetcher_new(const struct fetcher_cfg *cfg, struct diag *why, struct fetcher **ret)
{
    if (fault_here() || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return E_NO_MEMORY;
    struct fetcher *f = fault_here() ? NULL : calloc(1, sizeof *f);
    if (f == NULL) {
        curl_global_cleanup();
        return E_NO_MEMORY;
    }
    f->loop = cfg->loop;
    f->rules = cfg->rules;
    f->lookups = ref_take(cfg->lookups);
    f->kick.run = fetcher_on_kick;
    err_t e = fetcher_make(f, cfg, why);
    if (e != E_OK) {
        fetcher_free(f);
        return e;
    }
    *ret = f;
    return E_OK;
}

static void fetcher_destroy(struct fetcher *f)
{
    arena_free(f->pins_a);
    arena_free(f->a);
    ref_drop(f->lookups);
    free(f);
    curl_global_cleanup();
}

/* Nothing of libcurl is on the stack. */
static void fetcher_end(struct fetcher *f)
{
    while (f->all != NULL)
        fetch_drop(f->all);
    for (size_t i = 0; i < f->handles_n; i++)
        curl_easy_cleanup(f->handles[i]);
    if (f->lookup != NULL)
        outbound_lookup_leave(f->lookup);
    if (f->multi != NULL)
        (void)curl_multi_cleanup(f->multi); /* closes the sockets that rest */
    loop_timer_stop(f->loop, &f->timer);
    while (f->sockets != NULL)
        socket_drop(f, f->sockets);
    if (!f->kicked)
        fetcher_destroy(f); /* else by the message that is on its way */
}

void fetcher_free(struct fetcher *f)
{
    if (f == NULL)
        return;
    f->freed = true;
    if (!f->inside)
        fetcher_end(f);
}
