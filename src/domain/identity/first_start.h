/* SPDX-License-Identifier: Apache-2.0 */
/* What an empty store needs before it can serve: the store's id and the organisation `default`. */
#ifndef DOMAIN_IDENTITY_FIRST_START_H
#define DOMAIN_IDENTITY_FIRST_START_H

#include "domain/live/act.h"

/* In the caller's transaction; on a store that has been started before it finds `default`, and
 * makes what that store is too old to have. */
err_t first_start(struct act *act, oid_t *ret_default_org) MUST_USE;

#endif
