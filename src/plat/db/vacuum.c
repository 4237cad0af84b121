/* SPDX-License-Identifier: Apache-2.0 */
/* Free pages go back to the system in slices (auto_vacuum=INCREMENTAL). */
#include "base/fault.h"
#include "plat/db/dbconn.h"

static err_t free_pages(struct db *db, int64_t *ret)
{
    sqlite3_stmt *st = NULL;
    int rc = fault_here() ? SQLITE_NOMEM
                          : sqlite3_prepare_v2(db->sqlite, "PRAGMA freelist_count", -1, &st, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(st);
    if (rc == SQLITE_ROW)
        *ret = sqlite3_column_int64(st, 0);
    (void)sqlite3_finalize(st); /* its error is rc */
    return rc == SQLITE_ROW ? E_OK : dbconn_error(db, rc);
}

err_t db_vacuum(struct db *db, int64_t keep, int64_t most, int64_t *ret_free)
{
    char text[64];
    int64_t n = 0;
    TRY(free_pages(db, &n));
    if (n > keep) {
        int64_t pages = n - keep < most ? n - keep : most;
        (void)snprintf(text, sizeof text, "PRAGMA incremental_vacuum(%lld)", (long long)pages);
        int rc = sqlite3_exec(db->sqlite, text, NULL, NULL, NULL);
        if (rc != SQLITE_OK)
            return dbconn_error(db, rc);
        TRY(free_pages(db, &n));
    }
    *ret_free = n;
    return E_OK;
}
