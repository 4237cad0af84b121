/* SPDX-License-Identifier: Apache-2.0 */
/* What comes from an upstream: every message is looked at once, and belongs to one call or to
 * none. Nothing that it says can reach a call that it was not asked in. */
#include "mcp/up_in.h"

/* Whose it is where the message does not say: the stream's; and where all share one stream, the
 * only call's there is. With more than one nobody can tell. */
static struct up_ride *owner_of(struct up *up, struct up_ride *tag)
{
    struct up_ride *only = NULL;
    if (up->kind->apart)
        return tag != NULL && !tag->over && tag->call != NULL ? tag : NULL;
    for (struct up_ride *r = up->rides; r != NULL; r = r->next) {
        if (r->over || r->call == NULL || !r->sent)
            continue;
        if (only != NULL)
            return NULL;
        only = r;
    }
    return only;
}

/* Requests. */

static const struct {
    enum mcp_method_id id;
} askable[] = { { MCP_M_ELICIT }, { MCP_M_SAMPLE }, { MCP_M_ROOTS_LIST } };

static bool is_askable(const struct mcp_method *method)
{
    for (size_t i = 0; i < ARRAY_LEN(askable); i++) {
        if (method != NULL && method->id == askable[i].id)
            return true;
    }
    return false;
}

static void refuse_request(struct up *up, str_t id, enum mcp_err err)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    const struct mcp_refusal refusal = { .err = err };
    buf_init(&b, KIB(8));
    mcp_err_put(&b, &refusal, MCP_LEGACY, id);
    if (b.err == E_OK)
        up_tell(up, buf_str(&b));
}

static struct up_ask *ask_room(struct up_ride *r)
{
    for (size_t i = 0; i < UP_ASKS_MAX; i++) {
        if (r->asks[i].n == 0)
            return &r->asks[i];
    }
    return NULL;
}

static void take_request(struct up *up, struct up_ride *tag, const struct mcp_peek *p)
{
    const struct mcp_method *method = mcp_method_find(p->method);
    struct up_ride *r = owner_of(up, tag);
    struct up_ask *ask = r != NULL ? ask_room(r) : NULL;
    if (method != NULL && method->id == MCP_M_PING) {
        up_tell_answer(up, p->id, STR("{}"), STR_NONE);
        return;
    }
    if (!is_askable(method) || up->modern) {
        refuse_request(up, p->id, MCP_E_METHOD_NOT_FOUND);
        return;
    }
    if (ask == NULL || str_copy(r->a, p->id, &ask->id) != E_OK) {
        refuse_request(up, p->id, MCP_E_BUSY);
        return;
    }
    ask->n = ++up->ask_n;
    up_ride_alive(r); /* its time stands still */
    r->call->on->ask(r->call, ask->n, p->method, p->params);
}

/* Notifications. */

static void note_up(struct up *up, str_t bytes)
{
    if (up->cfg.on.note != NULL && !up->closed)
        up->cfg.on.note(up->cfg.arg, bytes);
}

/* Progress names the call by the token that we gave it; the caller gets his own back. */
static void take_progress(struct up *up, const struct mcp_peek *p, str_t bytes)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct up_ride *r = p->progress_of.p != NULL ? up_ride_of(up, p->progress_of) : NULL;
    if (r == NULL || r->call == NULL || r->in.progress_token.p == NULL)
        return;
    const struct mcp_edit edit = { .at = MCP_AT_PARAMS,
                                   .name = STR("progressToken"),
                                   .value = r->in.progress_token };
    buf_init(&b, up->cfg.message_max + KIB(4));
    up_ride_alive(r);
    if (mcp_edit(up->scratch, bytes, &edit, 1, &b) == E_OK)
        r->call->on->note(r->call, buf_str(&b));
}

/* It takes back what it asked. */
static void take_cancelled(struct up *up, const struct mcp_peek *p)
{
    for (struct up_ride *r = up->rides; r != NULL; r = r->next) {
        for (size_t i = 0; i < UP_ASKS_MAX && !r->over; i++) {
            if (r->asks[i].n != 0 && str_eq(r->asks[i].id, p->request_id)) {
                r->asks[i].n = 0;
                up_ride_alive(r);
            }
        }
    }
}

static void take_notification(struct up *up, struct up_ride *tag, const struct mcp_peek *p,
                              str_t bytes)
{
    const struct mcp_method *method = mcp_method_find(p->method);
    struct up_ride *r = owner_of(up, tag);
    enum mcp_method_id id = method != NULL ? method->id : MCP_M_NONE;
    if (id == MCP_M_NONE || (method->flags & MCP_METHOD_SERVER) == 0)
        return; /* no client would know it */
    if (id == MCP_M_PROGRESS)
        take_progress(up, p, bytes);
    else if (id == MCP_M_CANCELLED)
        take_cancelled(up, p);
    else if (id == MCP_M_TOOLS_CHANGED)
        up_list_changed(up, UP_TOOLS);
    else if (id == MCP_M_PROMPTS_CHANGED)
        up_list_changed(up, UP_PROMPTS);
    else if (id == MCP_M_RESOURCES_CHANGED)
        up_list_changed(up, UP_RESOURCES);
    else if (id == MCP_M_LISTENING)
        up->listen_pause = (dur_t){ 0 };
    else if (id == MCP_M_RESOURCE_UPDATED || r == NULL)
        note_up(up, bytes);
    else
        r->call->on->note(r->call, bytes);
}

/* Answers. */

static bool id_is(const struct up_ride *r, str_t id)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%llu", (unsigned long long)r->id);
    return str_eq(id, str_of(text, (size_t)n));
}

static void take_answer(struct up *up, struct up_ride *tag, const struct mcp_peek *p)
{
    struct up_ride *r = up->kind->apart ? tag : up_ride_of(up, p->id);
    if (r == NULL || r->over || !id_is(r, p->id))
        return; /* an answer to nobody, or to somebody else */
    const struct up_outcome how = { .result = p->result,
                                    .error = p->result.p != NULL ? STR_NONE : p->error };
    if (r->sent && up->wire != NULL)
        up->kind->answered(up->wire, r);
    r->sent = false;
    up_ride_end(r, &how);
}

static void take_one(struct up *up, struct up_ride *tag, const struct mcp_peek *p, str_t bytes)
{
    if (p->kind == MCP_ANSWER)
        take_answer(up, tag, p);
    else if (p->kind == MCP_REQUEST)
        take_request(up, tag, p);
    else
        take_notification(up, tag, p, bytes);
}

static void take_batch(struct up *up, struct up_ride *tag, str_t bytes)
{
    str_t rest = bytes;
    str_t one;
    while (up->wire != NULL && mcp_array_next(&rest, &one)) {
        struct mcp_peek p;
        arena_reset(up->scratch);
        if (mcp_peek(up->scratch, one, &p) == E_OK && p.kind != MCP_BATCH)
            take_one(up, tag, &p, one);
    }
}

/* Only the call on whose stream it came can suffer from what is no message. */
static void take_noise(struct up *up, struct up_ride *tag)
{
    char text[UP_TEXT_MAX];
    if (tag == NULL || tag->over)
        return;
    up_text(up, "it answers what is not MCP", text);
    up_ride_fail(tag, &(struct up_failure){ .e = E_BAD_JSON, .text = text });
}

void up_take(struct up *up, struct up_ride *tag, str_t bytes)
{
    struct mcp_peek p;
    arena_reset(up->scratch);
    if (mcp_peek(up->scratch, bytes, &p) != E_OK)
        take_noise(up, tag);
    else if (p.kind == MCP_BATCH)
        take_batch(up, tag, bytes);
    else
        take_one(up, tag, &p, bytes);
}

/* The end of a message's journey, without an answer so far. */

/* By the status of HTTP; the first row that has it. */
static const struct {
    int from;
    int to;
    err_t e;
    bool not_run;
    const char *what;
} refusals[] = {
    { 401, 401, E_UNAUTHENTICATED, true, "it does not take the credential" },
    { 403, 403, E_FORBIDDEN, true, "it refuses this caller" },
    { 408, 408, E_TIMEOUT, false, "it found the request too slow" },
    { 429, 429, E_RATE_LIMITED, true, "it has had too many requests" },
    { 300, 399, E_IO, true, "it redirects, which is not followed: give the URL that it leads to" },
    { 400, 499, E_IO, true, "it refuses the request" },
    { 503, 503, E_OVERLOADED, false, "it is not available" },
    { 500, 599, E_IO, false, "it failed" },
};

void up_failure_of(const struct up *up, const struct up_sent *how, char text[static UP_TEXT_MAX],
                   struct up_failure *ret)
{
    const char *what = how->text;
    *ret = (struct up_failure){ .e = how->e != E_OK ? how->e : E_CLOSED,
                                .not_run = how->not_sent,
                                .status = how->status,
                                .retry_after = how->retry_after };
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
        if (how->status < refusals[i].from || how->status > refusals[i].to)
            continue;
        ret->e = refusals[i].e;
        ret->not_run = refusals[i].not_run;
        what = refusals[i].what;
        break;
    }
    up_text(up, what != NULL ? what : "it ended without an answer", text);
    ret->text = text;
}

/* 404 as the specification wants it; 400 without an id as many servers say it. */
static bool session_is_forgotten(const struct up *up, const struct up_ride *r,
                                 const struct up_sent *how)
{
    return !up->modern && r->call != NULL && !r->resent && up->kind->renew != NULL &&
           (how->status == 404 || how->status == 400);
}

static bool take_refusing_answer(struct up *up, struct up_ride *r, str_t body)
{
    struct mcp_peek p;
    arena_reset(up->scratch);
    if (body.p == NULL || mcp_peek(up->scratch, body, &p) != E_OK || p.kind != MCP_ANSWER ||
        !id_is(r, p.id))
        return false;
    up_ride_end(r, &(struct up_outcome){ .result = p.result,
                                         .error = p.result.p != NULL ? STR_NONE : p.error });
    return true;
}

static bool others_ride(const struct up *up, const struct up_ride *but)
{
    for (const struct up_ride *r = up->rides; r != NULL; r = r->next) {
        if (r != but && !r->over && r->call != NULL && r->sent)
            return true;
    }
    return false;
}

void up_taken(struct up *up, struct up_ride *r, const struct up_sent *how)
{
    char text[UP_TEXT_MAX];
    struct up_failure why;
    if (r->over)
        return;
    r->sent = false;
    if (take_refusing_answer(up, r, how->body))
        return;
    if (session_is_forgotten(up, r, how)) {
        r->resent = true;
        if (up->step != UP_ON)
            return; /* waits */
        if (r->session == up->session)
            up_reconnect(up);
        else
            up_send_waiting(up);
        return;
    }
    up_failure_of(up, how, text, &why);
    /* A modern one that refuses what it agreed to has become another server. */
    bool doubtful = up->modern && up->step == UP_ON && why.status >= 400 && why.status < 500 &&
                    why.e == E_IO && !others_ride(up, r);
    up_ride_fail(r, &why);
    if (doubtful)
        up_break(up, &why);
}
