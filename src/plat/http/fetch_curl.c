/* SPDX-License-Identifier: Apache-2.0 */
/* Fetches over TLS: libcurl's multi interface on the loop. Its handshakes, its checks of
 * certificates, its connections. */
#include "plat/http/fetch_in.h"

#include "base/fault.h"
#include "plat/http/client_parts.h"

#include <fcntl.h>
#include <unistd.h>

enum { HANDLES_MAX = 4 }; /* kept for the next fetches */

struct fetch_curl {
    struct client_head head;
    CURL *h; /* NULL until it runs */
    struct curl_slist *lines;
    struct curl_slist *pinned;
    const char *url;
    bool deaf; /* its socket cannot be watched */
    bool head_done;
    bool held; /* libcurl holds bytes back for us */
    char error[CURL_ERROR_SIZE];
};

struct fetch_socket {
    struct loop_watch watch;
    struct fetcher *owner;
    struct fetch_socket *next;
    int fd;
};

struct fetcher_curl {
    CURLM *multi;
    CURL *handles[HANDLES_MAX];
    size_t handles_n;
    struct fetch_socket *sockets;
    struct loop_timer timer;
    struct fetcher *owner;
    bool deaf; /* one of its fetches is */
};

static void curl_drive(struct fetcher *f, curl_socket_t fd, int events);
static void curl_end_by(struct fetch *x, CURLcode code);

/* ---- sockets: libcurl opens and closes them, and tells what to watch them for ---- */

static struct fetch_socket *socket_of(const struct fetcher *f, curl_socket_t fd)
{
    for (struct fetch_socket *s = f->curl->sockets; s != NULL; s = s->next) {
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
    curl_drive(s->owner, s->fd, told);
}

static void socket_on_closed(struct loop_watch *watch)
{
    free(CONTAINER_OF(watch, struct fetch_socket, watch));
}

static void socket_drop(struct fetcher *f, struct fetch_socket *s)
{
    struct fetch_socket **at = &f->curl->sockets;
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
    s->next = f->curl->sockets;
    f->curl->sockets = s;
    return s;
}

/* A socket that never got connected is closed by libcurl before it says that it need not be
 * watched any more; a new one with its number would be taken for it, and not be watched. */
static curl_socket_t curl_open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *at)
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

static int curl_on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *socket_arg)
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
        f->curl->deaf = x->curl->deaf = true;
    return 0; /* else it would give up every transfer, and tell of none */
}

static void curl_on_due(struct loop_timer *timer)
{
    curl_drive(CONTAINER_OF(timer, struct fetcher_curl, timer)->owner, CURL_SOCKET_TIMEOUT, 0);
}

static int curl_on_timer(CURLM *multi, long in_ms, void *user)
{
    struct fetcher *f = user;
    (void)multi;
    loop_timer_stop(f->loop, &f->curl->timer);
    if (in_ms == 0)
        fetcher_kick(f); /* a tick of the wheel would be late */
    else if (in_ms > 0)
        loop_timer_start(f->loop, &f->curl->timer, DUR_MS(in_ms), curl_on_due);
    return 0;
}

/* Those whose socket could not be watched. */
static void curl_end_deaf(struct fetcher *f)
{
    f->curl->deaf = false;
    for (struct fetch *x = f->all; x != NULL; x = x->next) {
        if (x->state == FETCH_RUNS && x->curl->deaf)
            fetch_end(x, E_NO_MEMORY, "no memory for a connection");
    }
}

/* Let libcurl work, then tell what has ended. */
static void curl_work(struct fetcher *f, curl_socket_t fd, int events)
{
    CURLM *multi = f->curl->multi;
    int running = 0;
    int queued = 0;
    (void)curl_multi_socket_action(multi, fd, events, &running); /* each transfer has its error */
    for (CURLMsg *msg = NULL; (msg = curl_multi_info_read(multi, &queued)) != NULL;) {
        struct fetch *x = NULL;
        CURLcode code = msg->data.result; /* `msg` is gone with its handle */
        if (curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &x) == CURLE_OK && x != NULL)
            curl_end_by(x, code);
    }
    if (f->curl->deaf)
        curl_end_deaf(f);
}

static void curl_drive(struct fetcher *f, curl_socket_t fd, int events)
{
    fetcher_enter(f);
    curl_work(f, fd, events);
    fetcher_leave(f);
}

/* ---- what it hears ---- */

/* Just before the request goes out, and again where libcurl finds a used connection dead and takes
 * another: the peer may have had the first one. */
/* NOLINTNEXTLINE(readability-non-const-parameter): the type is libcurl's */
static int curl_on_issue(void *user, char *to, char *from, int to_port, int from_port)
{
    struct fetch *x = user;
    (void)to;
    (void)from;
    (void)to_port;
    (void)from_port;
    if (x->issued && x->req.body.p != NULL) {
        x->why = (struct diag){ 0 };
        err_ignore(FAIL(&x->why, E_CLOSED, "the connection broke after the request was sent"));
        return CURL_PREREQFUNC_ABORT;
    }
    fetch_issue(x);
    return CURL_PREREQFUNC_OK;
}

static bool curl_on_head_end(struct fetch *x)
{
    long status = 0;
    (void)curl_easy_getinfo(x->curl->h, CURLINFO_RESPONSE_CODE, &status); /* 0 then */
    if (status < 200)
        return true; /* an interim one */
    const struct http_answer head = { .status = (int)status,
                                      .fields = x->curl->head.fields,
                                      .fields_n = x->curl->head.fields_n };
    x->curl->head_done = true;
    return fetch_hear_head(x, &head);
}

static size_t curl_on_head(char *p, size_t size, size_t n, void *user)
{
    struct fetch *x = user;
    struct client_head *head = &x->curl->head;
    size_t all = size * n;
    if (fetch_is_over(x))
        return 0;
    fetch_heard(x);
    if (x->curl->head_done) { /* trailers: read past, as much as a head may be */
        head->n += all;
        return head->n <= CLIENT_HEAD_MAX ? all : 0;
    }
    if (!client_head_line(head, str_of(p, all))) {
        err_ignore(head->no_memory
                       ? FAIL(&x->why, E_NO_MEMORY, "no memory for the answer")
                       : FAIL(&x->why, E_TOO_BIG, "the head of the answer is too large"));
        return 0;
    }
    bool last = all == 2 && p[0] == '\r';
    return !last || curl_on_head_end(x) ? all : 0;
}

static size_t curl_on_body(char *p, size_t size, size_t n, void *user)
{
    struct fetch *x = user;
    size_t all = size * n;
    if (fetch_is_over(x))
        return 0;
    if (x->paused) {
        x->curl->held = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    return fetch_hear_body(x, str_of(p, all)) ? all : 0;
}

static void curl_end_by(struct fetch *x, CURLcode code)
{
    /* Where the answer is to blame, and not what was asked for. */
    static const struct {
        CURLcode code;
        err_t e;
    } rows[] = {
        { CURLE_OK, E_OK },
        { CURLE_GOT_NOTHING, E_CLOSED },
        { CURLE_PARTIAL_FILE, E_CLOSED },
        { CURLE_RECV_ERROR, E_CLOSED },
        { CURLE_SEND_ERROR, E_CLOSED },
        { CURLE_UNSUPPORTED_PROTOCOL, E_IO },
    };
    err_t e = client_err_of(code);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].code == code)
            e = rows[i].e;
    }
    if (x->why.err != E_OK)
        fetch_end(x, x->why.err, x->why.text);
    else
        fetch_end(x, e, x->curl->error[0] != '\0' ? x->curl->error : curl_easy_strerror(code));
}

/* ---- one fetch ---- */

static err_t curl_prepare(struct fetch *x, const struct fetch_request *req,
                          const struct outbound_url *to, struct diag *why)
{
    struct fetch_curl *own = ARENA_NEW(x->a, struct fetch_curl);
    (void)to;
    (void)why;
    if (own == NULL)
        return E_NO_MEMORY;
    x->curl = own;
    TRY(client_head_init(&own->head, x->a));
    own->url = str_cz(x->a, req->url);
    own->lines = client_lines_make(req->headers, req->headers_n);
    return own->url == NULL || own->lines == NULL ? E_NO_MEMORY : E_OK;
}

static CURL *take_handle(struct fetcher_curl *own)
{
    if (own->handles_n > 0)
        return own->handles[--own->handles_n];
    return fault_here() ? NULL : curl_easy_init();
}

static void give_handle(struct fetcher_curl *own, CURL *h)
{
    curl_easy_reset(h); /* nothing that was borrowed for this fetch stays in it */
    if (own->handles_n < HANDLES_MAX)
        own->handles[own->handles_n++] = h;
    else
        curl_easy_cleanup(h);
}

static bool curl_set(struct fetch *x)
{
    struct fetcher *f = x->owner;
    CURL *h = x->curl->h;
    const char *agent = f->rules->user_agent != NULL ? f->rules->user_agent : "seneschal";
    bool ok = http_pins_set(h, &f->pins, &x->curl->pinned);
#define SET(option, value) ok = ok && curl_easy_setopt(h, (option), (value)) == CURLE_OK
    SET(CURLOPT_LOW_SPEED_LIMIT, 0L); /* a stream may be silent; our own timers watch it */
    SET(CURLOPT_OPENSOCKETFUNCTION, curl_open_socket);
    SET(CURLOPT_OPENSOCKETDATA, f);
    SET(CURLOPT_PRIVATE, x);
    SET(CURLOPT_URL, x->curl->url);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_MAXAGE_CONN, (long)FETCH_CONN_FRESH_S);
    SET(CURLOPT_PREREQFUNCTION, curl_on_issue);
    SET(CURLOPT_PREREQDATA, x);
    SET(CURLOPT_HEADERFUNCTION, curl_on_head);
    SET(CURLOPT_HEADERDATA, x);
    SET(CURLOPT_WRITEFUNCTION, curl_on_body);
    SET(CURLOPT_WRITEDATA, x);
    SET(CURLOPT_HTTPHEADER, x->curl->lines);
    SET(CURLOPT_ERRORBUFFER, x->curl->error);
    SET(CURLOPT_USERAGENT, agent);
    if (f->rules->ca_file != NULL)
        SET(CURLOPT_CAINFO, f->rules->ca_file);
    if (x->req.body.p != NULL) {
        SET(CURLOPT_POSTFIELDS, x->req.body.p);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)x->req.body.n);
    }
    SET(CURLOPT_CUSTOMREQUEST, x->req.method);
#undef SET
    return ok;
}

/* Where there is no connection for it libcurl keeps it waiting by itself. */
static err_t curl_run(struct fetch *x, struct diag *why)
{
    struct fetcher_curl *own = x->owner->curl;
    x->curl->h = take_handle(own);
    if (x->curl->h == NULL || !curl_set(x) ||
        curl_multi_add_handle(own->multi, x->curl->h) != CURLM_OK)
        return FAIL(why, E_NO_MEMORY, "no memory for a request");
    fetch_move(x, FETCH_RUNS);
    return E_OK;
}

/* Nothing of libcurl is on the stack. */
static void curl_drop(struct fetch *x)
{
    struct fetch_curl *own = x->curl;
    if (own == NULL)
        return;
    if (own->h != NULL) {
        /* Fine too when it was never added. */
        (void)curl_multi_remove_handle(x->owner->curl->multi, own->h);
        give_handle(x->owner->curl, own->h);
    }
    curl_slist_free_all(own->lines);
    curl_slist_free_all(own->pinned);
}

static bool curl_is_sent(const struct fetch *x)
{
    curl_off_t n = 0;
    return curl_easy_getinfo(x->curl->h, CURLINFO_SIZE_UPLOAD_T, &n) == CURLE_OK &&
           n == (curl_off_t)x->req.body.n;
}

static void curl_paused(struct fetch *x)
{
    if (!x->paused && x->curl->held)
        fetcher_kick(x->owner);
}

/* Bytes that libcurl held back come in the callback of the body, here. */
static void curl_resume(struct fetcher *f)
{
    for (struct fetch *x = f->all; x != NULL; x = x->next) {
        if (x->state != FETCH_RUNS || !x->curl->held || x->paused)
            continue;
        x->curl->held = false;
        CURLcode code = curl_easy_pause(x->curl->h, CURLPAUSE_CONT);
        if (code != CURLE_OK)
            curl_end_by(x, code);
    }
}

static void curl_turn(struct fetcher *f)
{
    curl_resume(f);
    curl_work(f, CURL_SOCKET_TIMEOUT, 0);
}

/* ---- the fetcher's life ---- */

static err_t multi_set(struct fetcher *f, const struct fetcher_cfg *cfg)
{
    CURLM *multi = f->curl->multi;
    bool ok = true;
#define SET(option, value) ok = ok && curl_multi_setopt(multi, (option), (value)) == CURLM_OK
    SET(CURLMOPT_SOCKETFUNCTION, curl_on_socket);
    SET(CURLMOPT_SOCKETDATA, f);
    SET(CURLMOPT_TIMERFUNCTION, curl_on_timer);
    SET(CURLMOPT_TIMERDATA, f);
    SET(CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)cfg->connections_max);
    /* Fewer, and each call of many at once would shake hands anew. */
    SET(CURLMOPT_MAXCONNECTS, (long)cfg->connections_max);
    SET(CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
#undef SET
    return ok ? E_OK : E_NO_MEMORY;
}

static void curl_close(struct fetcher *f)
{
    struct fetcher_curl *own = f->curl;
    for (size_t i = 0; i < own->handles_n; i++)
        curl_easy_cleanup(own->handles[i]);
    if (own->multi != NULL)
        (void)curl_multi_cleanup(own->multi); /* closes the sockets that rest */
    loop_timer_stop(f->loop, &own->timer);
    while (own->sockets != NULL)
        socket_drop(f, own->sockets);
    curl_global_cleanup();
}

static err_t curl_open(struct fetcher *f, const struct fetcher_cfg *cfg)
{
    f->curl = ARENA_NEW(f->a, struct fetcher_curl);
    if (f->curl == NULL || fault_here() || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return E_NO_MEMORY;
    f->curl->owner = f;
    f->curl->multi = fault_here() ? NULL : curl_multi_init();
    err_t e = f->curl->multi == NULL ? E_NO_MEMORY : multi_set(f, cfg);
    if (e != E_OK)
        curl_close(f);
    return e;
}

const struct fetch_kind fetch_by_curl = {
    .open = curl_open,
    .close = curl_close,
    .prepare = curl_prepare,
    .run = curl_run,
    .drop = curl_drop,
    .paused = curl_paused,
    .is_sent = curl_is_sent,
    .turn = curl_turn,
};
