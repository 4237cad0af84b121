/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/audit/topic.h"

#define BIT(t) (1U << TOPIC_##t)
#define MAY(p) (UINT64_C(1) << PERM_##p)

static const struct {
    const char *name;
    uint64_t may;
} topics[TOPIC_COUNT] = {
/* clang-format off */
#define TOPIC(code, name, may) [TOPIC_##code] = { name, may },
#include "domain/audit/topic.def"
#undef TOPIC
    /* clang-format on */
};

struct row {
    const char *name;
    uint32_t bits;
};

/* Events that differ from the others of their subject. */
static const struct row events[] = {
    { "device.heartbeat", 0 }, /* so many that a page would never stand still */
    { "user.language-chosen", 0 },
    { "user.password-changed", BIT(PEOPLE) | BIT(SESSIONS) },
    { "user.signed-out", BIT(PEOPLE) | BIT(SESSIONS) },
    { "user.token-created", BIT(SESSIONS) },
    { "user.token-revoked", BIT(SESSIONS) },
};

/* By the part of its name before the dot. */
static const struct row subjects[] = {
    { "access", BIT(APPLICATIONS) },
    { "access-request", BIT(APPLICATIONS) },
    { "access-rule", BIT(APPLICATIONS) },
    { "agents", BIT(DEVICES) },
    { "application", BIT(APPLICATIONS) },
    { "approval", BIT(APPROVALS) },
    { "assignment", BIT(POLICIES) },
    { "audit", BIT(AUDIT) },
    { "authorization", BIT(SESSIONS) },
    { "client", BIT(APPLICATIONS) },
    { "clock", BIT(ADMIN) },
    { "config", BIT(DEVICES) },
    { "credential", BIT(PEOPLE) },
    { "device", BIT(DEVICES) },
    { "device-code", BIT(SESSIONS) },
    { "enrollment-key", BIT(DEVICES) },
    { "factor", BIT(SESSIONS) },
    { "fleet", BIT(DEVICES) },
    { "forward-auth", BIT(SESSIONS) },
    { "group", BIT(PEOPLE) },
    { "homeassistant", BIT(HOMEASSISTANT) },
    { "identity-provider", BIT(ADMIN) },
    { "invitation", BIT(PEOPLE) },
    { "invitations", BIT(PEOPLE) },
    { "key", BIT(ADMIN) },
    { "limits", BIT(ADMIN) },
    { "log", BIT(ADMIN) },
    { "notice", BIT(NOTICES) },
    { "organisation", BIT(ADMIN) },
    { "permission", BIT(PERMISSIONS) },
    { "policy", BIT(POLICIES) },
    { "request", BIT(AUDIT) },
    { "rollout", BIT(ROLLOUTS) },
    { "schema", BIT(POLICIES) },
    { "secret", BIT(POLICIES) },
    { "server", BIT(TOOLS) },
    { "service-account", BIT(PEOPLE) },
    { "session", BIT(SESSIONS) },
    { "setup", BIT(PEOPLE) },
    { "store", BIT(ADMIN) },
    { "token", BIT(SESSIONS) },
    { "tool", BIT(TOOLS) },
    { "tool-request", BIT(PERMISSIONS) },
    { "user", BIT(PEOPLE) },
    { "webhook", BIT(ADMIN) },
};

const char *topic_name(enum topic t)
{
    return topics[t].name;
}

bool topic_may(enum topic t, perms_t perms)
{
    return (perms.bits & topics[t].may) != 0;
}

static bool row_find(const struct row *rows, size_t n, str_t name, uint32_t *ret)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(name, str_from_cz(rows[i].name))) {
            *ret = rows[i].bits;
            return true;
        }
    }
    return false;
}

bool topics_of(str_t action, uint32_t *ret)
{
    str_t subject = str_sub(action, 0, str_find(action, '.'));
    return row_find(events, ARRAY_LEN(events), action, ret) ||
           row_find(subjects, ARRAY_LEN(subjects), subject, ret);
}
