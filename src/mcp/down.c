/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/down.h"

#include "base/ref.h"
#include "mcp/call_in.h"
#include "mcp/hub_in.h"
#include "mcp/node.h"
#include "mcp/rest_in.h"
#include "mcp/trial.h"
#include "mcp/watch.h"
#include "plat/mcp/mcp_era.h"

/* ---- a request has come ---- */

static bool media_is(str_t field, const char *want)
{
    str_t type = str_trim(str_sub(field, 0, str_find(field, ';')));
    return str_eq_nocase(type, str_from_cz(want));
}

/* Accept (RFC 9110 section 12.5.1), as far as it matters: is the type, or a wildcard of it, there?
 * Several fields count as one list. */
static bool takes(const struct mcp_in *in, const char *type, const char *range)
{
    bool any = false;
    for (size_t i = 0; i < in->fields_n; i++) {
        str_t rest = in->fields[i].value;
        str_t part;
        if (!str_eq_nocase(in->fields[i].name, STR("Accept")))
            continue;
        any = true;
        while (str_split(&rest, ',', &part)) {
            if (media_is(part, type) || media_is(part, range) || media_is(part, "*/*"))
                return true;
        }
    }
    return !any;
}

static void post_read(struct talk *t, const struct mcp_peek *p)
{
    const struct mcp_in *in = t->in;
    const struct mcp_head head = { .version = mcp_in_field(in, STR("MCP-Protocol-Version")),
                                   .method = mcp_in_field(in, STR("Mcp-Method")),
                                   .name = mcp_in_field(in, STR("Mcp-Name")) };
    struct mcp_route r;
    if (mcp_route(in->arena, &head, p, &r) != E_OK) {
        talk_refuse_as(t, p->id, MCP_E_INTERNAL);
        return;
    }
    t->era = r.era;
    if (r.refusal.err != MCP_OK)
        talk_refuse(t, p->kind == MCP_BATCH ? STR_NONE : p->id, &r.refusal);
    else if (r.era == MCP_MODERN)
        modern_post(t, &r, p);
    else
        legacy_post(t, &r, p);
}

static void down_post(struct talk *t)
{
    const struct mcp_in *in = t->in;
    struct mcp_peek p = { 0 };
    if (!media_is(mcp_in_field(in, STR("Content-Type")), "application/json")) {
        talk_refuse_as(t, STR_NONE, MCP_E_MEDIA_TYPE);
        return;
    }
    err_t e = mcp_peek(in->arena, in->body, &p);
    if (e == E_BAD_JSON)
        talk_refuse_as(t, STR_NONE, MCP_E_PARSE);
    else if (e == E_BAD_FIELD)
        talk_refuse_as(t, p.id, MCP_E_INVALID_REQUEST);
    else if (e != E_OK)
        talk_refuse_as(t, STR_NONE, MCP_E_INTERNAL);
    else if (!takes(in, "application/json", "application/*"))
        talk_refuse_as(t, STR_NONE, MCP_E_NOT_ACCEPTABLE);
    else
        post_read(t, &p);
}

static void down_other(struct talk *t)
{
    t->head = STR("Allow: POST\r\n");
    talk_refuse_as(t, STR_NONE, MCP_E_METHOD_NOT_ALLOWED);
}

/* A client of 2026-07-28 has no sessions: nothing but POST is for it. */
static bool is_modern(const struct mcp_in *in)
{
    const struct mcp_version *v =
        mcp_version_find(str_trim(mcp_in_field(in, STR("MCP-Protocol-Version"))));
    return v != NULL && v->era == MCP_MODERN;
}

void down_take(struct mcp_hub *h, struct mcp_in *in)
{
    struct talk *t = talk_new(h, in);
    if (t == NULL) {
        hatch_own(in->hatch, NULL, in);
        hatch_reply(in->hatch, 503, STR("Retry-After: 5\r\n"), STR(""));
        mcp_in_free(in);
        return;
    }
    if (in->face == FACE_REST) {
        rest_take(t);
        return;
    }
    if (in->face == FACE_TEST) {
        trial_take(t);
        return;
    }
    t->events = takes(in, "text/event-stream", "text/*");
    if (in->method == HTTP_POST)
        down_post(t);
    else if (is_modern(in))
        down_other(t);
    else if (in->method == HTTP_DELETE)
        legacy_delete(t);
    else
        legacy_get(t);
}

/* ---- what is known is no longer true ---- */

/* Of calls under way: what their principal may now is asked once for all of them. */
static bool is_of(const struct call *c, oid_t id)
{
    return oid_eq(c->in->who.actor.id, id) || oid_eq(c->in->who.actor.org, id);
}

static void call_looked(struct loop_msg *msg)
{
    struct mcp_look *job = CONTAINER_OF(msg, struct mcp_look, msg);
    struct call *c = job->owner;
    if (c != NULL) {
        c->look = NULL;
        call_look(c, job);
    }
    mcp_look_free(job);
}

static void ask_again(struct call *c)
{
    struct mcp_hub *h = c->hub;
    struct mcp_look *job = c->look != NULL ? NULL : mcp_look_new(h, &c->in->who.actor);
    if (job == NULL)
        return;
    job->msg.run = call_looked;
    job->owner = c;
    c->look = job;
    h->ports.look(h->ports.arg, job);
}

void down_gone(struct mcp_hub *h, oid_t id)
{
    for (struct talk *t = h->talks; t != NULL; t = t->next) {
        for (struct call *c = t->calls; c != NULL; c = c->next) {
            if (is_of(c, id))
                ask_again(c);
        }
    }
    nodes_gone(h, id);
    call_cache_drop(h, id);
    watch_gone(h, id);
}

/* ---- the end ---- */

/* A test can be made again, a stream begun again: they get no time. */
static bool may_end_now(const struct talk *t)
{
    return t->mode == TALK_STREAM ? t->rests : t->mode == TALK_OPEN && t->trial != NULL;
}

/* Ending one may end others, with a session: each time from the start. */
void down_drain(struct mcp_hub *h)
{
    struct talk *t = h->talks;
    while (t != NULL) {
        bool ends = may_end_now(t);
        if (ends)
            t->kind->ended(t);
        t = ends ? h->talks : t->next;
    }
}

static void talk_finish(struct talk *t)
{
    talk_hold(t);
    while (t->calls != NULL)
        call_stop(t->calls);
    if (t->mode == TALK_STREAM || (t->mode == TALK_OPEN && t->trial != NULL))
        t->kind->ended(t);
    else if (t->mode == TALK_AWAY)
        talk_end(t);
    else if (t->mode == TALK_OPEN)
        talk_refuse_as(t, STR_NONE, MCP_E_STOPPING);
    t->mode = TALK_OVER; /* what had its answer by a stream has no stream any more */
    talk_drop(t);
}

/* A talk that a worker still looks at for us stays until that is told, and is over. */
static struct talk *first_open(const struct mcp_hub *h)
{
    struct talk *t = h->talks;
    while (t != NULL && t->mode == TALK_OVER && t->calls == NULL)
        t = t->next;
    return t;
}

void down_end(struct mcp_hub *h)
{
    struct talk *t;
    while ((t = first_open(h)) != NULL)
        talk_finish(t);
}
