/* SPDX-License-Identifier: Apache-2.0 */
/* doctor: the data directory, the keys, the store and the disk below them. */
#include "app/doctor.h"
#include "domain/audit/audit_page.h"
#include "domain/identity/keys.h"
#include "plat/db/inspect.h"
#include "plat/os/file.h"
#include "plat/os/machine.h"
#include "sql/audit.h"

#include <unistd.h>

enum {
    FREE_WARN_MIB = 256,
    FREE_LEAST_MIB = 16,
    FILES_LEAST = 1000,
    FSYNC_SLOW_MS = 50,
    WAL_WARN_MIB = 256,
    CHAINS_MAX = 64,
};
#define CHECK_MAX  DUR_S(5)
#define CLOCK_BACK DUR_S(300) /* SAFETY rule 15 */

void doctor_data(struct doctor *d)
{
    mode_t mode = 0;
    uid_t owner = 0;
    size_t before = d->n;
    static const char *const files[] = { "seneschal.db", "seneschal.db-wal", "ballast" };
    if (d->dir[0] == '\0' || file_owner(d->dir, &mode, &owner) != E_OK) {
        doctor_say(d, SEVERITY_INFO, "`seneschal serve --data DIR` makes it; or name another",
                   "%s: no such directory", d->dir);
        return;
    }
    d->has_dir = access(d->dir, R_OK | X_OK) == 0;
    if (!d->has_dir)
        doctor_say(d, SEVERITY_WARNING, "run doctor as the user of the server, or as root",
                   "%s: uid %u may not look into it", d->dir, (unsigned)geteuid());
    if ((mode & 077) != 0)
        doctor_say(d, SEVERITY_ERROR, "chmod 700", "%s: others may look inside (mode %04o)", d->dir,
                   (unsigned)mode & 07777);
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        mode_t file_mode = 0;
        uid_t file_owner_id = 0;
        const char *path = doctor_below(d, files[i]);
        if (path == NULL || file_owner(path, &file_mode, &file_owner_id) != E_OK)
            continue;
        (void)doctor_is_open(d, path, 077, "part of the store");
        if (file_owner_id != owner)
            doctor_say(d, SEVERITY_ERROR, "chown it to the owner of the directory",
                       "%s: belongs to uid %u, the directory to uid %u", path,
                       (unsigned)file_owner_id, (unsigned)owner);
    }
    if (d->n == before)
        doctor_say(d, SEVERITY_OK, NULL, "%s: closed to others", d->dir);
}

/* With the store, in a transaction that only reads: is this the key of its making? */
static void check_seal(struct doctor *d, const secret_t *master)
{
    CLEANUP(db_closep) struct db *db = NULL;
    CLEANUP(keys_fini) struct keys keys = { 0 };
    const char *store = doctor_below(d, "seneschal.db");
    struct diag why = { 0 };
    if (store == NULL || access(store, R_OK) != 0 || db_open(d->dir, DB_READER, NULL, &db) != E_OK)
        return; /* said by the check of the store */
    if (db_read_begin(db) != E_OK)
        return;
    if (keys_load(db, d->cli->arena, master, &why, &keys) == E_SEALED)
        doctor_say(d, SEVERITY_ERROR, "put the master key back that the store was made with",
                   "the store was made with another master key: a server would be sealed");
    db_read_end(db);
}

void doctor_keys(struct doctor *d)
{
    CLEANUP(secret_wipe) secret_t master = { .n = 0 };
    enum master_key_from from = MASTER_KEY_NONE;
    struct master_key_cfg cfg = {
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread runs here */
        .credentials_dir = getenv("CREDENTIALS_DIRECTORY"),
        .file = config_cz(&d->config, CONF_MASTER_KEY_FILE),
        .dir = d->dir,
    };
    struct diag why = { 0 };
    err_t e = master_key_find(&cfg, &why, &master, &from);
    if (e == E_NOT_FOUND) {
        const char *store = doctor_below(d, "seneschal.db");
        bool sealed = store != NULL && access(store, F_OK) == 0;
        doctor_say(d, sealed ? SEVERITY_ERROR : SEVERITY_INFO,
                   sealed ? "put it back: without it a server is sealed" : NULL, "no master key%s",
                   sealed ? " beside a store" : " yet: the first start makes one");
        return;
    }
    if (e != E_OK) {
        doctor_say(d, SEVERITY_ERROR, "a key file holds 32 bytes or 64 hex digits, mode 0400", "%s",
                   why.text);
        return;
    }
    const char *file = from == MASTER_KEY_OF_FILE  ? cfg.file
                       : from == MASTER_KEY_OF_DIR ? doctor_below(d, MASTER_KEY_FILE)
                                                   : NULL;
    bool open = file != NULL && doctor_is_open(d, file, 077, "the master key");
    if (from == MASTER_KEY_OF_DIR)
        doctor_say(d, SEVERITY_WARNING,
                   "move it to another volume (master_key_file) or make it a systemd credential",
                   "the master key lies beside what it seals: a copy of the directory has both");
    else if (!open)
        doctor_say(d, SEVERITY_OK, NULL, "the master key is %s",
                   from == MASTER_KEY_OF_FILE ? "in a file of its own" : "a systemd credential");
    check_seal(d, &master);
}

static void say_state(struct doctor *d, const struct db_state *s)
{
    unsigned long long mib = (unsigned long long)s->bytes / MIB(1);
    unsigned long long wal = (unsigned long long)s->wal_bytes / MIB(1);
    if (s->complaint[0] != '\0')
        doctor_say(d, SEVERITY_ERROR, "stop the server and restore a backup; keep this copy",
                   "the store is damaged: %s", s->complaint);
    else if (!s->checked)
        doctor_say(d, SEVERITY_INFO,
                   "sqlite3 DIR/seneschal.db 'PRAGMA quick_check' looks at all of it",
                   "%llu MiB: too large to be looked at whole in 5 s", mib);
    else
        doctor_say(d, SEVERITY_OK, NULL, "%llu MiB, whole", mib);
    if (wal >= WAL_WARN_MIB)
        doctor_say(d, SEVERITY_WARNING, "look for a program that keeps the store open for long",
                   "the write-ahead log has %llu MiB", wal);
    if (s->free_bytes > s->bytes / 2 && s->free_bytes > (int64_t)MIB(FREE_WARN_MIB))
        doctor_say(d, SEVERITY_INFO, NULL, "half of the store is empty pages, used again later");
}

void doctor_store(struct doctor *d)
{
    CLEANUP(db_closep) struct db *db = NULL;
    struct db_state s;
    struct diag why = { 0 };
    if (!d->has_dir)
        return;
    err_t e = db_inspect(d->dir, CHECK_MAX, &why, &s);
    if (e == E_NOT_FOUND) {
        doctor_say(d, SEVERITY_INFO, NULL, "none yet: the first start makes it");
        return;
    }
    if (e != E_OK) {
        doctor_say(d, SEVERITY_ERROR, "stop the server and restore a backup; keep this copy", "%s",
                   why.text);
        return;
    }
    say_state(d, &s);
    if (db_open(d->dir, DB_READER, &why, &db) != E_OK)
        doctor_say(d, SEVERITY_ERROR,
                   "an older store is brought up to date by the next start; a newer one wants the "
                   "newer program",
                   "%s", why.text);
}

void doctor_disk(struct doctor *d)
{
    struct machine_disk s;
    if (!d->has_dir || machine_disk(d->dir, &s) != E_OK)
        return;
    unsigned long long mib = s.free_bytes / MIB(1);
    if (s.read_only)
        doctor_say(d, SEVERITY_ERROR, "mount it for writing", "%s: is mounted read-only", d->dir);
    if (mib < FREE_WARN_MIB)
        doctor_say(d, mib < FREE_LEAST_MIB ? SEVERITY_ERROR : SEVERITY_WARNING,
                   "free space: a full disk takes only revocations", "%llu MiB free", mib);
    else
        doctor_say(d, SEVERITY_OK, NULL, "%llu MiB free", mib);
    if (s.files > 0 && s.free_files < FILES_LEAST)
        doctor_say(d, SEVERITY_WARNING, "remove files on this file system", "%llu inodes left",
                   (unsigned long long)s.free_files);
    if (s.fsync.us > DUR_MS(FSYNC_SLOW_MS).us)
        doctor_say(d, SEVERITY_WARNING, "use a disk with a power-safe cache for the data directory",
                   "an fsync takes %lld ms: every answer to a change waits for one",
                   (long long)(s.fsync.us / 1000));
    else if (s.fsync.us > 0)
        doctor_say(d, SEVERITY_OK, NULL, "an fsync takes %lld us", (long long)s.fsync.us);
}

/* The newest event of any chain; 0: none. */
static ts_t newest_event(struct doctor *d)
{
    CLEANUP(db_closep) struct db *db = NULL;
    struct arena *a = d->cli->arena;
    struct sql_audit_chains from = { .n = CHAINS_MAX };
    struct sql_audit_chains_row *chains = NULL;
    size_t n = 0;
    ts_t newest = { 0 };
    const char *store = doctor_below(d, "seneschal.db");
    if (store == NULL || access(store, R_OK) != 0 ||
        db_open(d->dir, DB_READER, NULL, &db) != E_OK ||
        sql_audit_chains(db, a, &from, &chains, &n) != E_OK)
        return newest;
    for (size_t i = 0; i < n; i++) {
        struct audit_page page;
        struct audit_filter of = { .org = chains[i].org };
        if (audit_page_read(db, a, &of, 0, 1, &page) != E_OK || page.n == 0)
            continue;
        ts_t at = page.rows[0].view.at;
        newest = at.us > newest.us ? at : newest;
    }
    return newest;
}

void doctor_clock(struct doctor *d)
{
    static const ts_t least = { 1767225600000000 }; /* 2026-01-01 */
    ts_t now = clock_wall();
    ts_t event = d->has_dir ? newest_event(d) : (ts_t){ 0 };
    size_t before = d->n;
    bool synced = false;
    char at[TS_TEXT];
    ts_format(now, at);
    if (now.us < least.us)
        doctor_say(d, SEVERITY_ERROR, "set the clock", "it is not %.*s", TS_TEXT, at);
    if (event.us > ts_add(now, CLOCK_BACK).us) {
        ts_format(event, at);
        doctor_say(d, SEVERITY_ERROR, "set the clock: tokens, leases and the record go by it",
                   "the record has an event of %.*s: the clock was set back", TS_TEXT, at);
    }
    if (machine_clock_synced(&synced) == E_OK && !synced)
        doctor_say(d, SEVERITY_WARNING, "run a time service (chrony, systemd-timesyncd)",
                   "nothing keeps the clock right");
    if (d->n == before)
        doctor_say(d, SEVERITY_OK, NULL, "%.*s", TS_TEXT, at);
}
