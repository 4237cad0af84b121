/* SPDX-License-Identifier: Apache-2.0 */
/* Authorization codes ("sen_a_"): each is good once, for a minute, for the client that asked, with
 * the words that it asked with. */
#ifndef DOMAIN_OAUTH_CODE_H
#define DOMAIN_OAUTH_CODE_H

#include "domain/oauth/grant.h"

#define CODE_LIFE DUR_S(60)

struct code_in {
    oid_t application;
    oid_t user;
    oid_t session;
    str_t scope;
    str_t resource;
    str_t redirect_uri;
    str_t challenge; /* 32 bytes; absent: none was sent */
    str_t nonce;
    str_t dpop_jkt;
};
/* With the grant that it stands for, in act->org. The caller wipes the text. */
err_t code_issue(struct act *act, const struct code_in *in, struct token_text *ret) MUST_USE;

struct code_ask {
    str_t text;
    oid_t application; /* that has proven itself */
    str_t redirect_uri;
    str_t verifier; /* absent: not sent */
};
enum code_found {
    CODE_NONE,
    CODE_GOOD,
    CODE_REUSED, /* its grant was ended: that must be committed, and the request refused */
};
struct code_out {
    enum code_found found;
    struct row_oauth_grant grant;
    str_t nonce; /* absent: none was sent */
};
/* E_INVALID_GRANT: not known, run out, another client's, another redirect_uri or verifier; nothing
 * has changed then. */
err_t code_redeem(struct act *act, const struct code_ask *ask, struct code_out *ret) MUST_USE;

#endif
