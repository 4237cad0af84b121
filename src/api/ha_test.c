/* SPDX-License-Identifier: Apache-2.0 */
#include "api/ha_test.h"

#include "api/ha_test_in.h"
#include "api/outside.h"
#include "api/server_view.h"
#include "domain/gateway/ha_count.h"

enum { SHORT_ANSWER_MAX = 64 * 1024, CONFIG_MAX = 1024 * 1024, STATES_MAX = 64 * 1024 * 1024 };
#define TEST_MAX    DUR_S(7) /* in all: below what a request may take */
#define CONNECT_MAX DUR_S(3)

typedef err_t ha_step_f(struct ha_run *run);
static ha_step_f step_reach;
static ha_step_f step_token;
static ha_step_f step_config;
static ha_step_f step_entities;

/* In this order: a token goes only to what says that it is a Home Assistant. */
static const struct {
    const char *name;
    ha_step_f *run;
} steps[] = {
    { "reach", step_reach },       { "token", step_token }, { "config", step_config },
    { "entities", step_entities }, { "mcp", ha_step_mcp },
};

err_t ha_test(struct request *rq, const struct ha_target *target, struct ha_test_out *ret)
{
    struct ha_test_out out = { .ok = false };
    struct ha_run run = {
        .rq = rq,
        .target = target,
        .out = &out,
        .until = { clock_mono().us + TEST_MAX.us },
        .why = diag_like(&rq->act.why),
    };
    err_t e = E_OK;
    TRY(outside_enter(rq->services, &rq->act.why));
    for (size_t i = 0; i < ARRAY_LEN(steps) && e == E_OK; i++) {
        e = steps[i].run(&run);
        if (e != E_OK)
            out.step = str_from_cz(steps[i].name);
    }
    outside_leave(rq->services);
    if (e == E_NO_MEMORY)
        return e;
    if (server_warnings(target->url).n > 0)
        ha_warn(&run, "plain-http");
    str_t *warnings = ARENA_ARRAY(rq->act.arena, str_t, HA_WARNINGS_MAX);
    if (warnings == NULL)
        return E_NO_MEMORY;
    memcpy(warnings, run.warnings, sizeof run.warnings);
    out.warnings = (struct strs){ warnings, run.warnings_n };
    out.ok = e == E_OK;
    if (e != E_OK)
        TRY(str_copy(rq->act.arena, str_from_cz(diag_said(&run.why)), &out.message));
    *ret = out;
    return E_OK;
}

void ha_warn(struct ha_run *run, const char *what)
{
    run->warnings[run->warnings_n++] = str_from_cz(what);
}

/* ---- asking ---- */

/* What to do, by a part of what libcurl says. */
static const struct {
    const char *part;
    const char *advice;
} advices[] = {
    { "wrong version number", N_("it speaks no TLS at this port: want http:// in its address") },
    { "certificate", N_("name who certifies it in `outbound.ca`, or call it by http:// inside "
                        "your own network") },
    { "Empty reply", N_("perhaps it speaks TLS at this port: try https:// in its address") },
    { "Could not connect", N_("does it run, and is the port right? By itself it is 8123") },
    { "Couldn't connect", N_("does it run, and is the port right? By itself it is 8123") },
    { "not known",
      N_("is its name right? An address such as http://192.168.1.5:8123 needs no name") },
};

static err_t advise(struct diag *why, err_t e, const struct diag *cause, const char *advice)
{
    if (diag_is_taken(why))
        return e;
    (void)FAIL(why, e, "it cannot be asked (%.100s): %s", cause->text, advice);
    diag_say(why, "it cannot be asked (%.100s): %s", cause->text,
             message_in(why->messages, advice));
    return e;
}

static err_t no_answer(struct ha_run *run, err_t e, const struct diag *cause)
{
    if (e == E_NO_MEMORY)
        return e;
    if (e == E_TIMEOUT)
        return FAIL(&run->why, e,
                    "it does not answer in time: is it the right address, and may "
                    "this server reach it?");
    for (size_t i = 0; i < ARRAY_LEN(advices); i++) {
        if (strstr(cause->text, advices[i].part) != NULL)
            return advise(&run->why, e, cause, advices[i].advice);
    }
    return FAIL(&run->why, e, "it cannot be asked: %s", cause->text);
}

static err_t lines_make(const struct ha_run *run, const struct ha_ask *ask, const char *lines[4],
                        size_t *ret_n)
{
    size_t n = 0;
    lines[n++] = ask->accept != NULL ? ask->accept : "Accept: application/json";
    if (ask->body.p != NULL)
        lines[n++] = "Content-Type: application/json";
    if (ask->protocol != NULL)
        lines[n++] = ask->protocol;
    if (!ask->bare) {
        lines[n] = str_cz(run->rq->act.arena, run->target->line);
        if (lines[n++] == NULL)
            return E_NO_MEMORY;
    }
    *ret_n = n;
    return E_OK;
}

err_t ha_ask(struct ha_run *run, const struct ha_ask *ask, struct http_answer *ret)
{
    struct arena *a = run->rq->act.arena;
    const struct settings *s = services_settings(run->rq->services);
    const char *lines[4];
    struct diag cause = { 0 };
    struct http_call call = { .method = ask->body.p != NULL ? "POST" : "GET",
                              .headers = lines,
                              .body = ask->body,
                              .answer_max = ask->max > 0 ? ask->max : SHORT_ANSWER_MAX,
                              .sink = ask->sink,
                              .sink_arg = ask->sink_arg };
    str_t url = STR_NONE;
    dur_t left = { run->until.us - clock_mono().us };
    if (left.us <= 0)
        return no_answer(run, E_TIMEOUT, &cause);
    TRY(ha_url_make(a, run->target->url, ask->path, &url));
    TRY(lines_make(run, ask, lines, &call.headers_n));
    call.url = str_cz(a, url);
    if (call.url == NULL)
        return E_NO_MEMORY;
    /* A name is looked up for as long again as a connection is waited for. */
    call.connect_max = (dur_t){ left.us / 2 < CONNECT_MAX.us ? left.us / 2 : CONNECT_MAX.us };
    call.total_max = (dur_t){ left.us - call.connect_max.us };
    err_t e = outbound_call(&s->homeassistant, a, &call, &cause, ret);
    if (ask->sink != NULL && e == E_IO && ask->enough != NULL && *ask->enough) {
        *ret = (struct http_answer){ .status = 200 };
        return E_OK;
    }
    return e == E_OK ? E_OK : no_answer(run, e, &cause);
}

/* What is no answer to the question but one about who asks. */
err_t ha_refused(struct ha_run *run, int status)
{
    if (status == 401)
        return FAIL(&run->why, E_UNAUTHENTICATED,
                    "it refuses the token (401), and was not asked again: make a new long-lived "
                    "access token in Home Assistant, in your profile under Security");
    if (status == 403)
        return FAIL(&run->why, E_FORBIDDEN,
                    "it refuses to talk to this server (403): has it banned the address? See "
                    "ip_bans.yaml in its configuration");
    return E_OK;
}

err_t ha_object(struct ha_run *run, const struct http_answer *answer, struct json **ret)
{
    CLEANUP(json_freep) struct json *v = NULL;
    err_t e = json_parse(answer->body, NULL, &v);
    if (e == E_NO_MEMORY)
        return e;
    if (e != E_OK || json_type(v) != JSON_OBJECT)
        return FAIL(&run->why, E_BAD_JSON, "its answer is no JSON object");
    *ret = v;
    v = NULL;
    return E_OK;
}

/* ---- 1: is something there, and is it a Home Assistant? ---- */

static bool is_ours(const struct json *manifest, str_t member)
{
    const struct json *v = json_member(manifest, member);
    return v != NULL && json_type(v) == JSON_STRING &&
           str_eq(json_string(v), STR("Home Assistant"));
}

static err_t step_reach(struct ha_run *run)
{
    static const struct ha_ask ask = { .path = { "/manifest.json", 14 }, .bare = true };
    CLEANUP(json_freep) struct json *manifest = NULL;
    struct http_answer answer = { .status = 0 };
    TRY(ha_ask(run, &ask, &answer));
    if (answer.status >= 300 && answer.status < 400)
        return FAIL(&run->why, E_CONFLICT,
                    "it sends on to another address (%d): give the one where that ends",
                    answer.status);
    err_t e = answer.status == 200 ? ha_object(run, &answer, &manifest) : E_NOT_FOUND;
    if (e == E_NO_MEMORY)
        return e;
    if (e != E_OK || (!is_ours(manifest, STR("name")) && !is_ours(manifest, STR("short_name")))) {
        diag_clear(&run->why);
        return FAIL(&run->why, E_NOT_FOUND,
                    "something answers there, but it is no Home Assistant: give its address up to "
                    "the port, such as http://192.168.1.5:8123");
    }
    return E_OK;
}

/* ---- 2: does it take the token? Asked once. ---- */

static err_t step_token(struct ha_run *run)
{
    static const struct ha_ask ask = { .path = { "/api/", 5 } };
    struct http_answer answer = { .status = 0 };
    dur_t begun = clock_mono();
    TRY(ha_ask(run, &ask, &answer));
    run->out->latency_ms = (opt_i64_t){ true, (clock_mono().us - begun.us) / 1000 };
    TRY(ha_refused(run, answer.status));
    if (answer.status != 200)
        return FAIL(&run->why, E_NOT_FOUND,
                    "its API does not answer (%d): is `api:` switched off in its configuration?",
                    answer.status);
    return E_OK;
}

/* ---- 3: what is it, and does it have the integration? ---- */

/* A line of text from outside, for people. */
static err_t text_of(struct ha_run *run, const struct json *o, str_t name, str_t *ret)
{
    enum { TEXT_MAX = 64 };
    const struct json *v = json_member(o, name);
    if (v == NULL || json_type(v) != JSON_STRING)
        return E_OK;
    str_t text = json_string(v);
    for (size_t i = 0; i < text.n; i++) {
        if ((unsigned char)text.p[i] < ' ' || text.n > TEXT_MAX)
            return E_OK;
    }
    return str_copy(run->rq->act.arena, text, ret);
}

static bool has_integration(const struct json *config)
{
    const struct json *list = json_member(config, STR("components"));
    for (size_t i = 0; list != NULL && json_type(list) == JSON_ARRAY && i < json_count(list); i++) {
        const struct json *v = json_at(list, i);
        if (json_type(v) == JSON_STRING && str_eq(json_string(v), STR("mcp_server")))
            return true;
    }
    return false;
}

static err_t step_config(struct ha_run *run)
{
    static const struct ha_ask ask = { .path = { "/api/config", 11 }, .max = CONFIG_MAX };
    CLEANUP(json_freep) struct json *config = NULL;
    struct http_answer answer = { .status = 0 };
    str_t state = STR_NONE;
    TRY(ha_ask(run, &ask, &answer));
    TRY(ha_refused(run, answer.status));
    if (answer.status != 200)
        return FAIL(&run->why, E_NOT_FOUND, "it does not say what it is (%d)", answer.status);
    TRY(ha_object(run, &answer, &config));
    TRY(text_of(run, config, STR("version"), &run->out->version));
    TRY(text_of(run, config, STR("location_name"), &run->out->location));
    TRY(text_of(run, config, STR("state"), &state));
    if (state.p != NULL && !str_eq(state, STR("RUNNING")))
        ha_warn(run, "starting");
    if (!has_integration(config))
        return FAIL(&run->why, E_NOT_FOUND,
                    "it does not have the integration Model Context Protocol Server: add it under "
                    "Settings, Devices & services");
    return E_OK;
}

/* ---- 4: what is there to be seen? ---- */

struct counting {
    struct ha_count count;
    size_t bytes;
    bool capped;
};

static bool count_more(void *arg, str_t part)
{
    struct counting *c = arg;
    c->bytes += part.n;
    c->capped = c->bytes > STATES_MAX;
    return !c->capped && ha_count_feed(&c->count, part);
}

static err_t step_entities(struct ha_run *run)
{
    struct counting c = { .bytes = 0 };
    const struct ha_ask ask = {
        .path = STR("/api/states"), .sink = count_more, .sink_arg = &c, .enough = &c.capped
    };
    struct http_answer answer = { .status = 0 };
    err_t e = ha_ask(run, &ask, &answer);
    if (e != E_OK && c.count.bad) {
        diag_clear(&run->why);
        return FAIL(&run->why, E_BAD_JSON, "its list of states is no list");
    }
    TRY(e);
    TRY(ha_refused(run, answer.status));
    if (answer.status != 200)
        return FAIL(&run->why, E_NOT_FOUND, "it does not list its states (%d)", answer.status);
    if (!c.capped && !ha_count_is_whole(&c.count))
        return FAIL(&run->why, E_BAD_JSON, "its list of states is no list");
    if (c.capped)
        ha_warn(run, "entities-capped");
    run->out->entities = (opt_i64_t){ true, c.count.n };
    return E_OK;
}
