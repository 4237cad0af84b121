/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clients that register themselves (RFC 7591), and look after their own row afterwards by a token
 * that is good for nothing else (RFC 7592, "sen_g_").
 */
#ifndef DOMAIN_OAUTH_CLIENT_REGISTER_H
#define DOMAIN_OAUTH_CLIENT_REGISTER_H

#include "domain/oauth/client_metadata.h"

enum { REGISTERED_CLIENTS_MAX = 200 }; /* of an organisation and an origin */

struct registered_client {
    struct row_application app;
    struct token_text secret; /* n == 0: it has none; wipe both */
    struct token_text token;  /* n == 0: it has its own already */
};

/* In act->org: may one more come by itself? E_CONFLICT: too many have. */
err_t client_quota_check(struct act *act, enum app_origin origin) MUST_USE;
/* In act->org. E_CONFLICT: too many; what client_metadata_words refuses. */
err_t client_register(struct act *act, const struct client_metadata *m, const struct names *groups,
                      struct registered_client *ret) MUST_USE;
/* The client whose token this is; act->org is its organisation from here on. E_UNAUTHENTICATED: not
 * that client's, whatever the client. */
err_t client_registration_find(struct act *act, str_t client_id, str_t token,
                               struct row_application *ret) MUST_USE;
/* It says of itself something else. What is left out is as if it had never been said. */
err_t client_registration_change(struct act *act, const struct row_application *app,
                                 const struct client_metadata *m,
                                 struct registered_client *ret) MUST_USE;

#endif
