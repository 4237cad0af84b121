/* SPDX-License-Identifier: Apache-2.0 */
/* Organisations: tenants. `default` is there from the first start. */
#ifndef DOMAIN_IDENTITY_ORGANISATION_H
#define DOMAIN_IDENTITY_ORGANISATION_H

#include "domain/live/act.h"
#include "sql/identity.h"

/* By slug. E_NOT_FOUND: none, or a disabled one. */
err_t organisation_find(struct act *act, str_t slug, oid_t *ret) MUST_USE;

/* E_CONFLICT: the slug is taken. */
err_t organisation_create(struct act *act, str_t slug, str_t name,
                          struct row_organisation *ret) MUST_USE;
/* In the order of their making, after the id `after`. */
err_t organisation_page(struct act *act, oid_t after, int64_t n, struct row_organisation **ret,
                        size_t *ret_n) MUST_USE;

#endif
