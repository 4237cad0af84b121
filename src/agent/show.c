/* SPDX-License-Identifier: Apache-2.0 */
/* What local programs are told: never key, token or claim. */
#include "agent/agent.h"
#include "agent/local.h"
#include "base/enc.h"
#include "plat/crypto/crypto.h"
#include "plat/json/out.h"

enum { SHOW_STATE_MAX = 8 * 1024 };

bool agent_in_force(const struct seneschal_agent *g)
{
    return g->store.etag[0] != '\0' && g->force.n > 0 &&
           (g->store.state == AGENT_ACTIVE || g->store.state == AGENT_STALE);
}

/* Why nothing is in force, where the store has no reason of its own. */
static const char *show_reason(const struct seneschal_agent *g)
{
    static const char *const reasons[AGENT_STATES] = {
        [AGENT_UNENROLLED] = "not-enrolled", [AGENT_PENDING] = "device-pending",
        [AGENT_ACTIVE] = "not-fetched",      [AGENT_STALE] = "lease-over",
        [AGENT_DISABLED] = "disabled",
    };
    if (g->store.reason[0] != '\0')
        return g->store.reason;
    return agent_in_force(g) ? NULL : reasons[g->store.state];
}

static void show_text(struct json_out *o, const char *name, const char *value)
{
    json_out_name(o, str_from_cz(name));
    json_out_str(o, value != NULL && value[0] != '\0' ? str_from_cz(value) : STR_NONE);
}

static void show_state(struct seneschal_agent *g, struct buf *b)
{
    const struct agent_store *s = &g->store;
    dur_t left = agent_lease_left(g);
    bool pending = s->claim[0] != '\0'; /* the code of a request that stands */
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    show_text(&o, "state", agent_state_name((enum agent_state)s->state));
    show_text(&o, "reason", show_reason(g));
    JSON_OUT(&o, "in_force", bool, agent_in_force(g));
    show_text(&o, "device_id", s->device_id);
    show_text(&o, "machine_id", s->machine_id);
    show_text(&o, "code", pending ? s->code : NULL);
    show_text(&o, "server", g->server);
    show_text(&o, "version", s->version);
    show_text(&o, "etag", s->etag);
    JSON_OUT(&o, "confirmed_at", ts, ((ts_t){ s->confirmed_us }));
    JSON_OUT(&o, "lease_until", ts, left.us > 0 ? ts_add(clock_wall(), left) : (ts_t){ 0 });
    agent_secrets_show(&g->secrets, &o);
    JSON_OUT(&o, "lease_seq", i64, s->seen_seq);
    show_text(&o, "refused", s->refused);
    show_text(&o, "refused_etag", s->refused_etag);
    JSON_OUT(&o, "refused_at", ts, ((ts_t){ s->refused_us }));
    JSON_OUT(&o, "wiped", bool, s->wiped != 0);
    JSON_OUT(&o, "next_ask_at", ts, g->next_ask);
    JSON_OUT(&o, "failures", i64, (int64_t)g->failures);
    show_text(&o, "agent_version", SENESCHAL_VERSION);
    json_out_close(&o, '}');
}

/* Streams are told when one of these is another. */
static void show_moved(const struct seneschal_agent *g, struct buf *b)
{
    const struct agent_store *s = &g->store;
    const char *const texts[] = { agent_state_name((enum agent_state)s->state),
                                  s->reason,
                                  s->code,
                                  s->device_id,
                                  s->etag,
                                  s->refused };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        buf_add(b, str_from_cz(texts[i]));
        buf_add_byte(b, '\0');
    }
    buf_add_byte(b, agent_in_force(g) ? '1' : '0');
    buf_add_i64(b, (int64_t)g->secrets.changes);
    digest_t d = sha256_of(buf_str(&g->force));
    buf_add(b, str_of(d.b, sizeof d.b));
}

/* What was written, or would be: nothing is in force. */
static void show_config(const struct seneschal_agent *g, struct buf *b)
{
    if (g->force.n > 0) {
        buf_add(b, buf_str(&g->force));
        return;
    }
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    json_out_name(&o, STR("config"));
    json_out_raw(&o, STR("{}"));
    JSON_OUT(&o, "enabled", bool, false);
    show_text(&o, "reason", show_reason(g));
    JSON_OUT(&o, "version", str, STR_NONE);
    json_out_close(&o, '}');
}

void agent_show(struct seneschal_agent *g)
{
    struct buf state;
    struct buf moved;
    struct buf config;
    uid_t uid;
    if (g->local == NULL)
        return;
    buf_init(&state, SHOW_STATE_MAX);
    buf_init(&moved, SHOW_STATE_MAX);
    buf_init(&config, g->force.max);
    show_state(g, &state);
    show_moved(g, &moved);
    show_config(g, &config);
    bool whole = state.err == E_OK && moved.err == E_OK && config.err == E_OK;
    const struct agent_shown shown = {
        .moved = buf_str(&moved),
        .state = buf_str(&state),
        .config = buf_str(&config),
        .etag = str_from_cz(g->store.etag),
        .allowed = whole && agent_in_force(g),
    };
    if (agent_local_publish(g->local, &shown) != E_OK || !whole)
        agent_tell(g, "agent-failed", "the socket: out of memory");
    buf_fini(&state);
    buf_fini(&moved);
    buf_fini(&config);
    if (agent_local_refused(g->local, &uid)) {
        char text[64];
        (void)snprintf(text, sizeof text, "user %u may not ask", (unsigned)uid);
        agent_tell(g, "agent-socket", text);
    }
}
