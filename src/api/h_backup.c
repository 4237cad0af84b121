/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies of the store in `backups` of the data directory: NAME.db, and beside it NAME.db.sha256 as
 * sha256sum writes it. The copy is made on a worker, before the transaction that records it.
 */
#include "api/backup_file.h"
#include "api/handlers_operation.h"
#include "api/services.h"
#include "api/shapes_backup.h"
#include "api/whole_server.h"
#include "base/log.h"
#include "plat/os/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BACKUPS_MAX = 10, BACKUPS_LISTED_MAX = 500 };

static const char name_head[] = "seneschal-";
static const char name_tail[] = ".db";

static err_t path_of(struct request *rq, str_t name, const char *tail, const char **ret)
{
    str_t path;
    TRY(str_format(rq->act.arena, &path, "%s/backups/%.*s%s", rq->services->dir, STR_ARG(name),
                   tail));
    *ret = path.p;
    return E_OK;
}

static err_t directory(struct request *rq, const char **ret)
{
    str_t path;
    TRY(str_format(rq->act.arena, &path, "%s/backups", rq->services->dir));
    *ret = path.p;
    return E_OK;
}

/* Where a path stands in `why` the answer must not repeat it; the log has it. */
static err_t hide_path(struct request *rq, err_t e)
{
    if (e == E_OK)
        return e;
    LOG(LOG_ERROR, "backup-failed", LOG_F("why", str_from_cz(rq->act.why.text)));
    diag_clear(&rq->act.why);
    if (e == E_DISK_FULL)
        return FAIL(&rq->act.why, e, "there is no room for a copy of the store: free some space");
    return FAIL(&rq->act.why, E_STORE_UNREACHABLE,
                "the copy was not made: the log says why (backup-failed)");
}

/* ---- what is there ---- */

static int newest_first(const void *a, const void *b)
{
    const struct backup_out *x = a;
    const struct backup_out *y = b;
    return str_cmp(y->name, x->name); /* names are times */
}

static err_t backup_look(struct request *rq, str_t file, struct backup_out *ret)
{
    const char *path;
    struct stat st;
    struct backup_out out = { 0 };
    TRY(str_copy(rq->act.arena, file, &out.name));
    TRY(path_of(rq, file, "", &path));
    if (stat(path, &st) != 0)
        return E_NOT_FOUND; /* removed a moment ago */
    out.bytes = st.st_size;
    out.made_at = (ts_t){ (int64_t)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000 };
    TRY(backup_file_note(rq->act.arena, path, &out.sha256));
    *ret = out;
    return E_OK;
}

static err_t backups_read(struct request *rq, DIR *dir, struct backup_out *list, size_t *ret_n)
{
    size_t n = 0;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): a stream of this request alone */
    for (struct dirent *d = readdir(dir); d != NULL && n < BACKUPS_LISTED_MAX; d = readdir(dir)) {
        str_t file = str_from_cz(d->d_name);
        if (!str_starts(file, str_of(name_head, sizeof name_head - 1)) ||
            !str_ends(file, str_of(name_tail, sizeof name_tail - 1)))
            continue;
        err_t e = backup_look(rq, file, &list[n]);
        if (e != E_OK && e != E_NOT_FOUND)
            return e;
        n += e == E_OK;
    }
    qsort(list, n, sizeof *list, newest_first);
    *ret_n = n;
    return E_OK;
}

static err_t backups_list(struct request *rq, struct backup_out **ret, size_t *ret_n)
{
    const char *path;
    struct backup_out *list = ARENA_ARRAY(rq->act.arena, struct backup_out, BACKUPS_LISTED_MAX);
    TRY(directory(rq, &path));
    if (list == NULL)
        return E_NO_MEMORY;
    DIR *dir = opendir(path);
    *ret = list;
    *ret_n = 0;
    if (dir == NULL) /* none was made yet */
        return E_OK;
    err_t e = backups_read(rq, dir, list, ret_n);
    (void)closedir(dir);
    return e;
}

err_t backups_get(struct request *rq)
{
    struct backup_out *list;
    size_t n;
    TRY(whole_server_may(rq));
    TRY(backups_list(rq, &list, &n));
    return reply_list(rq, &backup_shape, list, n, STR_NONE);
}

/* ---- one more ---- */

/* "2026-11-22T22:36:15.890Z" without its punctuation. */
static err_t name_make(struct request *rq, str_t *ret)
{
    char at[TS_TEXT];
    ts_format(rq->act.now, at);
    return str_format(rq->act.arena, ret, "%s%.4s%.2s%.2sT%.2s%.2s%.2s.%.3sZ%s", name_head, at,
                      at + 5, at + 8, at + 11, at + 14, at + 17, at + 20, name_tail);
}

static err_t backup_write(struct request *rq, str_t name, struct backup_out *ret)
{
    const char *path;
    struct backup_made made;
    TRY(path_of(rq, name, "", &path));
    const struct backup_file to = { .dir = rq->services->dir, .path = path };
    TRY(backup_file_make(rq->act.arena, &to, &rq->act.why, &made));
    return backup_look(rq, name, ret);
}

static err_t backup_remove(struct request *rq, str_t name)
{
    const char *path;
    const char *note;
    TRY(path_of(rq, name, "", &path));
    TRY(path_of(rq, name, BACKUP_NOTE, &note));
    (void)unlink(path);
    (void)unlink(note);
    return E_OK;
}

/* The oldest make room. */
static err_t backups_trim(struct request *rq)
{
    struct backup_out *list;
    size_t n;
    TRY(backups_list(rq, &list, &n));
    for (size_t i = BACKUPS_MAX; i < n; i++)
        TRY(backup_remove(rq, list[i].name)); /* one that stays is looked at next time */
    return E_OK;
}

static err_t backup_alone(struct request *rq, struct backup_out *ret)
{
    str_t name;
    TRY(name_make(rq, &name));
    TRY(backup_write(rq, name, ret));
    rq->made = ret;
    return backups_trim(rq);
}

/* What is not on the record is not kept. */
void backup_undo(struct request *rq)
{
    const struct backup_out *made = rq->made;
    err_ignore(backup_remove(rq, made->name)); /* what stays is in nobody's way */
    rq->made = NULL;
}

err_t backup_prepare(struct request *rq)
{
    struct backup_out *out = ARENA_NEW(rq->act.arena, struct backup_out);
    const char *dir;
    const char *lock;
    int fd;
    TRY(whole_server_may(rq));
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(directory(rq, &dir));
    TRY(path_of(rq, STR("lock"), "", &lock));
    request_leave_store(rq);
    TRY(hide_path(rq, file_make_dirs(dir, 0700, &rq->act.why)));
    if (file_lock(lock, &rq->act.why, &fd) != E_OK) {
        diag_clear(&rq->act.why);
        return FAIL(&rq->act.why, E_CONFLICT, "a copy is being made: wait for it");
    }
    err_t e = hide_path(rq, backup_alone(rq, out));
    file_unlock(fd);
    return e;
}

err_t backup_post(struct request *rq)
{
    const struct backup_out *out = rq->made;
    str_t details;
    TRY(whole_server_may(rq)); /* rights may have moved since */
    TRY(str_format(rq->act.arena, &details, "{\"bytes\":%lld,\"sha256\":\"%.*s\"}",
                   (long long)out->bytes, STR_ARG(out->sha256)));
    request_target(rq, "backup", (oid_t){ 0 }, out->name);
    request_details(rq, details);
    return reply_obj(rq, 201, &backup_shape, out);
}
