/* SPDX-License-Identifier: Apache-2.0 */
/* Which client asks, and has it proven that (RFC 6749 section 2.3)? */
#ifndef DOMAIN_OAUTH_CLIENT_H
#define DOMAIN_OAUTH_CLIENT_H

#include "domain/access/application.h"

/* What came with a request; absent members were not sent. */
struct client_proof {
    str_t basic_id; /* of the Authorization field, decoded */
    str_t basic_secret;
    str_t post_id; /* client_id of the form: of a public client the only word */
    str_t post_secret;
};

/*
 * The client, which acts in its organisation from here on (act->org). E_INVALID_REQUEST: it says
 * who it is in two ways. E_INVALID_CLIENT: not known, switched off, or it proves too little, or
 * something that a public client cannot have; which of these it is, is not said.
 */
err_t client_authenticate(struct act *act, const struct client_proof *proof,
                          struct row_application *ret) MUST_USE;
/* E_UNAUTHORIZED_CLIENT. */
err_t client_may(struct act *act, const struct row_application *app, enum app_grant grant) MUST_USE;

/* How long what it is given lasts: its own words, else the server's. */
struct token_lives {
    dur_t access;
    dur_t refresh;
};
struct token_lives client_lives(const struct row_application *app, struct token_lives server);
dur_t client_grace(const struct row_application *app);

#endif
