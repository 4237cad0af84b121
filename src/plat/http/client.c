/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/http/client.h"
#include "base/buf.h"
#include "base/fault.h"
#include "plat/http/client_pins.h"

#include <curl/curl.h>
#include <stdatomic.h>

enum { CLIENT_FIELDS_MAX = 64, CLIENT_HEAD_MAX = 32 * 1024 };

struct http_client {
    CURL *curl;
    atomic_bool stopped;
    atomic_bool interrupted;
    struct http_client_cfg cfg; /* borrowed texts, copied by libcurl when they are set */
};

/* One call under way. */
struct client_run {
    struct http_client *client;
    const struct http_call *call;
    struct arena *a;
    struct buf body;
    struct http_answer_field *fields;
    size_t fields_n;
    size_t head_n;
    bool no_memory;
    bool patient;
    bool interrupted;
};

static void client_slist_freep(struct curl_slist **list)
{
    curl_slist_free_all(*list);
}

err_t http_client_new(const struct http_client_cfg *cfg, struct http_client **ret)
{
    /* Counted by libcurl; may be called again and from any thread. */
    if (fault_here() || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return E_NO_MEMORY;
    struct http_client *c = calloc(1, sizeof *c);
    if (c != NULL)
        c->curl = curl_easy_init();
    if (c == NULL || c->curl == NULL) {
        free(c);
        curl_global_cleanup();
        return E_NO_MEMORY;
    }
    atomic_init(&c->stopped, false);
    atomic_init(&c->interrupted, false);
    c->cfg = *cfg;
    *ret = c;
    return E_OK;
}

void http_client_free(struct http_client *c)
{
    if (c == NULL)
        return;
    curl_easy_cleanup(c->curl);
    free(c);
    curl_global_cleanup();
}

void http_client_stop(struct http_client *c)
{
    atomic_store(&c->stopped, true);
}

void http_client_interrupt(struct http_client *c)
{
    atomic_store(&c->interrupted, true);
}

static size_t client_on_body(char *p, size_t size, size_t n, void *user)
{
    struct client_run *run = user;
    const struct http_call *call = run->call;
    long status = 0;
    if (call->sink != NULL)
        (void)curl_easy_getinfo(run->client->curl, CURLINFO_RESPONSE_CODE, &status); /* 0 then */
    if (status >= 200 && status < 300)
        return call->sink(call->sink_arg, str_of(p, size * n)) ? size * n : 0;
    buf_add(&run->body, str_of(p, size * n));
    return run->body.err == E_OK ? size * n : 0; /* fewer ends the transfer */
}

/* Each line of a head; an interim answer (100) begins a head of its own, which replaces what came
 * before. */
static size_t client_on_head(char *p, size_t size, size_t n, void *user)
{
    struct client_run *run = user;
    size_t all = size * n;
    str_t line = str_of(p, all);
    while (line.n > 0 && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
        line.n--;
    if (str_starts(line, STR("HTTP/"))) {
        run->fields_n = 0;
        return all;
    }
    size_t colon = str_find(line, ':');
    run->head_n += all;
    if (run->head_n > CLIENT_HEAD_MAX || run->fields_n == CLIENT_FIELDS_MAX)
        return 0;
    if (colon == line.n)
        return all;
    struct http_answer_field f;
    if (str_copy(run->a, str_sub(line, 0, colon), &f.name) != E_OK ||
        str_copy(run->a, str_trim(str_sub(line, colon + 1, line.n)), &f.value) != E_OK) {
        run->no_memory = true;
        return 0;
    }
    run->fields[run->fields_n++] = f;
    return all;
}

static int client_on_progress(void *user, curl_off_t d_all, curl_off_t d, curl_off_t u_all,
                              curl_off_t u)
{
    struct client_run *run = user;
    (void)d_all;
    (void)d;
    (void)u_all;
    (void)u;
    if (run->patient && atomic_exchange(&run->client->interrupted, false)) {
        run->interrupted = true;
        return 1;
    }
    const struct http_pins *pins = run->client->cfg.pins;
    if (pins != NULL && pins->stop != NULL && atomic_load(pins->stop))
        return 1;
    return atomic_load(&run->client->stopped) ? 1 : 0;
}

static bool client_add_line(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (longer == NULL)
        return false;
    *list = longer;
    return true;
}

static bool client_headers(const struct http_call *call, struct curl_slist **ret)
{
    for (size_t i = 0; i < call->headers_n; i++) {
        if (!client_add_line(ret, call->headers[i]))
            return false;
    }
    return client_add_line(ret, "Expect:"); /* no round trip before a small body */
}

static long client_ms(dur_t d)
{
    return (long)(d.us / 1000);
}

static void client_url_freep(CURLU **u)
{
    curl_url_cleanup(*u);
}

static void client_text_freep(char **text)
{
    curl_free(*text);
}

/* Is it this machine that is asked? The host as libcurl itself reads it from the URL. */
static bool client_is_local(const struct http_client *c, const char *url)
{
    CLEANUP(client_url_freep) CURLU *u = curl_url();
    CLEANUP(client_text_freep) char *host = NULL;
    if (c->cfg.unix_socket != NULL)
        return true;
    if (u == NULL || curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK ||
        curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        return false;
    str_t name = str_from_cz(host);
    if (str_eq_nocase(name, STR("localhost")) || str_eq(name, STR("[::1]")))
        return true;
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] != '.' && (name.p[i] < '0' || name.p[i] > '9'))
            return false; /* 127.example.org is a name like any other */
    }
    return str_starts(name, STR("127."));
}

/* "": none, whatever the environment says. */
static const char *client_proxy(const struct http_client *c, const char *url)
{
    const char *proxy = c->cfg.proxy;
    bool none = proxy != NULL && strcmp(proxy, "none") == 0;
    return none || client_is_local(c, url) ? "" : proxy;
}

/* Options that hold a pointer are copied by libcurl, but for the body and the header list. */
static bool client_set(struct http_client *c, const struct http_call *call, struct client_run *run,
                       struct curl_slist *headers, char error[static CURL_ERROR_SIZE])
{
    CURL *h = c->curl;
    const char *proxy = client_proxy(c, call->url);
    bool ok = true;
#define SET(option, value) ok = ok && curl_easy_setopt(h, (option), (value)) == CURLE_OK
    curl_easy_reset(h); /* keeps the connection */
    SET(CURLOPT_URL, call->url);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_NOPROGRESS, 0L);
    SET(CURLOPT_XFERINFOFUNCTION, client_on_progress);
    SET(CURLOPT_XFERINFODATA, run);
    SET(CURLOPT_WRITEFUNCTION, client_on_body);
    SET(CURLOPT_WRITEDATA, run);
    SET(CURLOPT_HEADERFUNCTION, client_on_head);
    SET(CURLOPT_HEADERDATA, run);
    SET(CURLOPT_HTTPHEADER, headers);
    SET(CURLOPT_ERRORBUFFER, error);
    SET(CURLOPT_CONNECTTIMEOUT_MS, client_ms(call->connect_max));
    SET(CURLOPT_TIMEOUT_MS, client_ms(call->total_max));
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L); /* what a proxy says is no part of the answer */
    if (proxy != NULL)
        SET(CURLOPT_PROXY, proxy);
    if (c->cfg.user_agent != NULL)
        SET(CURLOPT_USERAGENT, c->cfg.user_agent);
    if (c->cfg.ca_file != NULL)
        SET(CURLOPT_CAINFO, c->cfg.ca_file);
    if (c->cfg.unix_socket != NULL)
        SET(CURLOPT_UNIX_SOCKET_PATH, c->cfg.unix_socket);
    if (strcmp(call->method, "HEAD") == 0)
        SET(CURLOPT_NOBODY, 1L);
    if (call->body.p != NULL) {
        SET(CURLOPT_POSTFIELDS, call->body.n > 0 ? call->body.p : "");
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.n);
    }
    SET(CURLOPT_CUSTOMREQUEST, call->method);
#undef SET
    return ok;
}

static err_t client_fail(const struct client_run *run, CURLcode code, const char *error,
                         struct diag *why)
{
    static const struct {
        CURLcode code;
        err_t e;
    } rows[] = {
        { CURLE_OPERATION_TIMEDOUT, E_TIMEOUT }, { CURLE_ABORTED_BY_CALLBACK, E_CLOSED },
        { CURLE_URL_MALFORMAT, E_BAD_FIELD },    { CURLE_UNSUPPORTED_PROTOCOL, E_BAD_FIELD },
        { CURLE_OUT_OF_MEMORY, E_NO_MEMORY },
    };
    if (run->body.err != E_OK)
        return FAIL(why, run->body.err, "the answer is too large");
    if (run->no_memory)
        return E_NO_MEMORY;
    if (run->interrupted)
        return FAIL(why, E_AGAIN, "interrupted");
    err_t e = E_IO;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].code == code)
            e = rows[i].e;
    }
    return FAIL(why, e, "%s", error[0] != '\0' ? error : curl_easy_strerror(code));
}

static err_t client_run_call(struct client_run *run, const struct http_call *call, struct diag *why,
                             struct http_answer *ret)
{
    struct http_client *c = run->client;
    char error[CURL_ERROR_SIZE] = "";
    CLEANUP(client_slist_freep) struct curl_slist *headers = NULL;
    CLEANUP(client_slist_freep) struct curl_slist *pinned = NULL;
    if (!client_headers(call, &headers) || !client_set(c, call, run, headers, error))
        return E_NO_MEMORY;
    if (c->cfg.pins != NULL && !http_pins_set(c->curl, c->cfg.pins, &pinned))
        return E_NO_MEMORY;
    CURLcode code = curl_easy_perform(c->curl);
    /* What was borrowed for this call must not be reached by a later one. */
    long status = 0;
    (void)curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_reset(c->curl);
    if (code != CURLE_OK)
        return client_fail(run, code, error, why);
    str_t body;
    TRY(str_copy(run->a, buf_str(&run->body), &body));
    *ret = (struct http_answer){
        .status = (int)status, .fields = run->fields, .fields_n = run->fields_n, .body = body
    };
    return E_OK;
}

err_t http_client_call(struct http_client *c, struct arena *a, const struct http_call *call,
                       struct diag *why, struct http_answer *ret)
{
    if (atomic_load(&c->stopped))
        return FAIL(why, E_CLOSED, "stopped");
    struct client_run run = { .client = c, .call = call, .a = a, .patient = call->patient };
    run.fields = ARENA_ARRAY(a, struct http_answer_field, CLIENT_FIELDS_MAX);
    if (run.fields == NULL)
        return E_NO_MEMORY;
    buf_init(&run.body, call->answer_max);
    run.body.secret = true; /* answers bring tokens, and secrets themselves */
    err_t e = client_run_call(&run, call, why, ret);
    buf_fini(&run.body);
    return e;
}

str_t http_answer_field(const struct http_answer *answer, str_t name)
{
    for (size_t i = 0; i < answer->fields_n; i++) {
        if (str_eq_nocase(answer->fields[i].name, name))
            return answer->fields[i].value;
    }
    return STR_NONE;
}
