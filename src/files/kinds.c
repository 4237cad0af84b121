/* SPDX-License-Identifier: Apache-2.0 */
#include "files/kinds.h"

static file_row_name_f assignment_name;
static file_row_name_f permission_name;

/* clang-format off */
static const struct file_member organisation_members[] = {
    { .name = "name", .compare = COMPARE_FIXED },
};
static const struct file_member group_members[] = {
    { .name = "priority" },
    { .name = "roles", .compare = COMPARE_SET },
};
static const struct file_member service_members[] = {
    { .name = "status", .later = true },
    { .name = "roles", .compare = COMPARE_SET },
    { .name = "groups", .compare = COMPARE_SET, .names = "groups", .apart = true },
};
static const struct file_member application_members[] = {
    { .name = "kind", .compare = COMPARE_FIXED },
    { .name = "client_id", .compare = COMPARE_FIXED },
    { .name = "status", .later = true },
    { .name = "description" },
    { .name = "icon" },
    { .name = "launch_url" },
    { .name = "host" },
    { .name = "admin" },
    { .name = "client_type" },
    { .name = "auth_method" },
    { .name = "redirect_uris", .compare = COMPARE_SET },
    { .name = "post_logout_redirect_uris", .compare = COMPARE_SET },
    { .name = "resources", .compare = COMPARE_SET },
    { .name = "origins", .compare = COMPARE_SET },
    { .name = "grants", .compare = COMPARE_SET },
    { .name = "scopes", .compare = COMPARE_SET },
    { .name = "id_token_alg" },
    { .name = "native" },
    { .name = "pkce" },
    { .name = "par" },
    { .name = "dpop" },
    { .name = "consent" },
    { .name = "access_life_s" },
    { .name = "refresh_life_s" },
    { .name = "refresh_grace_s" },
    { .name = "jwks" },
    { .name = "jwks_uri" },
    { .name = "backchannel_logout_uri" },
    { .name = "groups", .compare = COMPARE_SET, .names = "groups", .apart = true },
    { .name = "service_accounts", .compare = COMPARE_SET, .names = "service_accounts", .apart = true },
};
static const struct file_member rule_members[] = {
    { .name = "effect" },
    { .name = "status" },
    { .name = "application", .names = "applications" },
    { .name = "position" },
    { .name = "max_age_s" },
    { .name = "groups_any", .compare = COMPARE_SET, .names = "groups" },
    { .name = "groups_all", .compare = COMPARE_SET, .names = "groups" },
    { .name = "cidr", .compare = COMPARE_SET },
    { .name = "not_cidr", .compare = COMPARE_SET },
    { .name = "weekdays", .compare = COMPARE_SET },
    { .name = "hours" },
    { .name = "tz" },
    { .name = "mfa" },
    { .name = "mfa_max_age_s" },
    { .name = "clients", .compare = COMPARE_SET },
    { .name = "scopes", .compare = COMPARE_SET },
    { .name = "device_level" },
    { .name = "when" },
};
static const struct file_member policy_members[] = {
    { .name = "description" },
    { .name = "content", .apart = true },
    { .name = "locked", .compare = COMPARE_SET, .apart = true },
    { .name = "enabled", .apart = true },
};
static const struct file_member assignment_members[] = {
    { .name = "policy", .compare = COMPARE_FIXED, .names = "policies" },
    { .name = "scope", .compare = COMPARE_FIXED },
    { .name = "group", .compare = COMPARE_FIXED, .names = "groups" },
    { .name = "priority" },
    { .name = "number" },
};
static const struct file_member webhook_members[] = {
    { .name = "description" },
    { .name = "url" },
    { .name = "format" },
    { .name = "status" },
    { .name = "events", .compare = COMPARE_SET },
    { .name = "group", .names = "groups" },
    { .name = "application", .names = "applications" },
    { .name = "event_type" },
    { .name = "ref" },
    { .name = "priority" },
    { .name = "tags" },
    { .name = "template" },
    { .name = "token", .compare = COMPARE_SECRET },
    { .name = "headers", .compare = COMPARE_SECRET },
    { .name = "values", .compare = COMPARE_SECRET },
};

static const struct file_member upstream_members[] = {
    { .name = "transport", .compare = COMPARE_FIXED },
    { .name = "prefix" },
    { .name = "title" },
    { .name = "url" },
    { .name = "command" },
    { .name = "status" },
    { .name = "pinning" },
    { .name = "per_user" },
    { .name = "parallel_max" },
    { .name = "queue_max" },
    { .name = "timeout_ms" },
    { .name = "message_max" },
    { .name = "env", .compare = COMPARE_SECRET },
    { .name = "headers", .compare = COMPARE_SECRET },
};
static const struct file_member permission_members[] = {
    { .name = "tool", .compare = COMPARE_FIXED, .names = "upstreams", .place = true },
    { .name = "group", .compare = COMPARE_FIXED, .names = "groups" },
    { .name = "service_account", .compare = COMPARE_FIXED, .names = "service_accounts" },
    { .name = "user", .compare = COMPARE_FIXED },
    { .name = "machine", .compare = COMPARE_FIXED },
    { .name = "everybody", .compare = COMPARE_FIXED },
    { .name = "can_read" },
    { .name = "can_write" },
    { .name = "can_execute" },
    { .name = "is_enabled" },
    { .name = "approval" },
    { .name = "arguments" },
    { .name = "device", .compare = COMPARE_LOOSE },
};

#define MEMBERS(list) .members = (list), .members_n = ARRAY_LEN(list)
const struct file_kind file_kinds[] = {
    { "organisations", "organisation", "/organisations", "organisation", "slug",
      .optional = true, .stays = true, MEMBERS(organisation_members) },
    { "groups", "group", "/groups", "group", "name", MEMBERS(group_members) },
    { "service_accounts", "service account", "/service-accounts", "service-account", "name",
      MEMBERS(service_members) },
    { "applications", "application", "/applications", "application", "name", MEMBERS(application_members) },
    { "access_rules", "access rule", "/access-rules", "access-rule", "name", MEMBERS(rule_members) },
    { "policies", "policy", "/policies", "policy", "name", MEMBERS(policy_members) },
    { "assignments", "assignment", "/assignments", "assignment", NULL,
      .list = true, .row_name = assignment_name, .wants = "policy and scope", MEMBERS(assignment_members) },
    { "webhooks", "webhook", "/webhooks", "webhook", "name", MEMBERS(webhook_members) },
    { "upstreams", "upstream", "/gateway/servers", "server", "name", MEMBERS(upstream_members) },
    { "permissions", "permission", "/permissions", "permission", NULL,
      .list = true, .row_name = permission_name,
      .wants = "a tool (SERVER/TOOL, SERVER/* or *), and one of group, service_account, user, machine, everybody: true",
      MEMBERS(permission_members) },
};
/* clang-format on */
const size_t file_kinds_n = ARRAY_LEN(file_kinds);

const struct file_kind *file_kind_find(str_t section)
{
    for (size_t i = 0; i < file_kinds_n; i++) {
        if (str_eq(section, str_from_cz(file_kinds[i].section)))
            return &file_kinds[i];
    }
    return NULL;
}

const struct file_member *file_member_find(const struct file_kind *k, str_t name)
{
    for (size_t i = 0; i < k->members_n; i++) {
        if (str_eq(name, str_from_cz(k->members[i].name)))
            return &k->members[i];
    }
    return NULL;
}

static str_t text_of(const struct json *row, const char *name)
{
    const struct json *v = json_member(row, str_from_cz(name));
    return v != NULL && json_type(v) == JSON_STRING ? json_string(v) : STR_NONE;
}

static err_t assignment_name(struct arena *a, const struct json *row, str_t *ret)
{
    str_t policy = text_of(row, "policy");
    str_t scope = text_of(row, "scope");
    str_t group = text_of(row, "group");
    if (policy.p == NULL || scope.p == NULL)
        return E_BAD_FIELD;
    return str_format(a, ret, "%.*s for %.*s%s%.*s", STR_ARG(policy), STR_ARG(scope),
                      group.n > 0 ? " " : "", STR_ARG(group));
}

static bool says(const struct json *row, const char *member)
{
    const struct json *v = json_member(row, str_from_cz(member));
    if (v == NULL || json_type(v) == JSON_NULL)
        return false;
    return json_type(v) != JSON_BOOL || json_bool(v);
}

err_t file_permission_of(const struct json *row, const char **ret)
{
    static const char *const members[] = { "group", "service_account", "user", "machine",
                                           "everybody" };
    const char *found = NULL;
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        if (!says(row, members[i]))
            continue;
        bool everybody = i + 1 == ARRAY_LEN(members);
        if (found != NULL || (!everybody && text_of(row, members[i]).n == 0))
            return E_BAD_FIELD;
        found = members[i];
    }
    if (found == NULL)
        return E_BAD_FIELD;
    *ret = found;
    return E_OK;
}

str_t file_tool_server(str_t tool)
{
    size_t slash = str_find(tool, '/');
    return slash < tool.n ? str_sub(tool, 0, slash) : STR_NONE;
}

static err_t permission_name(struct arena *a, const struct json *row, str_t *ret)
{
    str_t tool = text_of(row, "tool");
    str_t server = file_tool_server(tool);
    const char *whose;
    if (!str_eq(tool, STR("*")) && (server.n == 0 || server.n + 1 == tool.n))
        return E_BAD_FIELD;
    TRY(file_permission_of(row, &whose));
    str_t name = text_of(row, whose);
    return str_format(a, ret, "%.*s for %s%s%.*s", STR_ARG(tool), whose, name.n > 0 ? " " : "",
                      STR_ARG(name));
}

const struct json *world_object(const struct json *world, const struct file_kind *k, str_t name)
{
    const struct json *section = json_member(world, str_from_cz(k->section));
    return section == NULL ? NULL : json_member(section, name);
}

struct json *world_section(struct json *world, const struct file_kind *k)
{
    struct json *section = json_member_mut(world, str_from_cz(k->section));
    if (section != NULL)
        return section;
    section = json_new_object();
    if (section == NULL || json_set(world, str_from_cz(k->section), section) != E_OK)
        return NULL;
    return section;
}
