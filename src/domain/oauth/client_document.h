/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clients whose client_id is the https URL of a document that says what they are
 * (draft-ietf-oauth-client-id-metadata-document). The row of such a client is made when it first
 * asks, and follows its document; it is held to what client_metadata.h says of every stranger.
 */
#ifndef DOMAIN_OAUTH_CLIENT_DOCUMENT_H
#define DOMAIN_OAUTH_CLIENT_DOCUMENT_H

#include "domain/oauth/client_metadata.h"

/* What administrators choose is a slug: it is never taken for a URL. */
bool client_id_is_url(str_t client_id);
/* Section 3 of the draft, and no query. What is wanted otherwise, else NULL. Pure. */
const char *client_document_url_flaw(str_t url);

/* Fetched, and its client_id compared with `url` already. */
struct client_document {
    str_t url;
    digest_t hash; /* of its bytes: is it still what the row was made from? */
    struct client_metadata metadata;
};
enum client_document_end { CLIENT_DOCUMENT_SAME, CLIENT_DOCUMENT_NEW, CLIENT_DOCUMENT_CHANGED };

/* Row and document agree after this; one that an administrator has switched off stays as it is.
 * E_BAD_METADATA, E_BAD_REDIRECT_URI; E_CONFLICT: too many. */
err_t client_document_keep(struct act *act, const struct client_document *doc,
                           const struct names *groups, struct row_application *ret,
                           enum client_document_end *ret_end) MUST_USE;

#endif
