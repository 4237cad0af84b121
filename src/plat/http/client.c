/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/http/client.h"
#include "base/buf.h"
#include "base/fault.h"
#include "plat/http/client_parts.h"
#include "plat/http/client_pins.h"

#include <stdatomic.h>

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
    struct client_head head;
    bool patient;
    bool interrupted;
};

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

static size_t client_on_head(char *p, size_t size, size_t n, void *user)
{
    struct client_run *run = user;
    return client_head_line(&run->head, str_of(p, size * n)) ? size * n : 0;
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
    if (run->body.err != E_OK)
        return FAIL(why, run->body.err, "the answer is too large");
    if (run->head.no_memory)
        return E_NO_MEMORY;
    if (run->interrupted)
        return FAIL(why, E_AGAIN, "interrupted");
    return FAIL(why, client_err_of(code), "%s",
                error[0] != '\0' ? error : curl_easy_strerror(code));
}

static err_t client_run_call(struct client_run *run, const struct http_call *call, struct diag *why,
                             struct http_answer *ret)
{
    struct http_client *c = run->client;
    char error[CURL_ERROR_SIZE] = "";
    CLEANUP(client_lines_freep)
    struct curl_slist *headers = client_lines_make(call->headers, call->headers_n);
    CLEANUP(client_lines_freep) struct curl_slist *pinned = NULL;
    if (headers == NULL || !client_set(c, call, run, headers, error))
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
    *ret = (struct http_answer){ .status = (int)status,
                                 .fields = run->head.fields,
                                 .fields_n = run->head.fields_n,
                                 .body = body };
    return E_OK;
}

err_t http_client_call(struct http_client *c, struct arena *a, const struct http_call *call,
                       struct diag *why, struct http_answer *ret)
{
    if (atomic_load(&c->stopped))
        return FAIL(why, E_CLOSED, "stopped");
    struct client_run run = { .client = c, .call = call, .a = a, .patient = call->patient };
    TRY(client_head_init(&run.head, a));
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
