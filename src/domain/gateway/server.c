/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/gateway/server.h"

#include "base/buf.h"
#include "domain/gateway/credential.h"
#include "domain/hooks/hook_seal.h"
#include "plat/mcp/mcp_name.h"

static const char *const transports[GATE_TRANSPORTS] = {
    [GATE_HTTP] = "http", [GATE_SSE] = "sse", [GATE_STDIO] = "stdio", [GATE_DEMO] = "demo"
};
static const char *const pinnings[GATE_PINNINGS] = {
    [GATE_PIN_OFF] = "off", [GATE_PIN_NEW] = "new", [GATE_PIN_STRICT] = "strict"
};

const char *gate_transport_name(enum gate_transport t)
{
    return transports[t];
}

const char *gate_pinning_name(enum gate_pinning p)
{
    return pinnings[p];
}

static err_t bad(struct act *act, const char *field, const char *want)
{
    return diag_set_field(&act->why, E_BAD_FIELD, field, "%s", want);
}

/* One of a table's words, counted from 1. */
static err_t word_read(struct act *act, const char *field, const char *const *words, size_t n,
                       str_t text, int64_t *v)
{
    if (text.p == NULL)
        return E_OK;
    for (size_t i = 1; i < n; i++) {
        if (str_eq(text, str_from_cz(words[i]))) {
            *v = (int64_t)i;
            return E_OK;
        }
    }
    return bad(act, field, N_("there is no such word: see the API"));
}

static void take(str_t *to, str_t from)
{
    if (from.p != NULL)
        *to = from.n > 0 ? from : STR_NONE;
}

static void take_number(int64_t *to, opt_i64_t from)
{
    if (from.set)
        *to = from.v;
}

/* The name where it can be one, cut to what a prefix may be. */
static err_t prefix_settle(struct act *act, const struct server_in *in, struct row_server *row)
{
    take(&row->prefix, in->prefix);
    if (row->prefix.n == 0)
        row->prefix = str_sub(row->name, 0, MCP_PREFIX_MAX);
    if (!mcp_prefix_is_valid(row->prefix))
        return diag_set_field(&act->why, E_BAD_FIELD, "prefix", "want 1..%d of A-Z a-z 0-9 _ . -",
                              MCP_PREFIX_MAX);
    return E_OK;
}

/* Which of url and command there is follows from the transport. */
static err_t reach_check(struct act *act, const struct row_server *row)
{
    bool http = row->transport == GATE_HTTP || row->transport == GATE_SSE;
    bool stdio = row->transport == GATE_STDIO;
    if (http != (row->url.p != NULL))
        return bad(act, "url",
                   http ? N_("want the URL of the server") : N_("goes with http and sse"));
    if (stdio != (row->command.p != NULL))
        return bad(act, "command",
                   stdio ? N_("want the name of an entry of gateway.commands")
                         : N_("goes with stdio"));
    return E_OK;
}

static err_t domains_join(struct act *act, const struct names *domains, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    if (!domains->set)
        return E_OK;
    buf_init(&b, (size_t)SERVER_DOMAINS_MAX * SERVER_NAME_MAX);
    for (size_t i = 0; i < domains->n; i++) {
        str_t d = domains->v[i];
        if (d.n == 0 || d.n >= SERVER_NAME_MAX || str_find(d, ' ') < d.n)
            return bad(act, "domains_allowed", N_("want names of entity domains such as light"));
        buf_addf(&b, "%s%.*s", i > 0 ? " " : "", STR_ARG(d));
    }
    TRY(b.err);
    if (domains->n == 0) {
        *ret = STR_NONE;
        return E_OK;
    }
    return str_copy(act->arena, buf_str(&b), ret);
}

/* What a change says on top of what was; not yet what is sealed. */
static err_t merge(struct act *act, const struct server_in *in, struct row_server *row)
{
    enum account_status status = (enum account_status)row->status;
    TRY(name_wanted(act, "name", in->name));
    take(&row->name, in->name);
    TRY(prefix_settle(act, in, row));
    take(&row->title, in->title);
    take(&row->url, in->url);
    take(&row->command, in->command);
    if (in->status.p != NULL &&
        (account_status_parse(in->status, &status) != E_OK || status == ACCOUNT_PENDING))
        return bad(act, "status", N_("want active or disabled"));
    row->status = status;
    TRY(word_read(act, "pinning", pinnings, GATE_PINNINGS, in->pinning, &row->pinning));
    if (in->per_user.set)
        row->per_user = in->per_user.v;
    take_number(&row->parallel_max, in->parallel_max);
    take_number(&row->queue_max, in->queue_max);
    take_number(&row->timeout_ms, in->timeout_ms);
    take_number(&row->message_max, in->message_max);
    TRY(domains_join(act, &in->domains, &row->domains_allowed));
    return reach_check(act, row);
}

static err_t map_read(struct act *act, const char *field, str_t text, struct json **ret)
{
    CLEANUP(json_freep) struct json *map = NULL;
    struct json_pair *pairs = NULL;
    size_t n = 0;
    err_t e = text.n > SERVER_SECRETS_TEXT_MAX ? E_BAD_FIELD : json_parse(text, NULL, &map);
    if (e == E_NO_MEMORY)
        return e;
    if (e != E_OK || json_type(map) != JSON_OBJECT || json_count(map) > SERVER_SECRETS_MAX)
        return diag_set_field(&act->why, E_BAD_FIELD, field, "want an object of at most %d texts",
                              SERVER_SECRETS_MAX);
    TRY(json_members(act->arena, map, &pairs, &n));
    for (size_t i = 0; i < n; i++) {
        if (json_type(pairs[i].value) != JSON_STRING)
            return bad(act, field, N_("want texts alone"));
    }
    *ret = map;
    map = NULL;
    return E_OK;
}

/* Variables that the command's entry allows; a value is never an argument. */
static err_t env_check(struct act *act, const struct gate_command *command, const struct json *env)
{
    struct json_pair *pairs = NULL;
    size_t n = 0;
    TRY(json_members(act->arena, env, &pairs, &n));
    for (size_t i = 0; i < n; i++) {
        if (command == NULL || !gate_command_takes(command, pairs[i].name))
            return diag_set_field(&act->why, E_COMMAND_NOT_ALLOWED, "env",
                                  "the entry of gateway.commands does not let a server set "
                                  "%.*s: want env:%.*s there",
                                  STR_ARG(str_sub(pairs[i].name, 0, 64)),
                                  STR_ARG(str_sub(pairs[i].name, 0, 64)));
    }
    return E_OK;
}

static err_t headers_check(struct act *act, const struct row_server *row, const struct json *map)
{
    struct json_pair *pairs = NULL;
    size_t n = 0;
    TRY(json_members(act->arena, map, &pairs, &n));
    if (n > 0 && row->url.p == NULL)
        return bad(act, "headers", N_("go with http and sse"));
    for (size_t i = 0; i < n; i++) {
        if (!gate_header_obeys(pairs[i].name, json_string(pairs[i].value)))
            return bad(act, "headers",
                       N_("want names and values of HTTP headers, and none that the server makes "
                          "itself"));
    }
    return E_OK;
}

/* The names, by blanks; absent: there are none. */
static err_t names_join(struct act *act, const struct json *map, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct json_pair *pairs = NULL;
    size_t n = 0;
    *ret = STR_NONE;
    if (map == NULL || json_count(map) == 0)
        return E_OK;
    TRY(json_members(act->arena, map, &pairs, &n));
    buf_init(&b, SERVER_SECRETS_TEXT_MAX);
    for (size_t i = 0; i < n; i++)
        buf_addf(&b, "%s%.*s", i > 0 ? " " : "", STR_ARG(pairs[i].name));
    TRY(b.err);
    return str_copy(act->arena, buf_str(&b), ret);
}

static const struct gate_command *command_of(const struct server_rules *rules,
                                             const struct row_server *row)
{
    return row->command.p != NULL
               ? gate_command_find(rules->commands, rules->commands_n, row->command)
               : NULL;
}

/* `open`: what is secret of it so far; on top comes what the change says. */
static err_t seal_into(struct act *act, const struct server_rules *rules, struct json *open,
                       const struct server_in *in, struct row_server *row)
{
    const struct gate_command *command = command_of(rules, row);
    struct json *map = NULL;
    struct hook_sealed s;
    if (row->command.p != NULL && command == NULL)
        return diag_set_field(&act->why, E_COMMAND_NOT_ALLOWED, "command",
                              "gateway.commands of the configuration has no entry %.*s: want one "
                              "there such as %.*s=/PATH/TO/PROGRAM, then SIGHUP",
                              STR_ARG(row->command), STR_ARG(row->command));
    if (in->env.n > 0) {
        TRY(map_read(act, "env", in->env, &map));
        TRY(json_set(open, STR("env"), map));
    }
    if (in->headers.n > 0) {
        TRY(map_read(act, "headers", in->headers, &map));
        TRY(json_set(open, STR("headers"), map));
    }
    const struct json *env = json_member(open, STR("env"));
    const struct json *headers = json_member(open, STR("headers"));
    if (env != NULL)
        TRY(env_check(act, command, env));
    if (headers != NULL)
        TRY(headers_check(act, row, headers));
    TRY(names_join(act, env, &row->env_names));
    TRY(names_join(act, headers, &row->header_names));
    if (row->env_names.p == NULL && row->header_names.p == NULL) {
        row->sealed = STR_NONE;
        row->epoch = (opt_i64_t){ 0 };
        row->key_id = (oid_t){ 0 };
        return E_OK;
    }
    TRY(hook_seal_json(act, HOOK_TABLE_SERVER, row->id, open, &s));
    row->epoch = (opt_i64_t){ true, s.epoch };
    row->key_id = s.key_id;
    row->sealed = s.bytes;
    return E_OK;
}

static err_t save(struct act *act, const struct row_server *row)
{
    struct sql_server_save in = { .id = row->id,
                                  .org = act->org,
                                  .owner = row->owner,
                                  .name = row->name,
                                  .prefix = row->prefix,
                                  .title = row->title,
                                  .kind = row->kind,
                                  .transport = row->transport,
                                  .url = row->url,
                                  .command = row->command,
                                  .env_names = row->env_names,
                                  .header_names = row->header_names,
                                  .domains_allowed = row->domains_allowed,
                                  .per_user = row->per_user,
                                  .pinning = row->pinning,
                                  .status = row->status,
                                  .parallel_max = row->parallel_max,
                                  .queue_max = row->queue_max,
                                  .timeout_ms = row->timeout_ms,
                                  .message_max = row->message_max,
                                  .epoch = row->epoch,
                                  .key_id = row->key_id,
                                  .sealed = row->sealed,
                                  .now = act->now };
    err_t e = sql_server_save(act->db, &in);
    return e == E_CONFLICT ? FAIL(&act->why, e, "another server has this name or prefix already")
                           : e;
}

static err_t changed(struct act *act)
{
    return act_effect(act, (struct effect){ .kind = EFFECT_GATEWAY, .org = act->org });
}

err_t server_create(struct act *act, const struct server_rules *rules, const struct server_in *in,
                    struct row_server *ret)
{
    struct sql_server_count_row count;
    struct row_server row = { .id = oid_make(),
                              .owner = rules->owner,
                              .kind = rules->kind,
                              .pinning = GATE_PIN_NEW,
                              .status = ACCOUNT_ACTIVE };
    CLEANUP(json_freep) struct json *open = json_new_object();
    if (open == NULL)
        return E_NO_MEMORY;
    TRY(sql_server_count(act->db, act->arena,
                         &(struct sql_server_count){ .org = act->org, .owner = rules->owner },
                         &count));
    if (count.n >= SERVERS_MAX)
        return FAIL(&act->why, E_CONFLICT, "there are %d servers already: want fewer", SERVERS_MAX);
    TRY(word_read(act, "transport", transports, GATE_TRANSPORTS, in->transport, &row.transport));
    TRY(merge(act, in, &row));
    TRY(seal_into(act, rules, open, in, &row));
    TRY(save(act, &row));
    TRY(changed(act));
    return server_get(act, row.id, ret);
}

err_t server_get(struct act *act, oid_t id, struct row_server *ret)
{
    err_t e = sql_server_get(act->db, act->arena,
                             &(struct sql_server_get){ .org = act->org, .id = id }, ret);
    return e == E_NOT_FOUND ? FAIL(&act->why, e, "there is no such server") : e;
}

err_t server_change(struct act *act, const struct server_rules *rules, const struct row_server *old,
                    const struct server_in *in, struct row_server *ret)
{
    struct row_server row = *old;
    CLEANUP(json_freep) struct json *open = NULL;
    TRY(server_unseal(act, old, &open));
    TRY(merge(act, in, &row));
    TRY(seal_into(act, rules, open, in, &row));
    TRY(save(act, &row));
    TRY(changed(act));
    return server_get(act, row.id, ret);
}

err_t server_delete(struct act *act, oid_t id)
{
    TRY(sql_permission_drop_server(act->db, &(struct sql_permission_drop_server){ id }));
    TRY(sql_credential_drop_server(act->db, &(struct sql_credential_drop_server){ id }));
    TRY(sql_approval_drop_server(act->db, &(struct sql_approval_drop_server){ id }));
    TRY(sql_tool_request_drop_server(act->db, &(struct sql_tool_request_drop_server){ id }));
    TRY(sql_tool_drop_all(act->db, &(struct sql_tool_drop_all){ id }));
    TRY(sql_server_drop(act->db, &(struct sql_server_drop){ .org = act->org, .id = id }));
    return changed(act);
}

err_t server_list(struct act *act, oid_t owner, oid_t after, int64_t limit, struct row_server **ret,
                  size_t *ret_n)
{
    struct sql_server_of in = { .org = act->org, .owner = owner, .after = after, .limit = limit };
    return sql_server_of(act->db, act->arena, &in, ret, ret_n);
}

err_t server_answered(struct act *act, oid_t id, str_t version, str_t as)
{
    struct sql_server_seen in = {
        .org = act->org, .id = id, .now = act->now, .version = version, .as_name = as
    };
    return sql_server_seen(act->db, &in);
}

err_t server_failed(struct act *act, oid_t id, str_t why)
{
    struct sql_server_failed in = { .org = act->org, .id = id, .now = act->now, .why = why };
    return sql_server_failed(act->db, &in);
}
