/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client asks of a person at /oauth2/authorize (RFC 6749 section 4.1.1, OpenID Connect Core
 * 3.1.2): looked at, then kept as a row until it is answered, so that nothing of it can be changed
 * on the way through the sign-in (IDENTITY 64). Its text ("sen_p_") names the row.
 */
#ifndef DOMAIN_OAUTH_AUTH_REQUEST_H
#define DOMAIN_OAUTH_AUTH_REQUEST_H

#include "domain/access/application.h"
#include "sql/oauth.h"

enum oauth_prompt { /* bits */
                    PROMPT_NONE = 1,
                    PROMPT_LOGIN = 2,
                    PROMPT_CONSENT = 4,
                    PROMPT_ACCOUNT = 8
};
enum response_mode { RESPONSE_QUERY = 1, RESPONSE_FORM_POST };

enum { AUTH_REQUESTS_MAX = 20000 }; /* that wait for an answer */
#define AUTH_REQUEST_LIFE   DUR_S(600)
#define PUSHED_REQUEST_LIFE DUR_S(60)

/* As it came; absent members were not sent. */
struct auth_words {
    str_t client_id;
    str_t redirect_uri;
    str_t response_type;
    str_t response_mode;
    str_t scope;
    str_t state;
    str_t nonce;
    str_t code_challenge;
    str_t code_challenge_method;
    const str_t *resource;
    size_t resource_n;
    str_t prompt;
    opt_i64_t max_age;
    str_t login_hint;
    str_t dpop_jkt;
    str_t request;  /* a request object: not taken */
    oid_t hint_sub; /* of an id_token_hint that is genuine; zero: none */
    bool pushed;    /* it came through /oauth2/par, whose client has proven itself */
};

/* May this client be answered there at all? Until this is said nothing goes to redirect_uri. Sets
 * act->org. E_INVALID_REQUEST: no such client, switched off, or not one of its addresses. */
err_t auth_request_client(struct act *act, const struct auth_words *words,
                          struct row_application *ret) MUST_USE;
/* Where an answer to this may go, and how; for errors too. */
enum response_mode auth_response_mode(str_t words);

/* The row that the words make, not stored yet. `issuer`: of this server, whose own resources are
 * below it. Refusals are for the client: E_INVALID_REQUEST, E_UNSUPPORTED_RESPONSE,
 * E_UNAUTHORIZED_CLIENT, E_INVALID_SCOPE, E_INVALID_TARGET, E_REQUEST_OBJECT. */
err_t auth_request_check(struct act *act, const struct auth_words *words,
                         const struct row_application *app, str_t issuer,
                         struct row_auth_request *ret) MUST_USE;

/* Keep it. E_OVERLOADED: too many wait. The caller wipes the text. */
err_t auth_request_save(struct act *act, const struct row_auth_request *row, dur_t life,
                        struct token_text *ret) MUST_USE;
/* E_NOT_FOUND: there is none, it has run out, was answered already, or is of the other kind. */
err_t auth_request_find(struct act *act, str_t text, bool pushed,
                        struct row_auth_request *ret) MUST_USE;
/* It is answered now. E_NOT_FOUND: it was already. */
err_t auth_request_use(struct act *act, const struct row_auth_request *row) MUST_USE;
/* Is what was allowed when it came still allowed? E_INVALID_REQUEST. */
err_t auth_request_still_stands(struct act *act, const struct row_auth_request *row,
                                struct row_application *ret) MUST_USE;

#endif
