/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Grants: what a principal gave a client, one lineage of tokens. Everything that was issued by one
 * names it, and is dead with it. A grant lives as long as everything that it stands on: its
 * organisation, its principal, its session and its application.
 */
#ifndef DOMAIN_OAUTH_GRANT_H
#define DOMAIN_OAUTH_GRANT_H

#include "domain/live/act.h"
#include "plat/crypto/crypto.h"
#include "sql/oauth.h"

/* The numbers are those of the column oauth_grant.kind. */
enum grant_kind { GRANT_NONE, GRANT_CODE, GRANT_DEVICE, GRANT_SIGNIN, GRANT_EXCHANGE };

struct grant_in {
    enum grant_kind kind;
    oid_t application; /* zero: this server's own API */
    enum actor_kind principal_kind;
    oid_t principal;
    oid_t session; /* zero: none */
    str_t scope;   /* separated by spaces; absent: none */
    str_t resource;
    str_t dpop_jkt; /* absent: its tokens are not bound */
    dur_t life;     /* grant_extend() makes it longer */
};

/* In act->org. */
err_t grant_open(struct act *act, const struct grant_in *in, struct row_oauth_grant *ret) MUST_USE;
/* E_INVALID_GRANT: it, or something that it stands on, has ended. */
err_t grant_get_live(struct act *act, oid_t id, struct row_oauth_grant *ret) MUST_USE;
/* It lasts until `until`, if it did not already. */
err_t grant_extend(struct act *act, oid_t id, ts_t until) MUST_USE;
/* With everything that was issued by it; of one that has ended already nothing changes. `reason`:
 * a word for the record ("revoked", "code-reused"). */
err_t grant_end(struct act *act, const struct row_oauth_grant *grant, str_t reason) MUST_USE;

/* What has run out long enough to be forgotten goes, at most `limit` of each: requests, refresh
 * tokens, grants with their codes. */
err_t oauth_expire(struct act *act, int64_t limit, bool *ret_more) MUST_USE;

#endif
