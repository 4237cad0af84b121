/* SPDX-License-Identifier: Apache-2.0 */
/* Inside domain/access: an application as it would be after a change, and whether its parts go
 * together. */
#ifndef DOMAIN_ACCESS_APP_DRAFT_H
#define DOMAIN_ACCESS_APP_DRAFT_H

#include "domain/access/application.h"

enum {
    CLIENT_ID_MAX = 64,
    /* of a document: its URL, APP_URI_MAX */ SCOPES_MAX = 1024,
    APP_URIS_MAX = 32
};

/* What a new one is before anybody has said anything. */
void draft_defaults(enum app_kind kind, struct row_application *ret);
/* The words of `in` into the row, each checked. E_BAD_FIELD names the word. */
err_t draft_apply(struct act *act, const struct application_in *in,
                  struct row_application *row) MUST_USE;
/* The whole. E_BAD_FIELD. */
err_t draft_check(struct act *act, const struct row_application *row) MUST_USE;
/* The lists of URIs: every one good for its use. E_BAD_FIELD. */
err_t draft_check_uris(struct act *act, const struct application_in *in,
                       const struct row_application *row) MUST_USE;

#endif
