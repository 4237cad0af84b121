/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/agent.h"
#include "base/enc.h"
#include "base/rng.h"
#include "plat/os/file.h"

enum {
    ASK_URL_MAX = 2048,
    ASK_HEADERS_MAX = 4,
    ASK_NONCE = 24,
    ASK_EXTRA_S = 15,
    ASK_BODY_MAX = 16 * 1024,
    ASK_KEYS_MAX = 16 * 1024
};

/* One row per question. */
static const struct ask_row {
    const char *method;
    const char *path;
} rows[AGENT_ASKS] = {
    [AGENT_INIT] = { "POST", "/devices/enroll/init" },
    [AGENT_CONFIRM] = { "POST", "/devices/enroll/confirm" },
    [AGENT_ROTATE] = { "POST", "/devices/self/rotate" },
    [AGENT_ACK] = { "POST", "/iassistants/config/ack" },
    [AGENT_HEARTBEAT] = { "POST", "/devices/self/heartbeat" },
    [AGENT_FETCH] = { "GET", "/iassistants/config" },
    [AGENT_PIN] = { "GET", "/devices/self" },
    [AGENT_REJECT] = { "POST", "/iassistants/config/ack" },
};

/* What is stored before a question is asked, so that asking it again after a crash is the same
 * question. */
static err_t ask_prepare(struct seneschal_agent *g, enum agent_ask ask)
{
    struct agent_store *s = &g->store;
    char *nonce = ask == AGENT_INIT ? s->init_nonce : s->rotate_nonce;
    if ((ask != AGENT_INIT && ask != AGENT_ROTATE) || nonce[0] != '\0')
        return E_OK;
    uint8_t bytes[ASK_NONCE];
    str_t text;
    rng_bytes(bytes, sizeof bytes);
    TRY(base64url_make(g->arena, bytes, sizeof bytes, &text));
    TRY(agent_text_set(nonce, text));
    return agent_store_save(g->dir, s, &g->why);
}

static void ask_ack(struct seneschal_agent *g, struct buf *b)
{
    const struct agent_store *s = &g->store;
    struct adapt_report r;
    adapt_report(g->adapt, s->ack_owed == 0 && g->apply_failed.p == NULL, &r);
    const struct agent_ack ack = {
        .etag = str_from_cz(s->etag),
        .version = str_from_cz(s->version),
        .failure = g->apply_failed.p != NULL ? g->apply_failed : r.failure,
        .note = r.note,
        .drift = r.drift,
        .drift_n = r.drift_n,
        .drifted_at = r.drifted_at,
    };
    agent_body_ack(b, &ack);
}

static err_t ask_body(struct seneschal_agent *g, enum agent_ask ask, struct buf *b)
{
    const struct agent_store *s = &g->store;
    switch (ask) {
    case AGENT_INIT:
        agent_body_init(b, &g->seed, &g->host);
        return E_OK;
    case AGENT_CONFIRM:
        return agent_body_confirm(g->arena, b, &g->seed, s);
    case AGENT_ROTATE:
        agent_body_rotate(b, s);
        return E_OK;
    case AGENT_ACK:
        ask_ack(g, b);
        return E_OK;
    case AGENT_HEARTBEAT:
        agent_body_heartbeat(b, &g->host);
        return E_OK;
    case AGENT_REJECT:
        agent_body_reject(b, str_from_cz(g->trust.owed_etag), verify_word(g->trust.owed));
        return E_OK;
    case AGENT_FETCH:
    case AGENT_PIN:
    case AGENT_ASKS:
        break;
    }
    return E_OK;
}

static bool ask_has_body(enum agent_ask ask)
{
    return ask != AGENT_FETCH && ask != AGENT_PIN;
}

static err_t ask_header(struct arena *a, const char *name, str_t value, const char **lines,
                        size_t *n)
{
    str_t line;
    TRY(str_format(a, &line, "%s: %.*s", name, STR_ARG(value)));
    lines[*n] = str_cz(a, line);
    if (lines[*n] == NULL)
        return E_NO_MEMORY;
    ++*n;
    return E_OK;
}

/* The enrolment key is read when it is needed, so that it can be removed afterwards. */
static err_t ask_credential(struct seneschal_agent *g, enum agent_ask ask, str_t *ret)
{
    *ret = STR_NONE;
    if (ask == AGENT_CONFIRM)
        return E_OK;
    str_t text = str_from_cz(g->store.token);
    if (ask == AGENT_INIT) {
        if (g->key_file[0] == '\0')
            return E_OK;
        TRY(file_read(g->arena, g->key_file, AGENT_TEXT, &g->why, &text));
        while (text.n > 0 && strchr(" \t\r\n", text.p[text.n - 1]) != NULL)
            text.n--;
        if (text.n == 0) /* a key that is not there yet: as the lobby has it */
            return E_OK;
    }
    return str_format(g->arena, ret, "Bearer %.*s", STR_ARG(text));
}

static err_t ask_headers(struct seneschal_agent *g, enum agent_ask ask, const char **lines,
                         size_t *ret_n)
{
    str_t credential;
    size_t n = 0;
    TRY(ask_credential(g, ask, &credential));
    if (credential.p != NULL)
        TRY(ask_header(g->arena, "Authorization", credential, lines, &n));
    if (ask_has_body(ask))
        TRY(ask_header(g->arena, "Content-Type", STR("application/json"), lines, &n));
    if (ask == AGENT_INIT)
        TRY(ask_header(g->arena, "Idempotency-Key", str_from_cz(g->store.init_nonce), lines, &n));
    if (ask == AGENT_FETCH && g->store.etag[0] != '\0')
        TRY(ask_header(g->arena, "If-None-Match", str_from_cz(g->store.etag), lines, &n));
    if (ask == AGENT_FETCH && g->trust.prefers)
        TRY(ask_header(g->arena, "Prefer", STR("lease"), lines, &n));
    *ret_n = n;
    return E_OK;
}

/* A question may not outlive the lease by much: then the answer would find a configuration that
 * should be off. */
static dur_t ask_total(const struct seneschal_agent *g, unsigned poll_s)
{
    dur_t total = DUR_S(poll_s + ASK_EXTRA_S);
    dur_t left = agent_lease_left(g);
    if (left.us > 0 && left.us < total.us)
        total.us = left.us + DUR_S(1).us;
    return total;
}

static err_t ask_send(struct seneschal_agent *g, enum agent_ask ask, unsigned poll_max_s,
                      str_t body, struct http_answer *ret)
{
    char url[ASK_URL_MAX];
    const char *lines[ASK_HEADERS_MAX];
    size_t lines_n = 0;
    /* ?wait= only with something to compare to (API.md). */
    bool parks = ask == AGENT_FETCH && g->store.etag[0] != '\0';
    unsigned poll_s = parks ? lease_poll_s(g, agent_secrets_poll_s(g, poll_max_s)) : 0;
    g->trust.prefers = lease_wanted(g);
    TRY(ask_headers(g, ask, lines, &lines_n));
    int n = snprintf(url, sizeof url, "%s/api/v1%s", g->server, rows[ask].path);
    if (n > 0 && poll_s > 0)
        (void)snprintf(url + n, sizeof url - (size_t)n, "?wait=%u", poll_s); /* both fit */
    if (ask == AGENT_FETCH)
        agent_secrets_query(g, poll_s > 0, url, sizeof url);
    const struct http_call call = {
        .method = rows[ask].method,
        .url = url,
        .headers = lines,
        .headers_n = lines_n,
        .body = ask_has_body(ask) ? body : STR_NONE,
        .connect_max = DUR_S(10),
        .total_max = ask_total(g, poll_s),
        .answer_max = AGENT_ANSWER_MAX,
        .patient = poll_s > 0,
    };
    return http_client_call(g->http, g->arena, &call, &g->why, ret);
}

err_t agent_ask_keys(struct seneschal_agent *g, struct http_answer *ret)
{
    char url[ASK_URL_MAX];
    (void)snprintf(url, sizeof url, "%s/api/v1/iassistants/config/keys/%s", g->server,
                   g->store.org); /* both fit */
    const struct http_call call = {
        .method = "GET",
        .url = url,
        .connect_max = DUR_S(10),
        .total_max = DUR_S(ASK_EXTRA_S),
        .answer_max = ASK_KEYS_MAX,
    };
    err_t e = http_client_call(g->http, g->arena, &call, &g->why, ret);
    return e == E_IO || e == E_TOO_BIG ? E_TIMEOUT : e;
}

err_t agent_ask(struct seneschal_agent *g, enum agent_ask ask, unsigned poll_max_s,
                struct agent_news *ret)
{
    struct http_answer answer;
    struct buf body;
    TRY(ask_prepare(g, ask));
    buf_init(&body, ASK_BODY_MAX);
    err_t e = ask_body(g, ask, &body);
    if (e == E_OK)
        e = body.err;
    if (e == E_OK)
        e = ask_send(g, ask, poll_max_s, buf_str(&body), &answer);
    if (body.p != NULL)
        explicit_bzero(body.p, body.n); /* it holds the claim */
    buf_fini(&body);
    if (e == E_IO || e == E_TIMEOUT || e == E_TOO_BIG) {
        *ret = (struct agent_news){ .event = AGENT_UNREACHED };
        return E_OK;
    }
    TRY(e);
    diag_clear(&g->why);
    if (ask == AGENT_FETCH)
        agent_secrets_heard(g, &answer);
    struct agent_news news;
    TRY(agent_read(g->arena, ask, &answer, &news));
    TRY(trust_judge(g, ask, &answer, &news));
    *ret = news;
    return E_OK;
}
