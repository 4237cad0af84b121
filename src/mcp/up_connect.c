/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way to UP_READY. Where no version is pinned: server/discover first; what refuses it as a
 * client of both eras would take for the older one gets initialize; and a Streamable HTTP that
 * refuses that too is asked as HTTP+SSE (2025-03-26 and later, "Backwards Compatibility").
 */
#include "mcp/up_in.h"

#include "plat/json/json.h"

static const char we_can[] =
    "{\"elicitation\":{\"form\":{},\"url\":{}},\"sampling\":{},\"roots\":{\"listChanged\":true}}";

static void up_probe(struct up *up);
static void up_initialize(struct up *up);

static void up_say(struct up *up, enum up_state state, err_t e, const char *text)
{
    struct diag why = { .err = e };
    (void)snprintf(why.text, sizeof why.text, "%s", text); /* cut where it is too long */
    if (up->cfg.on.state != NULL && !up->closed)
        up->cfg.on.state(up->cfg.arg, state, e, &why);
}

static void up_drop_wire(struct up *up)
{
    if (up->wire != NULL)
        up->kind->close(up->wire);
    up->wire = NULL;
}

static void up_refuse(struct up *up, err_t e, const char *what)
{
    char text[UP_TEXT_MAX];
    up_text(up, what, text);
    up_break(up, &(struct up_failure){ .e = e, .text = text });
}

void up_break(struct up *up, const struct up_failure *why)
{
    struct up_failure each = *why;
    bool was_off = up->step == UP_OFF;
    up->step = UP_OFF;
    up->listening = NULL;
    loop_timer_stop(up->cfg.loop, &up->step_late);
    loop_timer_stop(up->cfg.loop, &up->listen_again);
    up_drop_wire(up);
    for (struct up_ride *r = up->rides; r != NULL; r = r->next) {
        each.not_run = !r->sent;
        if (r->over)
            continue;
        r->sent = r->held = false; /* the wire is gone */
        if (r->call == NULL)
            up_ride_drop(r);
        else
            up_ride_fail(r, &each);
    }
    up->info = (struct up_info){ .state = UP_IDLE,
                                 .status = why->status,
                                 .unreached = why->not_run && why->status == 0 };
    if (!was_off)
        up_say(up, UP_IDLE, why->e, why->text);
}

static void up_on_step_late(struct loop_timer *timer)
{
    struct up *up = CONTAINER_OF(timer, struct up, step_late);
    up_enter(up);
    up_refuse(up, E_TIMEOUT, "it has not said in time which MCP it speaks");
    up_leave(up);
}

/* The wire has connect_max to connect, and what it says then says more: so that is waited for. */
static void up_step_to(struct up *up, enum up_step step)
{
    const dur_t max = { up->cfg.connect_max.us + up->cfg.connect_max.us / 4 };
    up->step = step;
    loop_timer_start(up->cfg.loop, &up->step_late, max, up_on_step_late);
}

static void up_open_wire(struct up *up, const struct up_wire_kind *kind)
{
    struct diag why = { 0 };
    const struct up_wire_cfg cfg = { .up = &up->cfg, .on = &up_wire_events, .arg = up };
    up->kind = kind;
    up_step_to(up, UP_OPENING);
    err_t e = kind->open(&cfg, &why, &up->wire);
    if (e != E_OK) {
        up_refuse(up, e, why.text[0] != '\0' ? why.text : "it cannot be opened");
        return;
    }
    up->wires++;
}

void up_connect(struct up *up)
{
    up->fell_back = false;
    up_open_wire(up, up->cfg.wire);
    if (up->step != UP_OFF)
        up_say(up, UP_CONNECTING, E_OK, "");
}

void up_reconnect(struct up *up)
{
    if (up->step != UP_ON || up->modern)
        return;
    up_listen_stop(up);
    if (up->kind->renew != NULL)
        up->kind->renew(up->wire);
    up_say(up, UP_CONNECTING, E_OK, "");
    if (!up->closed)
        up_initialize(up);
}

static const struct mcp_version *up_pinned(const struct up *up)
{
    return up->cfg.version.p != NULL ? mcp_version_find(up->cfg.version) : NULL;
}

static void up_on_opened(void *arg)
{
    struct up *up = arg;
    const struct mcp_version *pinned = up_pinned(up);
    bool old = up->kind == &up_wire_sse || (pinned != NULL && pinned->era == MCP_LEGACY);
    up_enter(up);
    if (old)
        up_initialize(up);
    else
        up_probe(up);
    up_leave(up);
}

/* What the two answers have in common is copied, and everybody may go. */
static err_t up_learn(struct up *up, const struct mcp_result *said, str_t server_info)
{
    arena_reset(up->facts);
    TRY(str_copy(up->facts, said->capabilities, &up->info.capabilities));
    TRY(str_copy(up->facts, said->instructions, &up->info.instructions));
    TRY(str_copy(up->facts, server_info, &up->info.server_info));
    up->info.modern = up->modern;
    up->info.version = up->version->text;
    (void)snprintf(up->version_header, sizeof up->version_header, "MCP-Protocol-Version: %.*s",
                   STR_ARG(up->version->text)); /* a text of our own table: it fits */
    return E_OK;
}

static void up_ready(struct up *up)
{
    up->step = UP_ON;
    up->session++;
    loop_timer_stop(up->cfg.loop, &up->step_late);
    up_send_waiting(up);
    if (up->step == UP_ON && !up->closed)
        up_listen(up);
    if (up->step == UP_ON)
        up_say(up, UP_READY, E_OK, "");
}

/* server/discover. */

static bool raw_is(str_t raw, str_t text)
{
    return raw.n == text.n + 2 && raw.p[0] == '"' && str_eq(str_sub(raw, 1, text.n), text);
}

static bool versions_have(str_t versions, str_t wanted)
{
    str_t rest = versions;
    str_t one;
    while (rest.p != NULL && mcp_array_next(&rest, &one)) {
        if (raw_is(one, wanted))
            return true;
    }
    return false;
}

/* _meta["io.modelcontextprotocol/serverInfo"], as canonical bytes. Absent where there is none. */
static err_t server_info_of(struct up *up, str_t meta, struct buf *ret)
{
    CLEANUP(json_freep) struct json *all = NULL;
    (void)up;
    if (meta.p == NULL)
        return E_OK;
    TRY(json_parse(meta, NULL, &all));
    const struct json *info = json_member(all, STR("io.modelcontextprotocol/serverInfo"));
    if (info != NULL)
        json_write(ret, info);
    return ret->err;
}

static bool up_take_discovered(struct up *up, str_t result)
{
    CLEANUP(buf_fini) struct buf info = { 0 };
    struct mcp_result said;
    buf_init(&info, KIB(64));
    if (mcp_peek_result(up->scratch, result, &said) != E_OK ||
        !versions_have(said.supported_versions, up->version->text))
        return false;
    if (server_info_of(up, said.meta, &info) != E_OK ||
        up_learn(up, &said, info.n > 0 ? buf_str(&info) : STR_NONE) != E_OK) {
        up_refuse(up, E_NO_MEMORY, "no memory for what it says of itself");
        return true;
    }
    if (up->kind->agreed != NULL)
        up->kind->agreed(up->wire, up->version_header, false);
    up_ready(up);
    return true;
}

/* Which answers to a probe mean the older era: every refusal, but those that say something else. */
static bool probe_means_older(const struct up *up, const struct up_outcome *how)
{
    const struct up_failure *f = how->failure;
    if (f == NULL)
        return true;
    if (!up->kind->headers)
        return f->e == E_TIMEOUT;
    return f->status >= 400 && f->status < 500 && f->status != 401 && f->status != 403 &&
           f->status != 408 && f->status != 429;
}

static void up_on_discovered(struct up *up, const struct up_outcome *how)
{
    if (how->result.p != NULL && up_take_discovered(up, how->result))
        return;
    if (up_pinned(up) == NULL && probe_means_older(up, how))
        up_initialize(up);
    else if (how->failure != NULL)
        up_break(up, how->failure);
    else
        up_refuse(up, E_CONFLICT, "it does not speak the version that it is pinned to");
}

static void up_probe(struct up *up)
{
    struct up_ride *ride = NULL;
    const struct up_in in = {
        .method = STR("server/discover"),
        .capabilities = STR("{}"),
        .timeout = up->kind->headers ? (dur_t){ 0 } : DUR_S(UP_PROBE_PIPE_S),
    };
    up->modern = true;
    up->version = mcp_version_newest(MCP_MODERN);
    up_step_to(up, UP_PROBING);
    err_t e = up_own(up, &in, up_on_discovered, &ride);
    if (e != E_OK)
        up_refuse(up, e, "it could not be asked");
}

/* initialize. */

static bool may_fall_back(const struct up *up, const struct up_outcome *how)
{
    const struct up_failure *f = how->failure;
    return f != NULL && up->cfg.wire == &up_wire_http && up->kind == &up_wire_http &&
           up->info.version.p == NULL && probe_means_older(up, how); /* it never was agreed */
}

static void up_fall_back(struct up *up, const struct up_failure *why)
{
    up->fell_back = true;
    up->first = *why;
    (void)snprintf(up->first_text, sizeof up->first_text, "%.*s", UP_TEXT_MAX - 1, why->text);
    up->first.text = up->first_text;
    up_drop_wire(up);
    up_open_wire(up, &up_wire_sse);
}

static void up_on_welcomed(struct up *up, const struct up_sent *how)
{
    if (how != NULL && how->e != E_OK) {
        up_refuse(up, how->e, "it does not take notifications/initialized");
        return;
    }
    up_ready(up);
}

static void up_welcome(struct up *up)
{
    const struct up_out out = {
        .bytes = STR("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}"),
        .quick = true,
        .tag = up,
    };
    if (up->kind->agreed != NULL)
        up->kind->agreed(up->wire, up->version->header ? up->version_header : NULL, true);
    err_t e = up->kind->send(up->wire, &out);
    if (e != E_OK)
        up_refuse(up, e, "notifications/initialized could not be sent");
    else if (!up->kind->headers)
        up_on_welcomed(up, NULL); /* a pipe keeps the order */
}

static err_t up_take_initialized(struct up *up, str_t result)
{
    struct mcp_result said;
    TRY(mcp_peek_result(up->scratch, result, &said));
    const struct mcp_version *version =
        said.version.p != NULL ? mcp_version_find(said.version) : NULL;
    const struct mcp_version *pinned = up_pinned(up);
    if (version == NULL || version->era != MCP_LEGACY || (pinned != NULL && pinned != version))
        return E_CONFLICT;
    up->version = version;
    return up_learn(up, &said, said.server_info);
}

static void up_on_initialized(struct up *up, const struct up_outcome *how)
{
    if (may_fall_back(up, how)) {
        up_fall_back(up, how->failure);
        return;
    }
    if (how->failure != NULL) {
        up_break(up, how->failure);
        return;
    }
    if (how->error.p != NULL) {
        up_refuse(up, E_CONFLICT, "it refuses initialize");
        return;
    }
    err_t e = up_take_initialized(up, how->result);
    if (e == E_OK)
        up_welcome(up);
    else
        up_refuse(up, e,
                  e == E_CONFLICT ? "it speaks no protocol version that may be spoken here"
                                  : "its answer to initialize is not MCP");
}

static void up_initialize(struct up *up)
{
    struct up_ride *ride = NULL;
    const struct mcp_version *pinned = up_pinned(up);
    str_t params;
    up->modern = false;
    up->version = pinned != NULL ? pinned : mcp_version_newest(MCP_LEGACY);
    up_step_to(up, UP_INITIALIZING);
    arena_reset(up->scratch);
    err_t e = str_format(up->scratch, &params,
                         "{\"protocolVersion\":\"%.*s\",\"capabilities\":%s,\"clientInfo\":%.*s}",
                         STR_ARG(up->version->text), we_can, STR_ARG(up->cfg.client_info));
    const struct up_in in = { .method = STR("initialize"), .params = params };
    if (e == E_OK)
        e = up_own(up, &in, up_on_initialized, &ride);
    if (e != E_OK)
        up_refuse(up, e, "initialize could not be sent");
}

/* What the wire tells. */

static void up_on_message(void *arg, void *tag, str_t bytes)
{
    struct up *up = arg;
    up_enter(up);
    up_take(up, tag == up ? NULL : tag, bytes);
    up_leave(up);
}

static void up_on_sent(void *arg, void *tag, const struct up_sent *how)
{
    struct up *up = arg;
    up_enter(up);
    if (tag != up)
        up_taken(up, tag, how);
    else if (up->step == UP_INITIALIZING)
        up_on_welcomed(up, how);
    up_leave(up);
}

static void up_on_polls(void *arg, void *tag, dur_t in)
{
    struct up *up = arg;
    struct up_ride *r = tag != up ? tag : NULL;
    up_enter(up);
    if (r != NULL && !r->over && r->call != NULL && r->call->on->poll != NULL)
        r->call->on->poll(r->call, in);
    up_leave(up);
}

static void up_on_gone(void *arg, err_t e, int status, const char *what)
{
    struct up *up = arg;
    char text[UP_TEXT_MAX];
    struct up_failure why;
    bool refused = status == 401 || status == 403; /* whatever the other transport said before */
    up_enter(up);
    const struct up_sent how = {
        .e = e, .not_sent = up->step == UP_OPENING, .status = status, .text = what
    };
    up_failure_of(up, &how, text, &why);
    up_break(up, up->fell_back && up->step != UP_ON && !refused ? &up->first : &why);
    up_leave(up);
}

static void up_on_lost(void *arg)
{
    struct up *up = arg;
    up_enter(up);
    up_reconnect(up);
    up_leave(up);
}

static void up_on_closed(void *arg)
{
    struct up *up = arg;
    up_enter(up);
    up->wires--;
    up_leave(up);
}

const struct up_wire_events up_wire_events = {
    .opened = up_on_opened,
    .message = up_on_message,
    .sent = up_on_sent,
    .polls = up_on_polls,
    .lost = up_on_lost,
    .closed = up_on_closed,
    .gone = up_on_gone,
};
