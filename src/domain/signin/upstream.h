/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Other issuers of identity (OpenID Connect): which there are, who of theirs is whom here. A person
 * is known by (issuer, sub) and nothing else. All in act->org; changes on the writer.
 */
#ifndef DOMAIN_SIGNIN_UPSTREAM_H
#define DOMAIN_SIGNIN_UPSTREAM_H

#include "domain/identity/account.h"
#include "domain/signin/upstream_token.h"
#include "sql/identity.h"
#include "sql/upstream.h"

enum {
    PROVIDER_NAME_MAX = 32,
    PROVIDER_TITLE_MAX = 64,
    PROVIDER_ISSUER_MAX = 512,
    PROVIDER_SECRET_MAX = 512,
    PROVIDER_GROUPS_MAX = 100,
};
#define UPSTREAM_WAY_LIFE DUR_S(600)

struct provider_map { /* value of the claim -> group, by id or name */
    str_t value;
    str_t group;
};

struct provider_in { /* in a change: absent leaves it as it is, empty text clears it */
    str_t name;      /* only of a new one */
    str_t title;
    str_t issuer; /* only of a new one */
    str_t client_id;
    str_t client_secret;
    str_t scopes;
    str_t groups_claim;
    str_t audience;
    str_t status;
    opt_bool_t sign_up;
    opt_bool_t link_email;
    const struct provider_map *map;
    size_t map_n;
    bool map_set;
};

/* E_BAD_FIELD, E_CONFLICT: name or issuer is there already. */
err_t provider_create(struct act *act, const struct provider_in *in,
                      struct row_provider *ret) MUST_USE;
err_t provider_get(struct act *act, oid_t id, struct row_provider *ret) MUST_USE;
/* By its name, and active. E_NOT_FOUND. */
err_t provider_named(struct act *act, str_t name, struct row_provider *ret) MUST_USE;
err_t provider_change(struct act *act, const struct row_provider *old, const struct provider_in *in,
                      struct row_provider *ret) MUST_USE;
/* By the settings: tokens of this issuer are taken for this audience. It is not on the page to sign
 * in until somebody gives it a title. */
err_t provider_accept(struct act *act, str_t issuer, str_t audience) MUST_USE;
/* With its links: whoever came by it alone cannot sign in any more. */
err_t provider_delete(struct act *act, oid_t id) MUST_USE;
/* Its secret, in the arena, which the caller wipes; empty: a public client. E_CORRUPT. */
err_t provider_secret(struct act *act, const struct row_provider *row, str_t *ret) MUST_USE;

/*
 * Who of ours that is. Where nobody is linked yet: by a verified address, if the issuer may
 * (link_email); else a new account, if it may (sign_up). *ret_new: an account was made.
 * E_FORBIDDEN: nobody is linked.
 */
err_t upstream_person(struct act *act, const struct row_provider *p,
                      const struct upstream_identity *who, oid_t *ret_user, bool *ret_new) MUST_USE;
/* Groups that the mapping names follow his claim; all others stay as they are. */
err_t upstream_groups(struct act *act, const struct row_provider *p,
                      const struct upstream_identity *who, oid_t user) MUST_USE;
/* By an administrator, who must have every right of the person. E_FORBIDDEN too: the person
 * administers the whole server, and no issuer signs him in. E_CONFLICT: the sub is linked. */
err_t provider_link(struct act *act, oid_t provider, str_t sub, oid_t user,
                    struct row_user_account *ret) MUST_USE;
/* Who is linked already; nothing changes. E_NOT_FOUND. E_FORBIDDEN as above. */
err_t upstream_linked(struct act *act, const struct row_provider *provider, str_t sub,
                      oid_t *ret_user) MUST_USE;

/* nonce and PKCE verifier of a way there, derived from its state: nothing of them is stored. */
struct upstream_proofs {
    char nonce[43];
    char verifier[43];
    char challenge[43]; /* S256 (RFC 7636 section 4.2) */
};
void upstream_proofs_of(const struct act *act, str_t state, struct upstream_proofs *ret);

/* End the sessions that came from there. E_CONFLICT: this token was taken before. */
err_t upstream_logout(struct act *act, oid_t provider, const struct upstream_gone *gone,
                      size_t *ret_n) MUST_USE;

#endif
