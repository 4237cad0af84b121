/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/gateway/catalogue.h"

#include "base/ref.h"
#include "domain/gateway/domains.h"
#include "domain/gateway/homeassistant.h"
#include "domain/identity/account.h"
#include "sql/gateway.h"

enum { CATALOGUE_TOOLS_MAX = 100000, DOMAINS_MAX = 64 };

static const char *const class_names[GATE_CLASSES] = {
    [GATE_READ] = "READ", [GATE_WRITE] = "WRITE", [GATE_EXECUTE] = "EXECUTE"
};

const char *gate_class_name(enum gate_class c)
{
    return c > GATE_CLASS_NONE && c < GATE_CLASSES ? class_names[c] : "NONE";
}

err_t gate_class_parse(str_t name, enum gate_class *ret)
{
    for (int c = GATE_READ; c < GATE_CLASSES; c++) {
        if (str_eq(name, str_from_cz(class_names[c]))) {
            *ret = (enum gate_class)c;
            return E_OK;
        }
    }
    return E_BAD_FIELD;
}

static void catalogue_fini(void *block)
{
    const struct gate_catalogue *c = block;
    arena_free(c->arena);
}

static err_t digest_read(str_t bytes, digest_t *ret)
{
    if (bytes.n != sizeof ret->b)
        return E_CORRUPT;
    memcpy(ret->b, bytes.p, bytes.n);
    return E_OK;
}

static err_t tool_read(const struct row_tool *row, struct gate_tool *ret)
{
    struct gate_tool t = { .id = row->id,
                           .name = row->name,
                           .state = (enum gate_tool_state)row->state,
                           .class = (enum gate_class)(row->class_set.set ? row->class_set.v
                                                                         : row->class),
                           .approval = row->approval != 0,
                           .pinned = row->digest.p != NULL,
                           .definition = row->definition,
                           .waiting = row->pending_digest.p != NULL };
    if (t.pinned)
        TRY(digest_read(row->digest, &t.digest));
    if (t.waiting)
        TRY(digest_read(row->pending_digest, &t.pending));
    *ret = t;
    return E_OK;
}

static err_t domains_read(struct arena *a, str_t text, struct gate_server *s)
{
    str_t rest = text;
    str_t part;
    if (text.n == 0)
        return E_OK;
    str_t *domains = ARENA_ARRAY(a, str_t, DOMAINS_MAX);
    if (domains == NULL)
        return E_NO_MEMORY;
    while (s->domains_n < DOMAINS_MAX && str_split(&rest, ' ', &part))
        domains[s->domains_n++] = part;
    s->domains = domains;
    return E_OK;
}

static err_t server_read(struct arena *a, const struct row_server *row, struct gate_server *ret)
{
    *ret = (struct gate_server){ .id = row->id,
                                 .org = row->org,
                                 .owner = row->owner,
                                 .name = row->name,
                                 .prefix = row->prefix,
                                 .title = row->title,
                                 .kind = (enum gate_kind)row->kind,
                                 .transport = (enum gate_transport)row->transport,
                                 .pinning = (enum gate_pinning)row->pinning,
                                 .active = row->status == ACCOUNT_ACTIVE,
                                 .per_user = row->per_user != 0,
                                 .sealed = row->sealed.p != NULL,
                                 .url = row->url,
                                 .command = row->command,
                                 .parallel_max = row->parallel_max,
                                 .queue_max = row->queue_max,
                                 .timeout_ms = row->timeout_ms,
                                 .message_max = row->message_max,
                                 .revision = row->revision };
    if (ret->kind == GATE_KIND_HOMEASSISTANT) {
        TRY(ha_url_make(a, row->url, HA_PATH_MCP, &ret->url));
        TRY(ha_url_make(a, row->url, HA_PATH_SSE, &ret->sse_url));
    }
    return domains_read(a, row->domains_allowed, ret);
}

static err_t servers_load(struct act *act, struct gate_catalogue *c, struct gate_server **ret)
{
    struct sql_server_all in = { .org = c->org, .limit = GATE_SERVERS_MAX };
    struct row_server *rows = NULL;
    size_t n = 0;
    TRY(sql_server_all(act->db, c->arena, &in, &rows, &n));
    struct gate_server *servers = ARENA_ARRAY(c->arena, struct gate_server, n + 1);
    if (servers == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        TRY(server_read(c->arena, &rows[i], &servers[i]));
    c->servers = servers;
    c->servers_n = n;
    *ret = servers;
    return E_OK;
}

/* Rows come by server, then by name; each server gets its run of them. */
static err_t tools_load(struct act *act, struct gate_catalogue *c, struct gate_server *servers)
{
    struct sql_tool_all in = { .org = c->org, .limit = CATALOGUE_TOOLS_MAX };
    struct row_tool *rows = NULL;
    size_t n = 0;
    TRY(sql_tool_all(act->db, c->arena, &in, &rows, &n));
    struct gate_tool *tools = ARENA_ARRAY(c->arena, struct gate_tool, n + 1);
    if (tools == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        TRY(tool_read(&rows[i], &tools[i]));
        const struct gate_server *of = gate_server_by_id(c, rows[i].server_id);
        if (of == NULL) /* beyond GATE_SERVERS_MAX */
            continue;
        struct gate_server *s = &servers[of - c->servers];
        if (s->domains_n > 0)
            TRY(gate_domains_of(c->arena, s, &tools[i], &tools[i].domains));
        if (s->tools_n == 0)
            s->tools = &tools[i];
        s->tools_n++;
    }
    return E_OK;
}

err_t gate_catalogue_load(struct act *act, oid_t org, struct gate_catalogue **ret)
{
    CLEANUP(ref_dropp) struct gate_catalogue *c = ref_new_owner(sizeof *c, catalogue_fini);
    if (c == NULL)
        return E_NO_MEMORY;
    *c = (struct gate_catalogue){ .org = org, .arena = arena_new(GATE_CATALOGUE_MAX) };
    if (c->arena == NULL)
        return E_NO_MEMORY;
    struct gate_server *servers = NULL;
    TRY(servers_load(act, c, &servers));
    TRY(tools_load(act, c, servers));
    *ret = ref_take(c);
    return E_OK;
}

const struct gate_server *gate_server_find(const struct gate_catalogue *c, oid_t person, str_t name)
{
    const struct gate_server *found = NULL;
    for (size_t i = 0; i < c->servers_n; i++) {
        const struct gate_server *s = &c->servers[i];
        bool own = oid_is_set(s->owner);
        if (!str_eq(s->name, name) || (own && !oid_eq(s->owner, person)))
            continue;
        if (own)
            return s;
        found = s;
    }
    return found;
}

const struct gate_server *gate_server_by_id(const struct gate_catalogue *c, oid_t id)
{
    for (size_t i = 0; i < c->servers_n; i++) {
        if (oid_eq(c->servers[i].id, id))
            return &c->servers[i];
    }
    return NULL;
}

const struct gate_tool *gate_tool_find(const struct gate_server *s, str_t name)
{
    size_t low = 0;
    size_t high = s->tools_n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = str_cmp(name, s->tools[mid].name);
        if (order == 0)
            return &s->tools[mid];
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}
