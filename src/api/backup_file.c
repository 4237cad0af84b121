/* SPDX-License-Identifier: Apache-2.0 */
#include "api/backup_file.h"

#include "base/enc.h"
#include "plat/os/file.h"
#include "plat/os/part.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOTE_MAX = 4096 };

static err_t note_path(struct arena *a, const char *path, const char **ret)
{
    str_t note;
    TRY(str_format(a, &note, "%s" BACKUP_NOTE, path));
    *ret = note.p;
    return E_OK;
}

static err_t digest_of(struct arena *a, int fd, const char *path, struct diag *why, str_t *ret)
{
    digest_t digest;
    char *text = arena_alloc(a, BACKUP_SHA256_TEXT);
    if (text == NULL)
        return E_NO_MEMORY;
    if (sha256_of_file(fd, &digest) != E_OK)
        return FAIL(why, E_IO, "%s: cannot be read to its end", path);
    hex_encode(digest.b, SHA256_SIZE, text);
    *ret = str_of(text, BACKUP_SHA256_TEXT);
    return E_OK;
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* The note first: a file without one was never finished. */
static err_t backup_fill(struct arena *a, const struct backup_file *to,
                         const struct file_part *part, struct diag *why, struct backup_made *ret)
{
    const char *note;
    str_t line;
    struct stat st;
    TRY(db_backup(to->dir, part->path, part->fd, to->watch, why));
    TRY(digest_of(a, part->fd, part->path, why, &ret->sha256));
    if (fstat(part->fd, &st) != 0)
        return FAIL(why, E_IO, "%s: cannot be looked at", part->path);
    ret->bytes = st.st_size;
    if (to->whole != NULL)
        TRY(to->whole(to->arg, ret));
    TRY(note_path(a, to->path, &note));
    TRY(str_format(a, &line, "%.*s  %s\n", STR_ARG(ret->sha256), name_of(to->path)));
    return file_write(note, 0600, line, why);
}

err_t backup_file_make(struct arena *a, const struct backup_file *to, struct diag *why,
                       struct backup_made *ret)
{
    struct file_part part;
    struct backup_made made = { 0 };
    TRY(file_part_open(a, to->path, why, &part));
    err_t e = backup_fill(a, to, &part, why, &made);
    if (e != E_OK) {
        file_part_drop(&part);
        return e;
    }
    TRY(file_part_keep(&part, why));
    *ret = made;
    return E_OK;
}

err_t backup_file_note(struct arena *a, const char *path, str_t *ret_sha256)
{
    const char *file;
    str_t note;
    TRY(note_path(a, path, &file));
    bool there = file_read(a, file, NOTE_MAX, NULL, &note) == E_OK && note.n > BACKUP_SHA256_TEXT;
    *ret_sha256 = there ? str_sub(note, 0, BACKUP_SHA256_TEXT) : STR_NONE;
    return E_OK;
}

err_t backup_file_check(struct arena *a, const char *path, struct diag *why)
{
    str_t want = STR_NONE;
    str_t got = STR_NONE;
    TRY(backup_file_note(a, path, &want));
    if (want.p == NULL)
        return E_OK;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return FAIL(why, E_IO, "%s: cannot be read", path);
    err_t e = digest_of(a, fd, path, why, &got);
    (void)close(fd); /* read-only */
    TRY(e);
    if (!str_eq(want, got))
        return FAIL(why, E_CORRUPT, "%s: its SHA-256 is not that of %s.sha256", path,
                    name_of(path));
    return E_OK;
}
