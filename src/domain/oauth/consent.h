/* SPDX-License-Identifier: Apache-2.0 */
/* What a person has allowed a client, so that he is not asked again for the same. */
#ifndef DOMAIN_OAUTH_CONSENT_H
#define DOMAIN_OAUTH_CONSENT_H

#include "domain/access/application.h"

/* Must this person be asked? Not where an administrator has said so for a client of his own. A
 * client that registered itself is always asked about, and so is the built-in one; one on a
 * person's own machine each time, because any program there can say that it is it (RFC 8252
 * section 8.6): it may be another person's who uses the same machine. */
err_t consent_is_due(struct act *act, const struct row_application *app, oid_t user, str_t scope,
                     bool *ret) MUST_USE;
/* He was, and allowed it; what he allowed before stays. */
err_t consent_give(struct act *act, const struct row_application *app, oid_t user,
                   str_t scope) MUST_USE;

#endif
