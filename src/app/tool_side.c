/* SPDX-License-Identifier: Apache-2.0 */
#include "app/tool_side.h"

#include "app/cli_say.h"
#include "domain/identity/group.h"
#include "files/plan.h"

#include <stdlib.h>

struct tool_row {
    struct gate_rule rule;
    struct tool_principal of;
    const struct json *row;
};

static const struct json *object_at(const struct json *world, const char *section, str_t name)
{
    return world_object(world, file_kind_find(str_from_cz(section)), name);
}

static oid_t number_id(size_t n)
{
    oid_t id = { 0 };
    for (size_t i = 0; i < sizeof n; i++)
        id.b[i] = (uint8_t)(n >> (8 * (sizeof n - 1 - i)));
    return id;
}

static size_t id_number(oid_t id)
{
    size_t n = 0;
    for (size_t i = 0; i < sizeof n; i++)
        n = n << 8 | id.b[i];
    return n;
}

static opt_bool_t flag(const struct json *row, const char *member)
{
    const struct json *v = json_member(row, str_from_cz(member));
    if (v == NULL || json_type(v) != JSON_BOOL)
        return (opt_bool_t){ .set = false };
    return (opt_bool_t){ .set = true, .v = json_bool(v) };
}

struct tool_principal tool_row_principal(const struct json *row)
{
    static const struct {
        const char *member;
        enum gate_subject kind;
    } kinds[] = {
        { "group", GATE_SUBJECT_GROUP },       { "service_account", GATE_SUBJECT_SERVICE },
        { "user", GATE_SUBJECT_USER },         { "machine", GATE_SUBJECT_DEVICE },
        { "everybody", GATE_SUBJECT_DEFAULT },
    };
    struct tool_principal of = { .kind = GATE_SUBJECT_DEFAULT };
    const char *member = "everybody";
    err_ignore(file_permission_of(row, &member)); /* its name was made of it */
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (str_eq(str_from_cz(kinds[i].member), str_from_cz(member)))
            of.kind = kinds[i].kind;
    }
    of.name = say_member(row, member);
    return of;
}

static int64_t level_of(const struct json *world, const struct tool_principal *of)
{
    const struct json *group =
        of->kind == GATE_SUBJECT_GROUP ? object_at(world, "groups", of->name) : NULL;
    const struct json *priority = group == NULL ? NULL : json_member(group, STR("priority"));
    bool said = priority != NULL && json_type(priority) == JSON_INT;
    return gate_level(of->kind, said ? json_int(priority) : GROUP_PRIORITY_DEFAULT);
}

static struct gate_place place_of(const struct tool_side *s, str_t tool)
{
    str_t server = file_tool_server(tool);
    if (server.p == NULL)
        return (struct gate_place){ .tool = tool };
    const struct json *number = json_member(s->numbers, server);
    return (struct gate_place){ number_id((size_t)json_int(number)),
                                str_sub(tool, server.n + 1, tool.n) };
}

static struct tool_row row_read(const struct tool_side *s, const struct json *row, size_t number)
{
    struct tool_row r = { .row = row, .of = tool_row_principal(row) };
    struct gate_place place = place_of(s, say_member(row, "tool"));
    r.rule = (struct gate_rule){ .id = number_id(number + 1),
                                 .level = level_of(s->world, &r.of),
                                 .source = "",
                                 .server = place.server,
                                 .tool = place.tool,
                                 .can = { [GATE_READ] = flag(row, "can_read"),
                                          [GATE_WRITE] = flag(row, "can_write"),
                                          [GATE_EXECUTE] = flag(row, "can_execute") },
                                 .enabled = flag(row, "is_enabled"),
                                 .approval = flag(row, "approval") };
    return r;
}

err_t tool_side_make(struct arena *a, struct tool_side *s)
{
    const struct json *section = json_member(s->world, STR("permissions"));
    struct json_pair *pairs = NULL;
    size_t n = 0;
    if (section != NULL)
        TRY(json_members(a, section, &pairs, &n));
    s->rows = ARENA_ARRAY(a, struct tool_row, n + 1);
    s->rules = ARENA_ARRAY(a, struct gate_rule, n + 1);
    if (s->rows == NULL || s->rules == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        s->rows[i] = row_read(s, pairs[i].value, i);
    s->n = n;
    return E_OK;
}

static bool is_member(const struct tool_side *s, const struct tool_principal *who, str_t group)
{
    if (object_at(s->world, "groups", group) == NULL)
        return false;
    if (who->kind == GATE_SUBJECT_USER)
        return list_has(json_member(s->people, group), who->name);
    if (who->kind == GATE_SUBJECT_DEVICE)
        return list_has(json_member(s->machines, group), who->name);
    const struct json *account = object_at(s->world, "service_accounts", who->name);
    return who->kind == GATE_SUBJECT_SERVICE && account != NULL &&
           list_has(json_member(account, STR("groups")), group);
}

static bool counts(const struct tool_side *s, const struct tool_principal *who,
                   const struct tool_row *r)
{
    if (r->of.kind == GATE_SUBJECT_DEFAULT)
        return true;
    if (r->of.kind == GATE_SUBJECT_GROUP)
        return is_member(s, who, r->of.name);
    return r->of.kind == who->kind && str_eq(r->of.name, who->name);
}

struct gate_access tool_side_access(const struct tool_side *s, const struct tool_principal *who)
{
    struct gate_access access = { .rules = s->rules };
    for (size_t i = 0; i < s->n; i++) {
        if (counts(s, who, &s->rows[i]))
            s->rules[access.rules_n++] = s->rows[i].rule;
    }
    gate_rules_sort(s->rules, access.rules_n);
    return access;
}

static bool is_open(const struct tool_side *s, str_t tool)
{
    str_t server = file_tool_server(tool);
    if (server.p == NULL)
        return true;
    if (str_eq(server, STR(FILE_OWN_HOMEASSISTANT)))
        return true;
    const struct json *upstream = object_at(s->world, "upstreams", server);
    return upstream != NULL && !str_eq(say_member(upstream, "status"), STR("disabled"));
}

struct tool_verdict tool_side_verdict(const struct tool_side *s, const struct gate_access *access,
                                      str_t tool)
{
    const struct gate_place place = place_of(s, tool);
    struct tool_verdict v = { .yes = { false } };
    struct gate_flags flags;
    gate_flags(access, &place, (oid_t){ 0 }, &flags);
    v.waits = flags.approval;
    for (int k = GATE_READ; k < GATE_CLASSES; k++) {
        v.yes[k] = flags.can[k] && flags.enabled && is_open(s, tool);
        size_t number = id_number(flags.rule[k]);
        v.by[k] = number > 0 ? s->rows[number - 1].row : NULL;
    }
    return v;
}
