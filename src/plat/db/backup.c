/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/db/backup.h"

#include "base/fault.h"
#include "plat/db/dbconn.h"

#include <errno.h>
#include <unistd.h>

enum { STEP_PAGES = 256, PAGE_BYTES = 4096 };
#define BACKUP_MAX DUR_HOURS(1)

/* No journal: a copy that is not finished is thrown away. It is synced once, as a whole. */
static const char copy_text[] = "PRAGMA journal_mode=OFF;"
                                "PRAGMA synchronous=OFF;";

static err_t copy_refuse(int rc, const char *to, struct diag *why)
{
    bool full = (rc & 0xff) == SQLITE_FULL;
    return FAIL(why, full ? E_DISK_FULL : E_STORE_UNREACHABLE, "%s: %s", to, sqlite3_errstr(rc));
}

/* One read transaction holds the moment: without it each change would begin the copy anew. */
static int copy_run(struct db *from, sqlite3 *copy, const struct watch *watch)
{
    int rc =
        sqlite3_exec(from->sqlite, "BEGIN; SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        return rc;
    sqlite3_backup *b =
        fault_here() ? NULL : sqlite3_backup_init(copy, "main", from->sqlite, "main");
    if (b == NULL)
        return SQLITE_NOMEM;
    do {
        rc = fault_here() ? SQLITE_FULL : sqlite3_backup_step(b, STEP_PAGES);
        int64_t total = (int64_t)sqlite3_backup_pagecount(b) * PAGE_BYTES;
        watch_tell(watch, total - (int64_t)sqlite3_backup_remaining(b) * PAGE_BYTES, total);
    } while (rc == SQLITE_OK);
    int end = sqlite3_backup_finish(b);
    return rc == SQLITE_DONE ? end : rc;
}

static err_t copy_make(const char *dir, const char *to, const struct watch *watch, struct diag *why)
{
    CLEANUP(db_closep) struct db *from = NULL;
    sqlite3 *copy = NULL;
    TRY(dbconn_open(dir, DB_READER, why, &from));
    from->deadline = (dur_t){ clock_mono().us + BACKUP_MAX.us };
    from->in_read = true; /* one deadline for all of it */
    /* It takes no locks: the file is ours, and locks of its own may not go with that of its maker.
     */
    int rc = sqlite3_open_v2(to, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, "unix-none");
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(copy, copy_text, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = copy_run(from, copy, watch);
    int closed = sqlite3_close(copy);
    if (rc == SQLITE_OK)
        rc = closed;
    return rc == SQLITE_OK ? E_OK : copy_refuse(rc, to, why);
}

static err_t copy_sync(int fd, const char *to, struct diag *why)
{
    if (fault_here() || fsync(fd) != 0)
        return FAIL(why, E_IO, "%s: fsync: %s", to, strerrordesc_np(errno));
    return E_OK;
}

err_t db_backup(const char *dir, const char *to, int fd, const struct watch *watch,
                struct diag *why)
{
    TRY(copy_make(dir, to, watch, why));
    return copy_sync(fd, to, why);
}
