/* SPDX-License-Identifier: Apache-2.0 */
#include "app/otlp.h"

#include "api/spans.h"
#include "base/log.h"
#include "base/num.h"
#include "base/ref.h"
#include "base/rng.h"
#include "plat/json/json.h"
#include "plat/json/out.h"

#include <pthread.h>
#include <signal.h>

enum {
    OTLP_ARENA_MAX = 1024 * 1024,
    OTLP_BODY_MAX = SPANS_BYTES_MAX + 64 * 1024,
    OTLP_ANSWER_MAX = 64 * 1024,
    OTLP_TRIES_MAX = 6, /* of one batch; then it is given up */
};
#define OTLP_EVERY       DUR_S(1) /* a batch that is not full waits so long */
#define OTLP_CONNECT_MAX DUR_S(5)
#define OTLP_TIME_MAX    DUR_S(10)
#define OTLP_LAST_MAX    DUR_S(1)
#define OTLP_PAUSE_FIRST DUR_S(1)
#define OTLP_PAUSE_MAX   DUR_S(30)
#define OTLP_ASKED_MAX   DUR_S(300) /* of what a collector may ask for by Retry-After */

struct otlp {
    struct services *services;
    struct spans *spans;
    pthread_t thread;
    bool started;
    atomic_bool stop;
    struct arena *arena;
    struct buf body; /* of the batch that is on its way; empty: there is none */
    size_t n;        /* spans in it */
    unsigned tries;
    dur_t again;       /* not before, CLOCK_MONOTONIC */
    char place[1024];  /* whom it was sent to */
    bool failing;      /* and it was said */
    char id[OID_TEXT]; /* service.instance.id: another one at each start */
};

/* ---- a batch ---- */

static void put_text(struct json_out *o, const char *key, str_t value)
{
    json_out_open(o, '{');
    JSON_OUT(o, "key", str, str_from_cz(key));
    json_out_name(o, STR("value"));
    json_out_open(o, '{');
    JSON_OUT(o, "stringValue", str, value);
    json_out_close(o, '}');
    json_out_close(o, '}');
}

static void put_resource(struct json_out *o, const struct otlp *t, const struct otlp_cfg *cfg)
{
    json_out_name(o, STR("resource"));
    json_out_open(o, '{');
    json_out_name(o, STR("attributes"));
    json_out_open(o, '[');
    put_text(o, "service.name", cfg->service);
    put_text(o, "service.version", STR(SENESCHAL_VERSION));
    put_text(o, "service.instance.id", str_of(t->id, sizeof t->id));
    json_out_close(o, ']');
    json_out_close(o, '}');
}

static void batch_over(struct otlp *t, size_t sent)
{
    spans_count(t->spans, sent, t->n - sent);
    buf_clear(&t->body);
    t->n = 0;
}

/* ExportTraceServiceRequest. */
static void batch_make(struct otlp *t, const struct otlp_cfg *cfg)
{
    struct buf *b = &t->body;
    struct json_out o = json_out_to(b);
    buf_clear(b);
    json_out_open(&o, '{');
    json_out_name(&o, STR("resourceSpans"));
    json_out_open(&o, '[');
    json_out_open(&o, '{');
    put_resource(&o, t, cfg);
    json_out_name(&o, STR("scopeSpans"));
    json_out_open(&o, '[');
    json_out_open(&o, '{');
    json_out_name(&o, STR("scope"));
    json_out_open(&o, '{');
    JSON_OUT(&o, "name", str, STR("seneschal"));
    JSON_OUT(&o, "version", str, STR(SENESCHAL_VERSION));
    json_out_close(&o, '}');
    json_out_name(&o, STR("spans"));
    json_out_open(&o, '[');
    t->n = spans_take(t->spans, b);
    json_out_close(&o, ']');
    json_out_close(&o, '}');
    json_out_close(&o, ']');
    json_out_close(&o, '}');
    json_out_close(&o, ']');
    json_out_close(&o, '}');
    t->tries = 0;
    t->again = (dur_t){ 0 };
    if (t->n == 0 || b->err != E_OK)
        batch_over(t, 0);
}

/* ---- what came of it ---- */

static void say_failing(struct otlp *t, const char *why)
{
    if (!t->failing)
        LOG(LOG_WARNING, "traces-not-taken", LOG_F("why", why),
            LOG_F("hint", "calls go on; seneschal_otlp_spans_total counts what is lost"));
    t->failing = true;
}

/* "partialSuccess":{"rejectedSpans":"3"}, a number as text; as a number it is taken too. */
static size_t rejected(const struct otlp *t, str_t body)
{
    CLEANUP(json_freep) struct json *root = NULL;
    int64_t n = 0;
    if (json_parse(body, NULL, &root) != E_OK || json_type(root) != JSON_OBJECT)
        return 0;
    const struct json *part = json_member(root, STR("partialSuccess"));
    const struct json *v = part != NULL && json_type(part) == JSON_OBJECT
                               ? json_member(part, STR("rejectedSpans"))
                               : NULL;
    if (v != NULL && json_type(v) == JSON_INT)
        n = json_int(v);
    else if (v != NULL && json_type(v) == JSON_STRING && num_parse_i64(json_string(v), &n) != E_OK)
        return 0;
    return n < 0 ? 0 : (size_t)n < t->n ? (size_t)n : t->n;
}

static void taken(struct otlp *t, const struct http_answer *answer)
{
    if (t->failing)
        LOG(LOG_INFO, "traces-taken-again", LOG_F("url", str_from_cz(t->place)));
    t->failing = false;
    batch_over(t, t->n - rejected(t, answer->body));
}

static dur_t pause_of(const struct otlp *t, const struct http_answer *answer)
{
    int64_t us = OTLP_PAUSE_FIRST.us << (t->tries - 1);
    int64_t asked_s = 0;
    us = us > OTLP_PAUSE_MAX.us ? OTLP_PAUSE_MAX.us : us;
    us += (int64_t)rng_below((uint64_t)us / 2 + 1);
    if (answer != NULL &&
        num_parse_i64(http_answer_field(answer, STR("Retry-After")), &asked_s) == E_OK &&
        asked_s > 0)
        us = asked_s > OTLP_ASKED_MAX.us / 1000000 ? OTLP_ASKED_MAX.us : asked_s * 1000000;
    return (dur_t){ us };
}

/* Those that OTLP says may be tried again; no answer at all may be too. */
static bool may_retry(int status)
{
    return status == 0 || status == 429 || status == 502 || status == 503 || status == 504;
}

static void not_taken(struct otlp *t, const struct http_answer *answer, const char *why)
{
    int status = answer != NULL ? answer->status : 0;
    say_failing(t, why);
    t->tries++;
    if (!may_retry(status) || t->tries >= OTLP_TRIES_MAX)
        batch_over(t, 0);
    else
        t->again = (dur_t){ clock_mono().us + pause_of(t, answer).us };
}

/* ---- an attempt ---- */

static void attempt(struct otlp *t, const struct otlp_cfg *cfg, bool last)
{
    struct outbound_rules rules = cfg->rules;
    struct http_answer answer = { 0 };
    struct diag why = { 0 };
    const struct http_call call = { .method = "POST",
                                    .url = cfg->url,
                                    .headers = cfg->headers,
                                    .headers_n = cfg->headers_n,
                                    .body = buf_str(&t->body),
                                    .connect_max = last ? OTLP_LAST_MAX : OTLP_CONNECT_MAX,
                                    .total_max = last ? OTLP_LAST_MAX : OTLP_TIME_MAX,
                                    .answer_max = OTLP_ANSWER_MAX };
    rules.stop = last ? NULL : &t->stop;
    arena_reset(t->arena);
    err_t e = outbound_call(&rules, t->arena, &call, &why, &answer);
    if (e == E_CLOSED)
        return; /* it ends: the last attempt follows */
    if (e != E_OK) {
        not_taken(t, NULL, why.text[0] != '\0' ? why.text : err_info(e)->text);
    } else if (answer.status < 200 || answer.status > 299) {
        err_ignore(diag_set(&why, E_IO, "the answer was %d", answer.status));
        not_taken(t, &answer, why.text);
    } else {
        taken(t, &answer);
    }
}

/* A batch that waits for another attempt does not wait for a collector that is no longer meant. */
static void look_at_place(struct otlp *t, const struct otlp_cfg *cfg)
{
    if (strcmp(t->place, cfg->url) == 0)
        return;
    (void)snprintf(t->place, sizeof t->place, "%s", cfg->url); /* a longer one begins the same */
    t->again = (dur_t){ 0 };
    t->tries = 0;
    t->failing = false;
}

static void step(struct otlp *t, bool last)
{
    const struct otlp_cfg *cfg = &services_settings(t->services)->otlp;
    if (cfg->url == NULL) {
        batch_over(t, 0);
        spans_drop(t->spans);
        return;
    }
    look_at_place(t, cfg);
    if (t->body.n == 0)
        batch_make(t, cfg);
    if (t->body.n > 0 && (last || clock_mono().us >= t->again.us))
        attempt(t, cfg, last);
}

static void *otlp_main(void *arg)
{
    struct otlp *t = arg;
    while (spans_wait(t->spans, OTLP_EVERY, t->body.n == 0))
        step(t, false);
    step(t, true);
    batch_over(t, 0);
    return NULL;
}

/* ---- its life ---- */

static err_t start(struct otlp *t, struct diag *why)
{
    sigset_t all;
    sigset_t before;
    t->arena = arena_new(OTLP_ARENA_MAX);
    if (t->arena == NULL)
        return E_NO_MEMORY;
    buf_init(&t->body, OTLP_BODY_MAX);
    oid_format(oid_make(), t->id);
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before); /* these cannot fail with valid arguments */
    t->started = pthread_create(&t->thread, NULL, otlp_main, t) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!t->started)
        return FAIL(why, E_IO, "cannot start a thread");
    (void)pthread_setname_np(t->thread, "otlp"); /* only for those who look */
    return E_OK;
}

err_t otlp_new(struct services *services, struct diag *why, struct otlp **ret)
{
    struct otlp *t = ref_new(sizeof *t);
    if (t == NULL)
        return E_NO_MEMORY;
    t->services = services;
    t->spans = services->spans;
    err_t e = start(t, why);
    if (e != E_OK) {
        otlp_free(t);
        return e;
    }
    *ret = t;
    return E_OK;
}

void otlp_free(struct otlp *t)
{
    if (t == NULL)
        return;
    atomic_store(&t->stop, true);
    spans_stop(t->spans);
    if (t->started)
        (void)pthread_join(t->thread, NULL);
    buf_fini(&t->body);
    arena_free(t->arena);
    ref_drop(t);
}
