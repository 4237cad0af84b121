/* SPDX-License-Identifier: Apache-2.0 */
/* A store with a person and what a client was granted, for the tests of domain/oauth. */
#ifndef TESTS_DOMAIN_OAUTH_WORLD_H
#define TESTS_DOMAIN_OAUTH_WORLD_H

#include "domain/identity/user.h"
#include "domain/oauth/refresh.h"
#include "fleet_world.h"

static inline oid_t user_made(struct world *w, const char *name)
{
    struct row_user_account row;
    str_t email;
    assert_int_equal(str_format(w->store.a, &email, "%s@example.org", name), E_OK);
    struct user_in in = { .username = str_from_cz(name), .email = email };
    assert_int_equal(ACT(w, user_create(&w->act, &in, &row)), E_OK);
    return row.id;
}

/* A grant at this server's own API, and its first refresh token. */
static inline struct row_oauth_grant granted(struct world *w, oid_t user, struct token_text *ret)
{
    struct row_oauth_grant g;
    struct grant_in in = { .kind = GRANT_SIGNIN,
                           .principal_kind = ACTOR_USER,
                           .principal = user,
                           .scope = STR("api"),
                           .life = DUR_HOURS(1) };
    assert_int_equal(ACT(w, grant_open(&w->act, &in, &g)), E_OK);
    assert_int_equal(ACT(w, refresh_issue(&w->act, &g, DUR_DAYS(30), ret)), E_OK);
    return g;
}

static inline str_t token_of(const struct token_text *t)
{
    return str_of(t->p, t->n);
}

static inline bool same_token(const struct token_text *a, const struct token_text *b)
{
    return str_eq(token_of(a), token_of(b));
}

#endif
