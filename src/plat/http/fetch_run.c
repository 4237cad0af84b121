/* SPDX-License-Identifier: Apache-2.0 */
/* One transfer. */
#include "plat/http/fetch_in.h"

#include "base/fault.h"

static void fetch_on_quiet(struct loop_timer *timer);
static void fetch_on_late(struct loop_timer *timer);

/* Told nothing any more: it was cancelled, or its fetcher is being freed. */
static bool fetch_is_over(const struct fetch *x)
{
    return x->state == FETCH_OVER || x->owner->freed;
}

static void fetch_watch_silence(struct fetch *x)
{
    struct loop *loop = x->owner->loop;
    if (x->req.idle_max.us > 0 && !x->paused)
        loop_timer_start(loop, &x->quiet, x->req.idle_max, fetch_on_quiet);
    else
        loop_timer_stop(loop, &x->quiet);
}

/* Just before the request goes out, and again where libcurl finds a used connection dead and takes
 * another: the peer may have had the first one. */
/* NOLINTNEXTLINE(readability-non-const-parameter): the type is libcurl's */
static int fetch_on_issue(void *user, char *to, char *from, int to_port, int from_port)
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
    x->issued = true;
    fetch_watch_silence(x);
    return CURL_PREREQFUNC_OK;
}

static void fetch_on_head_end(struct fetch *x)
{
    long status = 0;
    (void)curl_easy_getinfo(x->curl, CURLINFO_RESPONSE_CODE, &status); /* 0 then */
    if (status < 200)
        return; /* an interim one */
    struct http_answer head = { .status = (int)status,
                                .fields = x->head.fields,
                                .fields_n = x->head.fields_n };
    str_t coding = http_answer_field(&head, STR("content-encoding"));
    x->head_done = true;
    if (coding.n > 0 && !str_eq_nocase(coding, STR("identity"))) {
        err_ignore(FAIL(&x->why, E_UNSUPPORTED_MEDIA,
                        "the answer has a content coding that nobody asked for"));
        return;
    }
    if (x->req.on->head != NULL)
        x->req.on->head(x->req.arg, &head);
}

static size_t fetch_on_head(char *p, size_t size, size_t n, void *user)
{
    struct fetch *x = user;
    size_t all = size * n;
    if (fetch_is_over(x))
        return 0;
    fetch_watch_silence(x);
    if (x->head_done) { /* trailers: read past, as much as a head may be */
        x->head.n += all;
        return x->head.n <= CLIENT_HEAD_MAX ? all : 0;
    }
    if (!client_head_line(&x->head, str_of(p, all))) {
        err_ignore(x->head.no_memory ? FAIL(&x->why, E_NO_MEMORY, "no memory for the answer")
                                     : FAIL(&x->why, E_TOO_BIG,
                                            "the head of the answer is too "
                                            "large"));
        return 0;
    }
    if (all == 2 && p[0] == '\r')
        fetch_on_head_end(x);
    return fetch_is_over(x) || x->why.err != E_OK ? 0 : all;
}

static size_t fetch_on_body(char *p, size_t size, size_t n, void *user)
{
    struct fetch *x = user;
    size_t all = size * n;
    if (fetch_is_over(x))
        return 0;
    if (x->paused) {
        x->held = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    fetch_watch_silence(x);
    x->body_n += all;
    if (x->req.body_max > 0 && x->body_n > x->req.body_max) {
        err_ignore(
            FAIL(&x->why, E_TOO_BIG, "the answer is larger than %zu bytes", x->req.body_max));
        return 0;
    }
    if (x->req.on->body != NULL)
        x->req.on->body(x->req.arg, str_of(p, all));
    return fetch_is_over(x) ? 0 : all;
}

static CURL *fetch_take_handle(struct fetcher *f)
{
    if (f->handles_n > 0)
        return f->handles[--f->handles_n];
    return fault_here() ? NULL : curl_easy_init();
}

static void fetch_give_handle(struct fetcher *f, CURL *curl)
{
    curl_easy_reset(curl); /* nothing that was borrowed for this fetch stays in it */
    if (f->handles_n < FETCH_HANDLES_MAX)
        f->handles[f->handles_n++] = curl;
    else
        curl_easy_cleanup(curl);
}

static bool fetch_set(struct fetch *x)
{
    struct fetcher *f = x->owner;
    CURL *h = x->curl;
    const char *agent = f->rules->user_agent != NULL ? f->rules->user_agent : "seneschal";
    bool ok = http_pins_set(h, &f->pins, &x->pinned);
#define SET(option, value) ok = ok && curl_easy_setopt(h, (option), (value)) == CURLE_OK
    SET(CURLOPT_LOW_SPEED_LIMIT, 0L); /* a stream may be silent; our own timers watch it */
    SET(CURLOPT_OPENSOCKETFUNCTION, fetcher_open_socket);
    SET(CURLOPT_OPENSOCKETDATA, f);
    SET(CURLOPT_PRIVATE, x);
    SET(CURLOPT_URL, x->req.url.p);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_MAXAGE_CONN, (long)FETCH_CONN_FRESH_S);
    SET(CURLOPT_PREREQFUNCTION, fetch_on_issue);
    SET(CURLOPT_PREREQDATA, x);
    SET(CURLOPT_HEADERFUNCTION, fetch_on_head);
    SET(CURLOPT_HEADERDATA, x);
    SET(CURLOPT_WRITEFUNCTION, fetch_on_body);
    SET(CURLOPT_WRITEDATA, x);
    SET(CURLOPT_HTTPHEADER, x->lines);
    SET(CURLOPT_ERRORBUFFER, x->error);
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

err_t fetch_run(struct fetch *x, struct diag *why)
{
    struct fetcher *f = x->owner;
    x->curl = fetch_take_handle(f);
    if (x->curl == NULL || !fetch_set(x) || curl_multi_add_handle(f->multi, x->curl) != CURLM_OK)
        return FAIL(why, E_NO_MEMORY, "no memory for a request");
    x->state = FETCH_RUNS;
    return E_OK;
}

void fetch_drop(struct fetch *x)
{
    struct fetcher *f = x->owner;
    loop_timer_stop(f->loop, &x->quiet);
    loop_timer_stop(f->loop, &x->total);
    if (x->curl != NULL) {
        (void)curl_multi_remove_handle(f->multi, x->curl); /* fine too when it was never added */
        fetch_give_handle(f, x->curl);
    }
    curl_slist_free_all(x->lines);
    curl_slist_free_all(x->pinned);
    if (x->prev != NULL)
        x->prev->next = x->next;
    else if (f->all == x)
        f->all = x->next;
    if (x->next != NULL)
        x->next->prev = x->prev;
    arena_wipe_free(x->a); /* heads bring tokens */
    free(x);
}

/* Inside enter and leave: it is freed by the latter. */
void fetch_end(struct fetch *x, err_t e, const char *text)
{
    struct fetch_end end = { .e = e, .not_sent = !x->issued, .text = e == E_OK ? NULL : text };
    bool over = fetch_is_over(x);
    x->state = FETCH_OVER;
    if (!over && x->req.on->end != NULL)
        x->req.on->end(x->req.arg, &end);
}

void fetch_end_by_curl(struct fetch *x, CURLcode code)
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
        fetch_end(x, e, x->error[0] != '\0' ? x->error : curl_easy_strerror(code));
}

static void fetch_late(struct fetch *x, const char *text)
{
    struct fetcher *f = x->owner;
    fetcher_enter(f);
    fetch_end(x, E_TIMEOUT, text);
    fetcher_leave(f);
}

static void fetch_on_quiet(struct loop_timer *timer)
{
    struct fetch *x = CONTAINER_OF(timer, struct fetch, quiet);
    fetch_late(x, x->issued ? "nothing came for too long" : "it took too long to connect");
}

static void fetch_on_late(struct loop_timer *timer)
{
    fetch_late(CONTAINER_OF(timer, struct fetch, total), "the answer took too long");
}

/* Only to where the fetcher may go; the URL that it was made with has been read already. */
static err_t fetch_check_url(struct fetch *x, str_t url, struct diag *why)
{
    const struct outbound_url *own = &x->owner->origin;
    struct outbound_url u;
    if (str_eq(url, x->owner->url))
        return E_OK;
    TRY(outbound_url_read(x->a, url, why, &u));
    if (!str_eq_nocase(u.host, own->host) || !str_eq(u.port, own->port) || u.tls != own->tls)
        return FAIL(why, E_FORBIDDEN, "this leads to another host than the one that was allowed");
    return E_OK;
}

/* What must live until it runs. */
static err_t fetch_copy(struct fetch *x, const struct fetch_request *req, struct diag *why)
{
    x->a = arena_new(KIB(128));
    if (x->a == NULL)
        return E_NO_MEMORY;
    TRY(fetch_check_url(x, req->url, why));
    TRY(client_head_init(&x->head, x->a));
    x->req = *req;
    x->req.url.p = str_cz(x->a, req->url);
    x->lines = client_lines_make(req->headers, req->headers_n);
    return x->req.url.p == NULL || x->lines == NULL ? E_NO_MEMORY : E_OK;
}

err_t fetch_start(struct fetcher *f, const struct fetch_request *req, struct diag *why,
                  struct fetch **ret)
{
    struct fetch *x = fault_here() ? NULL : calloc(1, sizeof *x);
    if (x == NULL)
        return E_NO_MEMORY;
    x->owner = f;
    err_t e = fetch_copy(x, req, why);
    if (e != E_OK) {
        curl_slist_free_all(x->lines);
        arena_free(x->a);
        free(x);
        return e;
    }
    struct fetch **at = &f->all; /* first come, first served */
    for (; *at != NULL; at = &(*at)->next)
        x->prev = *at;
    *at = x;
    loop_timer_start(f->loop, &x->quiet, req->connect_max, fetch_on_quiet);
    if (req->total_max.us > 0)
        loop_timer_start(f->loop, &x->total, req->total_max, fetch_on_late);
    fetcher_kick(f);
    *ret = x;
    return E_OK;
}

void fetch_cancel(struct fetch *x)
{
    struct fetcher *f = x->owner;
    x->state = FETCH_OVER;
    if (!f->inside)
        fetch_drop(x);
}

bool fetch_is_sent(const struct fetch *x)
{
    curl_off_t n = 0;
    return x->state == FETCH_RUNS && x->issued &&
           curl_easy_getinfo(x->curl, CURLINFO_SIZE_UPLOAD_T, &n) == CURLE_OK &&
           n == (curl_off_t)x->req.body.n;
}

void fetch_pause(struct fetch *x, bool paused)
{
    if (x->paused == paused)
        return;
    x->paused = paused;
    if (x->issued)
        fetch_watch_silence(x);
    if (!paused && x->held)
        fetcher_kick(x->owner);
}
