/* SPDX-License-Identifier: Apache-2.0 */
#include "files/kinds.h"

/* clang-format off */
static const struct file_member organisation_members[] = {
    { "name", COMPARE_FIXED, NULL, false },
};
static const struct file_member group_members[] = {
    { "priority", COMPARE_VALUE, NULL, false },
    { "roles",    COMPARE_SET,   NULL, false },
};
static const struct file_member service_members[] = {
    { "status", COMPARE_VALUE, NULL,     false },
    { "roles",  COMPARE_SET,   NULL,     false },
    { "groups", COMPARE_SET,   "groups", true },
};
static const struct file_member application_members[] = {
    { "kind",                      COMPARE_FIXED, NULL, false },
    { "client_id",                 COMPARE_FIXED, NULL, false },
    { "status",                    COMPARE_VALUE, NULL, false },
    { "description",               COMPARE_VALUE, NULL, false },
    { "icon",                      COMPARE_VALUE, NULL, false },
    { "launch_url",                COMPARE_VALUE, NULL, false },
    { "host",                      COMPARE_VALUE, NULL, false },
    { "admin",                     COMPARE_VALUE, NULL, false },
    { "client_type",               COMPARE_VALUE, NULL, false },
    { "auth_method",               COMPARE_VALUE, NULL, false },
    { "redirect_uris",             COMPARE_SET,   NULL, false },
    { "post_logout_redirect_uris", COMPARE_SET,   NULL, false },
    { "resources",                 COMPARE_SET,   NULL, false },
    { "origins",                   COMPARE_SET,   NULL, false },
    { "grants",                    COMPARE_SET,   NULL, false },
    { "scopes",                    COMPARE_SET,   NULL, false },
    { "id_token_alg",              COMPARE_VALUE, NULL, false },
    { "native",                    COMPARE_VALUE, NULL, false },
    { "pkce",                      COMPARE_VALUE, NULL, false },
    { "par",                       COMPARE_VALUE, NULL, false },
    { "dpop",                      COMPARE_VALUE, NULL, false },
    { "consent",                   COMPARE_VALUE, NULL, false },
    { "access_life_s",             COMPARE_VALUE, NULL, false },
    { "refresh_life_s",            COMPARE_VALUE, NULL, false },
    { "refresh_grace_s",           COMPARE_VALUE, NULL, false },
    { "jwks",                      COMPARE_VALUE, NULL, false },
    { "jwks_uri",                  COMPARE_VALUE, NULL, false },
    { "backchannel_logout_uri",    COMPARE_VALUE, NULL, false },
    { "groups",                    COMPARE_SET,   "groups",           true },
    { "service_accounts",          COMPARE_SET,   "service_accounts", true },
};
static const struct file_member policy_members[] = {
    { "description", COMPARE_VALUE, NULL, false },
    { "content",     COMPARE_VALUE, NULL, true },
    { "locked",      COMPARE_SET,   NULL, true },
    { "enabled",     COMPARE_VALUE, NULL, true },
};
static const struct file_member assignment_members[] = { /* the first three are its name */
    { "policy",   COMPARE_FIXED, "policies", false },
    { "scope",    COMPARE_FIXED, NULL,       false },
    { "group",    COMPARE_FIXED, "groups",   false },
    { "priority", COMPARE_VALUE, NULL,       false },
    { "number",   COMPARE_VALUE, NULL,       false },
};

#define KIND(section, noun, path, target, key, is_list, optional, members) \
    { section, noun, path, target, key, is_list, optional, members, ARRAY_LEN(members) }
const struct file_kind file_kinds[] = {
    KIND("organisations",    "organisation",    "/organisations",    "organisation",    "slug", false, true,  organisation_members),
    KIND("groups",           "group",           "/groups",           "group",           "name", false, false, group_members),
    KIND("service_accounts", "service account", "/service-accounts", "service-account", "name", false, false, service_members),
    KIND("applications",     "application",     "/applications",     "application",     "name", false, false, application_members),
    KIND("policies",         "policy",          "/policies",         "policy",          "name", false, false, policy_members),
    KIND("assignments",      "assignment",      "/assignments",      "assignment",      NULL,   true,  false, assignment_members),
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

err_t file_row_name(struct arena *a, const struct file_kind *k, const struct json *row, str_t *ret)
{
    str_t policy = text_of(row, k->members[0].name);
    str_t scope = text_of(row, k->members[1].name);
    str_t group = text_of(row, k->members[2].name);
    if (policy.p == NULL || scope.p == NULL)
        return E_BAD_FIELD;
    return str_format(a, ret, "%.*s for %.*s%s%.*s", STR_ARG(policy), STR_ARG(scope),
                      group.n > 0 ? " " : "", STR_ARG(group));
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
