/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/authz/actor.h"

#include <assert.h>

static_assert(PERM_COUNT < 64, "one bit per permission, and all of them in one word");
static_assert(ROLE_COUNT < 32, "one bit per role");

/* clang-format off */
static const char *const perm_names[PERM_COUNT] = {
#define PERM(code, name, roles) [PERM_##code] = (name),
#include "domain/authz/perm.def"
#undef PERM
};

/* Which roles hold a permission, one bit each. */
#define ROLE(r) (1U << ROLE_##r)
static const uint32_t perm_roles[PERM_COUNT] = {
#define PERM(code, name, roles) [PERM_##code] = (roles) | ROLE(SYSTEM_ADMINISTRATOR),
#include "domain/authz/perm.def"
#undef PERM
};

static const char *const role_names[ROLE_COUNT] = {
    [ROLE_NONE]                 = "none",
    [ROLE_ADMINISTRATOR]        = "administrator",
    [ROLE_OPERATOR]             = "operator",
    [ROLE_AUDITOR]              = "auditor",
    [ROLE_ENROLLER]             = "enroller",
    [ROLE_USER]                 = "user",
    [ROLE_SYSTEM_ADMINISTRATOR] = "system-administrator",
};

static const char *const actor_kind_names[] = {
    [ACTOR_NONE]          = "none",
    [ACTOR_USER]          = "user",
    [ACTOR_SERVICE]       = "service",
    [ACTOR_DEVICE]        = "device",
    [ACTOR_ENROLMENT_KEY] = "enrollment-key",
    [ACTOR_SYSTEM]        = "system",
};
/* clang-format on */

const char *perm_name(enum perm p)
{
    assert(p < PERM_COUNT);
    return perm_names[p];
}

const char *role_name(enum role r)
{
    assert(r < ROLE_COUNT);
    return role_names[r];
}

const char *actor_kind_name(enum actor_kind k)
{
    assert(k < ARRAY_LEN(actor_kind_names));
    return actor_kind_names[k];
}

err_t role_parse(str_t name, enum role *ret)
{
    for (size_t r = ROLE_NONE + 1; r < ROLE_COUNT; r++) {
        if (!str_eq(name, str_from_cz(role_names[r])))
            continue;
        *ret = (enum role)r;
        return E_OK;
    }
    return E_BAD_FIELD;
}

perms_t role_perms(enum role r)
{
    return roles_perms(1U << r);
}

perms_t roles_perms(uint32_t roles)
{
    perms_t all = { 0 };
    for (size_t p = 0; p < PERM_COUNT; p++) {
        if ((perm_roles[p] & roles) != 0)
            all.bits |= UINT64_C(1) << p;
    }
    return all;
}

perms_t perms_all(void)
{
    return (perms_t){ (UINT64_C(1) << PERM_COUNT) - 1 };
}

perms_t perms_but_server(void)
{
    return (perms_t){ perms_all().bits & ~(UINT64_C(1) << PERM_SYSTEM_ADMIN) };
}
