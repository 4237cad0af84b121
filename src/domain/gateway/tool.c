/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/gateway/tool.h"

#include "domain/gateway/server.h"
#include "plat/mcp/mcp_pin.h"

static enum gate_class class_of(const struct row_server *server, const struct mcp_pin *pin)
{
    static const enum gate_class classes[] = { [MCP_CLASS_EXECUTE] = GATE_EXECUTE,
                                               [MCP_CLASS_WRITE] = GATE_WRITE,
                                               [MCP_CLASS_READ] = GATE_READ };
    return classes[server->kind == GATE_KIND_HOMEASSISTANT ? mcp_class_home_assistant(pin->name)
                                                           : pin->class];
}

static str_t digest_bytes(const digest_t *d)
{
    return str_of(d->b, sizeof d->b);
}

struct sighting { /* one tools/list against what is stored */
    struct act *act;
    const struct row_server *server;
    struct row_tool *rows; /* by name */
    bool *there;           /* of each row: it was shown */
    size_t n;
    struct gate_sight sight;
};

static void note(struct sighting *s, oid_t id, str_t name, enum gate_sight_kind kind,
                 const struct mcp_pin *pin)
{
    struct gate_sighted *g = &s->sight.v[s->sight.n++];
    *g = (struct gate_sighted){ .id = id, .name = name, .kind = kind };
    if (pin != NULL)
        g->digest = pin->digest;
}

static err_t put(struct act *act, const struct row_tool *row)
{
    struct sql_tool_put in = { .id = row->id,
                               .state = row->state,
                               .definition = row->definition,
                               .digest = row->digest,
                               .pending = row->pending,
                               .pending_digest = row->pending_digest,
                               .class = row->class,
                               .class_set = row->class_set,
                               .approval = row->approval,
                               .now = act->now };
    return sql_tool_put(act->db, &in);
}

static err_t first_seen(struct sighting *s, const struct mcp_pin *pin)
{
    bool waits = s->server->pinning == GATE_PIN_STRICT ||
                 (s->server->pinning == GATE_PIN_NEW && pin->findings_n > 0);
    struct sql_tool_add in = { .id = oid_make(),
                               .server_id = s->server->id,
                               .name = pin->name,
                               .state = waits ? GATE_TOOL_QUARANTINED : GATE_TOOL_ACTIVE,
                               .class = class_of(s->server, pin),
                               .now = s->act->now };
    *(waits ? &in.pending : &in.definition) = pin->definition;
    *(waits ? &in.pending_digest : &in.digest) = digest_bytes(&pin->digest);
    TRY(sql_tool_add(s->act->db, &in));
    note(s, in.id, pin->name, waits ? GATE_SIGHT_QUARANTINED : GATE_SIGHT_NEW, pin);
    return E_OK;
}

/* It is what was approved. */
static err_t as_before(struct sighting *s, struct row_tool *row, const struct mcp_pin *pin)
{
    if (row->state == GATE_TOOL_ACTIVE)
        return E_OK;
    row->state = GATE_TOOL_ACTIVE;
    row->pending = row->pending_digest = STR_NONE;
    TRY(put(s->act, row));
    note(s, row->id, row->name, GATE_SIGHT_BACK, pin);
    return E_OK;
}

static err_t otherwise(struct sighting *s, struct row_tool *row, const struct mcp_pin *pin)
{
    bool loose = s->server->pinning == GATE_PIN_OFF;
    bool waits_already = row->state == GATE_TOOL_QUARANTINED &&
                         str_eq(row->pending_digest, digest_bytes(&pin->digest));
    if (waits_already && !loose)
        return E_OK;
    row->state = loose ? GATE_TOOL_ACTIVE : GATE_TOOL_QUARANTINED;
    row->pending = loose ? STR_NONE : pin->definition;
    row->pending_digest = loose ? STR_NONE : digest_bytes(&pin->digest);
    if (loose) {
        row->definition = pin->definition;
        row->digest = digest_bytes(&pin->digest);
    }
    if (loose || row->definition.p == NULL)
        row->class = class_of(s->server, pin);
    TRY(put(s->act, row));
    note(s, row->id, row->name, loose ? GATE_SIGHT_CHANGED : GATE_SIGHT_QUARANTINED, pin);
    return E_OK;
}

static size_t row_find(const struct sighting *s, str_t name)
{
    size_t low = 0;
    size_t high = s->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = str_cmp(name, s->rows[mid].name);
        if (order == 0)
            return mid;
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return SIZE_MAX;
}

/* A list that names a tool twice means the first. */
static bool added_already(const struct sighting *s, str_t name)
{
    for (size_t i = 0; i < s->sight.n; i++) {
        if (str_eq(s->sight.v[i].name, name))
            return true;
    }
    return false;
}

static err_t tool_seen(struct sighting *s, const struct json *tool, size_t *added)
{
    struct mcp_pin pin;
    err_t e = mcp_pin_make(s->act->arena, tool, NULL, &pin);
    if (e == E_NO_MEMORY)
        return e;
    size_t at = e == E_OK ? row_find(s, pin.name) : SIZE_MAX;
    bool twice = e == E_OK && (at != SIZE_MAX ? s->there[at] : added_already(s, pin.name));
    if (e != E_OK || twice || (at == SIZE_MAX && s->n + *added >= GATE_TOOLS_MAX)) {
        s->sight.ignored++;
        return E_OK;
    }
    if (at == SIZE_MAX) {
        (*added)++;
        return first_seen(s, &pin);
    }
    s->there[at] = true;
    return str_eq(s->rows[at].digest, digest_bytes(&pin.digest)) ? as_before(s, &s->rows[at], &pin)
                                                                 : otherwise(s, &s->rows[at], &pin);
}

static err_t gone(struct sighting *s)
{
    for (size_t i = 0; i < s->n; i++) {
        struct row_tool *row = &s->rows[i];
        if (s->there[i] || row->state == GATE_TOOL_GONE)
            continue;
        row->state = GATE_TOOL_GONE;
        row->pending = row->pending_digest = STR_NONE;
        TRY(put(s->act, row));
        note(s, row->id, row->name, GATE_SIGHT_GONE, NULL);
    }
    return E_OK;
}

static err_t rows_load(struct sighting *s, size_t shown)
{
    struct arena *a = s->act->arena;
    struct sql_tool_of in = { .server_id = s->server->id, .limit = GATE_TOOLS_MAX };
    TRY(sql_tool_of(s->act->db, a, &in, &s->rows, &s->n));
    s->there = ARENA_ARRAY(a, bool, s->n + 1);
    s->sight.v = ARENA_ARRAY(a, struct gate_sighted, s->n + shown + 1);
    return s->there != NULL && s->sight.v != NULL ? E_OK : E_NO_MEMORY;
}

err_t gate_tools_seen(struct act *act, oid_t server, str_t tools, struct gate_sight *ret)
{
    CLEANUP(json_freep) struct json *list = NULL;
    struct row_server row;
    struct sighting s = { .act = act, .server = &row };
    size_t added = 0;
    TRY(server_get(act, server, &row));
    err_t e = json_parse(tools, &act->why, &list);
    if (e == E_NO_MEMORY)
        return e;
    if (e != E_OK || json_type(list) != JSON_ARRAY)
        return FAIL(&act->why, E_BAD_FIELD, "the server's list of tools is no JSON array");
    size_t n = json_count(list);
    TRY(rows_load(&s, n < GATE_TOOLS_MAX ? n : GATE_TOOLS_MAX));
    for (size_t i = 0; i < n; i++)
        TRY(tool_seen(&s, json_at(list, i), &added));
    TRY(gone(&s));
    if (s.sight.n > 0)
        TRY(act_effect(act, (struct effect){ .kind = EFFECT_GATEWAY, .org = act->org }));
    *ret = s.sight;
    return E_OK;
}

err_t tool_get(struct act *act, oid_t server, str_t name, struct row_tool *ret)
{
    struct sql_tool_get in = { .server_id = server, .name = name };
    err_t e = sql_tool_get(act->db, act->arena, &in, ret);
    return e == E_NOT_FOUND ? FAIL(&act->why, e, "the server has shown no such tool") : e;
}

err_t tool_page(struct act *act, const struct tool_ask *ask, struct row_tool **ret, size_t *ret_n)
{
    struct sql_tool_page in = { .server_id = ask->server,
                                .after = ask->after,
                                .state = { ask->state != 0, ask->state },
                                .limit = ask->limit };
    return sql_tool_page(act->db, act->arena, &in, ret, ret_n);
}

err_t tool_counts(struct act *act, oid_t server, struct row_tool_count **ret, size_t *ret_n)
{
    struct sql_tool_counts in = { .org = act->org, .server_id = server, .limit = SERVERS_MAX };
    return sql_tool_counts(act->db, act->arena, &in, ret, ret_n);
}

static err_t changed(struct act *act, const struct row_tool *row, struct row_tool *ret)
{
    TRY(put(act, row));
    TRY(act_effect(act, (struct effect){ .kind = EFFECT_GATEWAY, .org = act->org }));
    return tool_get(act, row->server_id, row->name, ret);
}

err_t tool_approve(struct act *act, const struct row_tool *old, const digest_t *digest,
                   struct row_tool *ret)
{
    CLEANUP(json_freep) struct json *tool = NULL;
    struct row_tool row = *old;
    struct row_server server;
    struct mcp_pin pin;
    if (old->pending.p == NULL)
        return FAIL(&act->why, E_CONFLICT, "no definition of this tool waits for approval");
    if (digest != NULL && !str_eq(digest_bytes(digest), old->pending_digest))
        return FAIL(&act->why, E_STALE, "another definition waits by now: look at it first");
    TRY(server_get(act, old->server_id, &server));
    TRY(json_parse(old->pending, NULL, &tool));
    TRY(mcp_pin_make(act->arena, tool, NULL, &pin));
    row.state = GATE_TOOL_ACTIVE;
    row.definition = old->pending;
    row.digest = old->pending_digest;
    row.pending = row.pending_digest = STR_NONE;
    row.class = class_of(&server, &pin);
    return changed(act, &row, ret);
}

err_t tool_change(struct act *act, const struct row_tool *old, const struct tool_in *in,
                  struct row_tool *ret)
{
    struct row_tool row = *old;
    enum gate_class class = GATE_CLASS_NONE;
    if (in->class.p != NULL && in->class.n > 0 && gate_class_parse(in->class, &class) != E_OK)
        return diag_set_field(&act->why, E_BAD_FIELD, "class", "want READ, WRITE or EXECUTE");
    if (in->class.p != NULL)
        row.class_set = (opt_i64_t){ in->class.n > 0, class };
    if (in->approval.set)
        row.approval = in->approval.v;
    return changed(act, &row, ret);
}
