/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/trial.h"

#include "mcp/hub_in.h"
#include "mcp/raw.h"
#include "mcp/rest_in.h"
#include "mcp/up_kinds.h"
#include "plat/json/out.h"
#include "plat/mcp/mcp_peek.h"

#include <assert.h>

enum { PAGES_MAX = 200, PARAMS_MAX = 8192 };
#define STEP_MAX  DUR_S(5)
#define START_MAX DUR_S(20) /* of a program: many fetch themselves first */
#define LIST_MAX  DUR_S(10)
#define IN_ALL    DUR_S(45)

static void list_page(struct trial *tr, str_t cursor);

/* ---- its end ---- */

static void trial_leave(struct trial *tr)
{
    struct up *up = tr->up;
    tr->over = true;
    tr->ended = clock_mono();
    tr->up = NULL;
    loop_timer_stop(tr->talk->hub->loop, &tr->late);
    up_close(up);
}

static void trial_recorded(struct trial *tr, err_t e)
{
    struct talk *t = tr->talk;
    if (t->mode == TALK_OVER)
        return;
    if (e == E_OK)
        trial_say(tr);
    else
        rest_refuse(t, E_OVERLOADED, NULL, N_("the test cannot be recorded now: try again later"));
}

static void trial_finish(struct trial *tr)
{
    trial_leave(tr);
    err_t e = trial_record(tr, trial_recorded);
    if (e != E_OK)
        trial_recorded(tr, e);
}

static void trial_fail(struct trial *tr, enum trial_step step, const char *why)
{
    if (tr->over)
        return;
    const char *copy = str_cz(tr->talk->in->arena, str_from_cz(why));
    tr->failed = step;
    tr->why = copy != NULL ? copy : "there is no memory to say why";
    trial_finish(tr);
}

static enum trial_step step_now(const struct trial *tr)
{
    return tr->listing ? TRIAL_TOOLS : TRIAL_PROTOCOL;
}

static void trial_late(struct loop_timer *timer)
{
    struct trial *tr = CONTAINER_OF(timer, struct trial, late);
    trial_fail(tr, step_now(tr), "it takes too long");
}

/* The exchange ends before the trial does. */

static void talk_gone(struct talk *t)
{
    talk_hold(t);
    trial_fail(t->trial, step_now(t->trial), "whoever asked has left");
    talk_end(t);
    talk_drop(t);
}

static void talk_ended(struct talk *t)
{
    talk_hold(t);
    if (!t->trial->over)
        trial_leave(t->trial);
    rest_refuse(t, E_STOPPING, NULL, NULL);
    talk_drop(t);
}

static const struct talk_kind trial_kind = { .gone = talk_gone, .ended = talk_ended };

/* ---- which tools? ---- */

static struct trial *trial_of(struct up_call *c)
{
    return CONTAINER_OF(c, struct trial, call);
}

static size_t count(str_t array)
{
    str_t one;
    size_t n = 0;
    while (array.p != NULL && mcp_array_next(&array, &one))
        n++;
    return n;
}

static void list_done(struct up_call *c, str_t result, str_t error)
{
    struct trial *tr = trial_of(c);
    struct arena *a = tr->talk->in->arena;
    struct mcp_result said;
    if (error.p != NULL) {
        trial_fail(tr, TRIAL_TOOLS, "it answers tools/list with an error");
        return;
    }
    if (mcp_peek_result(a, result, &said) != E_OK || said.tools.p == NULL) {
        trial_fail(tr, TRIAL_TOOLS, "its answer to tools/list has no list of tools");
        return;
    }
    tr->tools += count(said.tools);
    if (said.next_cursor.n == 0)
        trial_finish(tr);
    else if (++tr->pages == PAGES_MAX)
        trial_fail(tr, TRIAL_TOOLS, "its list of tools does not end");
    else
        list_page(tr, said.next_cursor);
}

static void list_fail(struct up_call *c, const struct up_failure *why)
{
    trial_fail(trial_of(c), TRIAL_TOOLS, why->text);
}

static void list_input(struct up_call *c, str_t input_requests, str_t state)
{
    (void)input_requests;
    (void)state;
    trial_fail(trial_of(c), TRIAL_TOOLS, "it asks questions instead of listing its tools");
}

static void list_ask(struct up_call *c, uint64_t ask, str_t method, str_t params)
{
    (void)method;
    (void)params;
    up_reply(c, ask, STR_NONE,
             STR("{\"code\":-32601,\"message\":\"nobody is there to be asked\"}"));
}

static void list_note(struct up_call *c, str_t notification)
{
    (void)c;
    (void)notification;
}

static const struct up_call_events list_events = {
    .note = list_note, .ask = list_ask, .input = list_input, .done = list_done, .fail = list_fail
};

static void list_page(struct trial *tr, str_t cursor)
{
    CLEANUP(buf_fini) struct buf params = { 0 };
    struct up_in in = { .method = STR("tools/list"),
                        .capabilities = STR("{}"),
                        .timeout = LIST_MAX,
                        .timeout_max = IN_ALL };
    buf_init(&params, PARAMS_MAX);
    struct json_out o = json_out_to(&params);
    json_out_open(&o, '{');
    if (cursor.n > 0)
        JSON_OUT(&o, "cursor", str, cursor);
    json_out_close(&o, '}');
    in.params = buf_str(&params);
    tr->call = (struct up_call){ .on = &list_events };
    err_t e = params.err == E_OK ? up_start(tr->up, &tr->call, &in) : params.err;
    if (e != E_OK)
        trial_fail(tr, TRIAL_TOOLS, "tools/list cannot be asked for");
}

/* ---- the way there ---- */

static void on_ready(struct trial *tr, const struct up_info *info)
{
    struct arena *a = tr->talk->in->arena;
    if (tr->listing)
        return; /* it forgot its session, and has another */
    tr->listing = true;
    tr->ready = clock_mono();
    err_ignore(str_copy(a, info->version, &tr->version)); /* a word less */
    if (raw_member(a, info->capabilities, STR("tools")).p != NULL)
        list_page(tr, STR(""));
    else
        trial_finish(tr);
}

/* What broke it off says how far it had come. */
static enum trial_step step_of(const struct trial *tr, err_t e, const struct up_info *info)
{
    bool program = tr->node.server->transport == GATE_STDIO;
    if (info->status == 401 || info->status == 403)
        return TRIAL_CREDENTIAL;
    if (info->status != 0)
        return TRIAL_PROTOCOL;
    if (e == E_FORBIDDEN && !program)
        return TRIAL_ADDRESS;
    if (program)
        return e == E_TIMEOUT || e == E_CONFLICT || e == E_BAD_JSON ? TRIAL_PROTOCOL
                                                                    : TRIAL_CONNECT;
    return info->unreached ? TRIAL_CONNECT : TRIAL_PROTOCOL;
}

static void on_state(void *arg, enum up_state state, err_t e, const struct diag *why)
{
    struct trial *tr = arg;
    if (tr->over || tr->up == NULL)
        return;
    const struct up_info info = up_info(tr->up);
    if (state == UP_READY)
        on_ready(tr, &info);
    else if (state == UP_IDLE && e != E_OK)
        trial_fail(tr, step_of(tr, e, &info), why->text);
}

static void on_closed(void *arg)
{
    struct trial *tr = arg;
    talk_drop(tr->talk);
}

static void reach(struct trial *tr, const str_t *lines, size_t lines_n)
{
    struct node *n = &tr->node;
    struct up_cfg cfg;
    err_t e = node_up_cfg(n, lines, lines_n, &cfg);
    if (e == E_OK) {
        cfg.connect_max = n->server->transport == GATE_STDIO ? START_MAX : STEP_MAX;
        cfg.on = (struct up_events){ .state = on_state, .closed = on_closed };
        cfg.arg = tr;
        e = up_new(&cfg, &n->why, &tr->up);
    }
    if (e != E_OK) {
        trial_fail(tr, TRIAL_ADDRESS, n->why.text[0] != '\0' ? n->why.text : err_info(e)->text);
        return;
    }
    talk_hold(tr->talk); /* until on_closed */
    up_open(tr->up);
}

/* ---- what it is shown ---- */

static void keys_read(struct loop_msg *msg)
{
    struct mcp_open *job = CONTAINER_OF(msg, struct mcp_open, msg);
    struct trial *tr = job->owner;
    struct talk *t = tr->talk;
    struct arena *a = job->arena; /* the job lies in it, and is wiped with it */
    if (!tr->over && job->e == E_OK)
        reach(tr, job->lines, job->lines_n);
    else if (job->e == E_NOT_FOUND)
        trial_fail(tr, TRIAL_CREDENTIAL, "you have given no credential for it");
    else
        trial_fail(tr, TRIAL_CREDENTIAL, "what it is shown cannot be read");
    arena_wipe_free(a);
    talk_drop(t);
}

static err_t keys_ask(struct trial *tr)
{
    struct mcp_hub *h = tr->talk->hub;
    struct mcp_open *job;
    TRY(node_keys(&tr->node, keys_read, tr, &job));
    talk_hold(tr->talk);
    h->ports.open(h->ports.arg, job);
    return E_OK;
}

/* ---- the beginning ---- */

static void trial_begin(struct trial *tr, const struct gate_server *s)
{
    const struct mcp_in *in = tr->talk->in;
    bool person = in->who.actor.kind == ACTOR_USER;
    tr->node = (struct node){
        .hub = tr->talk->hub, .org = s->org, .id = s->id, .catalogue = in->catalogue, .server = s
    };
    if (s->per_user && person)
        tr->node.user = in->who.actor.id;
    loop_timer_start(tr->talk->hub->loop, &tr->late, IN_ALL, trial_late);
    if (s->per_user && !person)
        trial_fail(tr, TRIAL_CREDENTIAL,
                   "each person shows it a credential of his own: ask as one");
    else if (!s->sealed && !s->per_user)
        reach(tr, NULL, 0);
    else if (keys_ask(tr) != E_OK)
        trial_fail(tr, TRIAL_CREDENTIAL, "there is no memory for what it is shown");
}

void trial_take(struct talk *t)
{
    const struct gate_server *s = gate_server_by_id(t->in->catalogue, t->in->target);
    struct trial *tr = s == NULL ? NULL : ARENA_NEW(t->in->arena, struct trial);
    t->kind = &trial_kind;
    if (s == NULL) {
        rest_refuse(t, E_NOT_FOUND, NULL, N_("there is no such server"));
        return;
    }
    if (tr == NULL || hub_is_ending(t->hub)) {
        rest_refuse(t, tr == NULL ? E_NO_MEMORY : E_STOPPING, NULL, NULL);
        return;
    }
    t->trial = tr;
    tr->talk = t;
    tr->failed = TRIAL_STEPS;
    tr->since = clock_mono();
    talk_hold(t); /* it may be over before the return */
    trial_begin(tr, s);
    talk_drop(t);
}
