/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/gateway/credential.h"

#include "domain/hooks/hook_header.h"
#include "domain/hooks/hook_seal.h"

err_t server_unseal(struct act *act, const struct row_server *row, struct json **ret)
{
    if (row->sealed.p == NULL) {
        *ret = json_new_object();
        return *ret != NULL ? E_OK : E_NO_MEMORY;
    }
    const struct hook_sealed from = { row->epoch.v, row->key_id, row->sealed };
    return hook_unseal_json(act, HOOK_TABLE_SERVER, row->id, &from, ret);
}

bool gate_header_obeys(str_t name, str_t value)
{
    static const char *const names[] = { "host",
                                         "content-length",
                                         "transfer-encoding",
                                         "expect",
                                         "connection",
                                         "keep-alive",
                                         "content-type",
                                         "content-encoding",
                                         "accept",
                                         "accept-encoding",
                                         "upgrade",
                                         "te",
                                         "trailer",
                                         "last-event-id",
                                         "traceparent",
                                         "tracestate",
                                         "baggage",
                                         "proxy-connection",
                                         "proxy-authorization" };
    const struct hook_own_headers ours = { names, ARRAY_LEN(names), STR("mcp-") };
    return hook_header_obeys(name, value, &ours);
}

/* In place of a line of the same name: a person's own goes before the server's. */
static err_t line_put(struct act *act, bool http, str_t name, str_t value, struct gate_lines *to)
{
    const char *between = http ? ": " : "=";
    size_t at = 0;
    str_t line = STR_NONE;
    while (at < to->n && !(str_eq_nocase(str_sub(to->v[at], 0, name.n), name) &&
                           to->v[at].n > name.n && to->v[at].p[name.n] == between[0]))
        at++;
    if (at == GATE_LINES_MAX)
        return FAIL(&act->why, E_CONFLICT, "more than %d headers or variables", GATE_LINES_MAX);
    TRY(str_format(act->arena, &line, "%.*s%s%.*s", STR_ARG(name), between, STR_ARG(value)));
    to->v[at] = line;
    if (at == to->n)
        to->n++;
    return E_OK;
}

static err_t own_lines(struct act *act, const struct row_server *row, struct gate_lines *to)
{
    CLEANUP(json_freep) struct json *open = NULL;
    struct json_pair *pairs = NULL;
    size_t n = 0;
    bool http = row->url.p != NULL;
    TRY(server_unseal(act, row, &open));
    const struct json *map = json_member(open, http ? STR("headers") : STR("env"));
    if (map == NULL)
        return E_OK;
    TRY(json_members(act->arena, map, &pairs, &n));
    for (size_t i = 0; i < n; i++)
        TRY(line_put(act, http, pairs[i].name, json_string(pairs[i].value), to));
    return E_OK;
}

static err_t person_line(struct act *act, const struct row_server *row, oid_t user,
                         struct gate_lines *to)
{
    struct row_credential c;
    str_t plain;
    str_t value = STR_NONE;
    TRY(credential_get(act, row->id, user, &c));
    if (ts_is_set(c.expires_at) && c.expires_at.us <= act->now.us)
        return FAIL(&act->why, E_NOT_FOUND, "this person's credential for the server has ended");
    struct hook_sealed from = { c.epoch, c.key_id, c.sealed };
    TRY(hook_unseal(act, HOOK_TABLE_CREDENTIAL, c.id, &from, &plain));
    bool named = c.kind == GATE_CREDENTIAL_HEADER;
    err_t e = named ? str_copy(act->arena, plain, &value)
                    : str_format(act->arena, &value, "Bearer %.*s", STR_ARG(plain));
    hook_wipe(plain);
    TRY(e);
    return line_put(act, row->url.p != NULL, named ? c.header : STR("Authorization"), value, to);
}

err_t gate_credential_open(struct act *act, oid_t server, oid_t user, struct gate_lines *ret)
{
    struct row_server row;
    struct gate_lines lines = { .n = 0 };
    TRY(server_get(act, server, &row));
    TRY(own_lines(act, &row, &lines));
    if (row.per_user != 0) {
        if (!oid_is_set(user))
            return FAIL(&act->why, E_NOT_FOUND, "the server wants each person's own credential");
        TRY(person_line(act, &row, user, &lines));
    }
    *ret = lines;
    return E_OK;
}

/* What is shown must fit the way in which it is shown. */
static err_t credential_check(struct act *act, const struct server_rules *rules,
                              const struct row_server *server, const struct credential_in *in,
                              enum gate_credential_kind kind)
{
    bool http = server->url.p != NULL;
    bool named = kind == GATE_CREDENTIAL_HEADER;
    if (server->per_user == 0)
        return FAIL(&act->why, E_CONFLICT, "the server does not take each person's own credential");
    if (named != (in->header.n > 0))
        return diag_set_field(&act->why, E_BAD_FIELD, "header",
                              "goes with the kind header, and "
                              "only with it");
    if (in->value.n == 0 || in->value.n > CREDENTIAL_MAX)
        return diag_set_field(&act->why, E_BAD_FIELD, "value", "want 1..%d bytes", CREDENTIAL_MAX);
    if (http) {
        if (!gate_header_obeys(named ? in->header : STR("Authorization"), in->value))
            return diag_set_field(&act->why, E_BAD_FIELD, named ? "header" : "value",
                                  "want name and value of an HTTP header, and none that the "
                                  "server makes itself");
        return E_OK;
    }
    const struct gate_command *command =
        server->command.p != NULL
            ? gate_command_find(rules->commands, rules->commands_n, server->command)
            : NULL;
    if (!named || command == NULL || !gate_command_takes(command, in->header))
        return diag_set_field(&act->why, E_COMMAND_NOT_ALLOWED, "header",
                              "want kind header, and a variable that the entry of "
                              "gateway.commands allows");
    return E_OK;
}

err_t credential_put(struct act *act, const struct server_rules *rules,
                     const struct row_server *server, oid_t user, const struct credential_in *in)
{
    enum gate_credential_kind kind = GATE_CREDENTIAL_BEARER;
    struct hook_sealed s;
    oid_t id = oid_make();
    if (str_eq(in->kind, STR("header")))
        kind = GATE_CREDENTIAL_HEADER;
    else if (!str_eq(in->kind, STR("bearer")))
        return diag_set_field(&act->why, E_BAD_FIELD, "kind", "want bearer or header");
    TRY(credential_check(act, rules, server, in, kind));
    TRY(hook_seal(act, HOOK_TABLE_CREDENTIAL, id, in->value, &s));
    struct sql_credential_put row = { .id = id,
                                      .org = act->org,
                                      .server_id = server->id,
                                      .user_id = user,
                                      .kind = kind,
                                      .header = in->header.n > 0 ? in->header : STR_NONE,
                                      .epoch = s.epoch,
                                      .key_id = s.key_id,
                                      .sealed = s.bytes,
                                      .expires_at = in->expires_at,
                                      .now = act->now };
    TRY(sql_credential_put(act->db, &row));
    return act_effect(act, (struct effect){ .kind = EFFECT_GATEWAY, .org = act->org, .id = user });
}

err_t credential_get(struct act *act, oid_t server, oid_t user, struct row_credential *ret)
{
    struct sql_credential_get in = { .org = act->org, .server_id = server, .user_id = user };
    err_t e = sql_credential_get(act->db, act->arena, &in, ret);
    return e == E_NOT_FOUND ? FAIL(&act->why, e, "this person has no credential for the server")
                            : e;
}

err_t credential_drop(struct act *act, oid_t server, oid_t user)
{
    struct row_credential row;
    TRY(credential_get(act, server, user, &row));
    struct sql_credential_drop in = { .org = act->org, .server_id = server, .user_id = user };
    TRY(sql_credential_drop(act->db, &in));
    return act_effect(act, (struct effect){ .kind = EFFECT_GATEWAY, .org = act->org, .id = user });
}
