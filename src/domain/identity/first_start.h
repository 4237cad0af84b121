/* SPDX-License-Identifier: Apache-2.0 */
/* What an empty store needs before it can serve: the store's id and the organisation `default`. */
#ifndef DOMAIN_IDENTITY_FIRST_START_H
#define DOMAIN_IDENTITY_FIRST_START_H

#include "base/clock.h"
#include "plat/db/db.h"

/* In the caller's transaction; on a store that has been started before it only finds `default`. */
err_t first_start(struct db *db, struct arena *a, ts_t now, oid_t *ret_default_org) MUST_USE;

#endif
