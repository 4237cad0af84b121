/* SPDX-License-Identifier: Apache-2.0 */
/* The page that asks a person: which client, what it may do in words, and where the answer goes. */
#ifndef API_CONSENT_PAGE_H
#define API_CONSENT_PAGE_H

#include "api/request.h"
#include "domain/access/application.h"
#include "sql/oauth.h"

struct html;

struct consent_ask {
    const struct row_application *app;
    const struct row_auth_request *row;
    str_t text; /* that names the request */
};
err_t consent_page(struct request *rq, const struct consent_ask *ask) MUST_USE;
/* The scopes as a list of sentences; one that has none stands as it is. */
void scopes_in_words(struct html *h, str_t scope);

#endif
