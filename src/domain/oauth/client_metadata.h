/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client says of itself (RFC 7591 section 2). It gets what any stranger may have: people are
 * asked, it speaks for nobody but them, and it reaches our own API never.
 */
#ifndef DOMAIN_OAUTH_CLIENT_METADATA_H
#define DOMAIN_OAUTH_CLIENT_METADATA_H

#include "domain/access/application.h"

enum { METADATA_URIS_MAX = 16, METADATA_NAME_MAX = 128 };

struct client_metadata {
    str_t client_name; /* absent members: not said */
    str_t application_type;
    str_t auth_method;
    str_t scope;
    str_t jwks;
    str_t jwks_uri;
    str_t logo_uri;
    str_t client_uri;
    struct names redirect_uris;
    struct names grant_types;
    struct names response_types;
};

/* As the words of an application. E_BAD_REDIRECT_URI, E_BAD_METADATA. */
err_t client_metadata_words(struct act *act, const struct client_metadata *m,
                            struct application_in *ret) MUST_USE;
/* A refusal of the application's words, by the names that a stranger knows: E_BAD_METADATA for
 * E_BAD_FIELD; any other as it is. */
err_t client_metadata_error(struct act *act, err_t e) MUST_USE;

#endif
