/* SPDX-License-Identifier: Apache-2.0 */
/* Inside plat/db: is the schema of an open store the newest that this program knows? */
#ifndef PLAT_DB_MIGRATE_H
#define PLAT_DB_MIGRATE_H

#include "plat/db/db.h"

/* E_CORRUPT: a migration is missing, was edited, or is newer than this program; or the file is
 * another program's. */
err_t migrate_check(struct db *db, struct diag *why) MUST_USE;

#endif
