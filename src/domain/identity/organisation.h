/* SPDX-License-Identifier: Apache-2.0 */
/* Organisations: tenants. `default` is there from the first start. */
#ifndef DOMAIN_IDENTITY_ORGANISATION_H
#define DOMAIN_IDENTITY_ORGANISATION_H

#include "domain/live/act.h"

/* By slug. E_NOT_FOUND: none, or a disabled one. */
err_t organisation_find(struct act *act, str_t slug, oid_t *ret) MUST_USE;

#endif
