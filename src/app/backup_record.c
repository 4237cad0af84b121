/* SPDX-License-Identifier: Apache-2.0 */
#include "app/backup_record.h"

#include "app/admin_socket.h"
#include "app/write_wait.h"
#include "base/num.h"
#include "domain/audit/audit.h"
#include "domain/identity/organisation.h"
#include "plat/crypto/crypto.h"
#include "plat/os/file.h"

#include <poll.h>
#include <unistd.h>

enum { RECORD_ARENA_MAX = 64 * 1024, LOOK_MS = 20 };
#define SERVER_STARTS_MAX DUR_S(30)
#define BACKED_UP         STR("store.backed-up")

struct record_job {
    struct write_wait wait;
    struct audit *audit;
    struct arena *arena;
    str_t action;
    struct backup_told told;
    uid_t uid;
};

/* The chain of the organisation whose administrators look after the whole server, as for copies
 * that are made through the API; a store so old that this cannot be asked has it in `system`. */
static oid_t record_org(struct db *db, struct arena *a)
{
    struct act act = { .arena = a, .db = db };
    oid_t org = { 0 };
    err_ignore(organisation_find(&act, STR("default"), &org)); /* zero then */
    return org;
}

static err_t record_append(struct record_job *job, struct db *db)
{
    const struct backup_told *t = &job->told;
    struct audit_event e = { .org = record_org(db, job->arena),
                             .action = job->action,
                             .actor_kind = ACTOR_SYSTEM,
                             .target_kind = STR("backup"),
                             .target_name = str_is_utf8(t->name) ? t->name : STR_NONE };
    str_t sha256 = STR("");
    if (t->sha256.n > 0)
        TRY(str_format(job->arena, &sha256, "\"sha256\":\"%.*s\",", STR_ARG(t->sha256)));
    TRY(str_format(job->arena, &e.details, "{\"bytes\":%lld,%.*s\"uid\":%u}", (long long)t->bytes,
                   STR_ARG(sha256), (unsigned)job->uid));
    return audit_append(job->audit, db, job->arena, &e);
}

static err_t record_run(struct write_job *write, struct db *db)
{
    struct record_job *job = CONTAINER_OF(write, struct record_job, wait.write);
    arena_reset(job->arena);
    return record_append(job, db);
}

/* ---- asked by the server ---- */

/* "BYTES SHA256 NAME" */
static err_t told_parse(str_t line, struct backup_told *ret)
{
    static const char digits[] = "0123456789abcdef";
    struct backup_told t = { 0 };
    str_t bytes = STR_NONE;
    if (!str_split(&line, ' ', &bytes) || num_parse_i64(bytes, &t.bytes) != E_OK || t.bytes < 0 ||
        !str_split(&line, ' ', &t.sha256) || t.sha256.n != 2 * (size_t)SHA256_SIZE)
        return E_BAD_FIELD;
    for (size_t i = 0; i < t.sha256.n; i++) {
        if (memchr(digits, t.sha256.p[i], sizeof digits - 1) == NULL)
            return E_BAD_FIELD;
    }
    t.name = line;
    *ret = t;
    return E_OK;
}

err_t backup_record_take(struct services *sv, str_t line, uid_t uid, struct diag *why)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(RECORD_ARENA_MAX);
    struct record_job job = { .wait.write.run = record_run,
                              .audit = sv->audit,
                              .arena = arena,
                              .action = BACKED_UP,
                              .uid = uid };
    if (arena == NULL)
        return E_NO_MEMORY;
    if (told_parse(line, &job.told) != E_OK)
        return FAIL(why, E_BAD_FIELD, "want the size, the SHA-256 and the name of a copy");
    return write_wait(sv->writer, &job.wait);
}

/* ---- by ourselves ---- */

static err_t record_write(struct record_job *job, const char *dir, struct diag *why)
{
    CLEANUP(db_closep) struct db *db = NULL;
    CLEANUP(audit_freep) struct audit *audit = NULL;
    TRY(db_open_any(dir, why, &db));
    TRY(audit_new(&audit));
    job->audit = audit;
    TRY(db_tx_begin(db));
    err_t e = record_append(job, db);
    if (e == E_OK)
        return db_tx_commit(db);
    db_tx_rollback(db);
    return e;
}

/* E_CONFLICT: somebody else has the store. */
static err_t record_alone(struct record_job *job, const char *dir, struct diag *why)
{
    str_t lock;
    int fd = -1;
    TRY(str_format(job->arena, &lock, "%s/lock", dir));
    TRY(file_lock(lock.p, why, &fd));
    err_t e = record_write(job, dir, why);
    file_unlock(fd);
    return e == E_CONFLICT ? E_STORE_UNREACHABLE : e;
}

/* A server that starts has the store before it can be asked; so has another backup, for a moment.
 */
static err_t record_somewhere(struct record_job *job, const char *dir, str_t line, struct diag *why)
{
    dur_t until = { clock_mono().us + SERVER_STARTS_MAX.us };
    err_t e;
    do {
        diag_clear(why);
        e = admin_socket_backup(dir, line, why);
        if (e != E_NOT_FOUND)
            return e;
        diag_clear(why);
        e = record_alone(job, dir, why);
        if (e != E_CONFLICT)
            return e;
        (void)poll(NULL, 0, LOOK_MS);
    } while (clock_mono().us < until.us);
    return e;
}

err_t backup_record(struct arena *a, const char *dir, const struct backup_told *told,
                    struct diag *why)
{
    struct record_job job = { .arena = a, .action = BACKED_UP, .told = *told, .uid = geteuid() };
    struct diag cause = { 0 };
    str_t line;
    TRY(str_format(a, &line, "%lld %.*s %.*s", (long long)told->bytes, STR_ARG(told->sha256),
                   STR_ARG(told->name)));
    err_t e = record_somewhere(&job, dir, line, &cause);
    if (e == E_OK)
        return E_OK;
    return FAIL(why, e, "no copy was made, because it cannot be put on the record: %s",
                cause.err == e ? cause.text : err_info(e)->text);
}

err_t restore_record(struct arena *a, const char *dir, const struct backup_told *from,
                     struct diag *why)
{
    struct record_job job = {
        .arena = a, .action = STR("store.restored"), .told = *from, .uid = geteuid()
    };
    return record_write(&job, dir, why);
}
