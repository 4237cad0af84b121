/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/identity/master_key.h"

#include "base/enc.h"
#include "base/fault.h"
#include "base/rng.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

enum { FILE_TEXT_MAX = 128 };

static err_t path_make(struct diag *why, char out[static PATH_MAX], const char *dir,
                       const char *name);
static err_t file_read(struct diag *why, const char *path, secret_t *ret);
static err_t key_decode(struct diag *why, const char *path, str_t text, secret_t *ret);
static err_t file_write(struct diag *why, const char *path, const secret_t *key);
static err_t dir_sync(struct diag *why, const char *dir);

err_t master_key_find(const struct master_key_cfg *cfg, struct diag *why, secret_t *ret,
                      enum master_key_from *ret_from)
{
    char path[PATH_MAX];
    enum master_key_from from = MASTER_KEY_OF_DIR;
    err_t e = E_NOT_FOUND;
    if (cfg->credentials_dir != NULL) {
        TRY(path_make(why, path, cfg->credentials_dir, MASTER_KEY_CREDENTIAL));
        from = MASTER_KEY_OF_CREDENTIAL;
        e = file_read(why, path, ret); /* a unit may have other credentials only */
    }
    if (e == E_NOT_FOUND && cfg->file != NULL) {
        from = MASTER_KEY_OF_FILE;
        e = file_read(why, cfg->file, ret);
        if (e == E_NOT_FOUND) /* named and not there: making another key would hide the mistake */
            return FAIL(why, E_IO, "%s: the master key file is not there", cfg->file);
    }
    if (e == E_NOT_FOUND) {
        TRY(path_make(why, path, cfg->dir, MASTER_KEY_FILE));
        from = MASTER_KEY_OF_DIR;
        e = file_read(why, path, ret);
    }
    if (e == E_OK)
        *ret_from = from;
    return e;
}

err_t master_key_make(const char *dir, struct diag *why, secret_t *ret)
{
    char path[PATH_MAX];
    char fresh[PATH_MAX];
    TRY(path_make(why, path, dir, MASTER_KEY_FILE));
    TRY(path_make(why, fresh, dir, MASTER_KEY_FILE ".new"));
    CLEANUP(secret_wipe) secret_t key = { .n = MASTER_KEY_SIZE };
    rng_bytes(key.b, key.n);
    if (unlink(fresh) != 0 && errno != ENOENT) /* of a start that was killed in here */
        return FAIL(why, E_IO, "%s: %s", fresh, strerrordesc_np(errno));
    TRY(file_write(why, fresh, &key));
    /* link(2), not rename(2): it never replaces a key that is there. */
    int failed = fault_here() ? EIO : link(fresh, path) == 0 ? 0 : errno;
    (void)unlink(fresh); /* the next start removes what is left */
    if (failed != 0)
        return FAIL(why, failed == EEXIST ? E_CONFLICT : E_IO, "%s: %s", path,
                    strerrordesc_np(failed));
    TRY(dir_sync(why, dir));
    *ret = key;
    return E_OK;
}

static err_t path_make(struct diag *why, char out[static PATH_MAX], const char *dir,
                       const char *name)
{
    int n = snprintf(out, PATH_MAX, "%s/%s", dir, name);
    if (n < 0 || n >= PATH_MAX)
        return FAIL(why, E_IO, "%s: the path is too long", name);
    return E_OK;
}

static void fd_close(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* read from, or fsynced before */
}

static err_t file_read(struct diag *why, const char *path, secret_t *ret)
{
    CLEANUP(fd_close)
    int fd =
        fault_here() ? ((void)(errno = EIO), -1) : open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return E_NOT_FOUND;
    if (fd < 0)
        return FAIL(why, E_IO, "%s: %s", path, strerrordesc_np(errno));
    char text[FILE_TEXT_MAX];
    size_t n = 0;
    while (n < sizeof text) {
        ssize_t got = read(fd, text + n, sizeof text - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return FAIL(why, E_IO, "%s: %s", path, strerrordesc_np(errno));
        if (got == 0)
            break;
        n += (size_t)got;
    }
    err_t e = key_decode(why, path, str_of(text, n), ret);
    explicit_bzero(text, sizeof text);
    return e;
}

static err_t key_decode(struct diag *why, const char *path, str_t text, secret_t *ret)
{
    secret_t key = { .n = MASTER_KEY_SIZE };
    if (text.n == MASTER_KEY_SIZE) {
        memcpy(key.b, text.p, MASTER_KEY_SIZE);
    } else {
        if (text.n == 2 * MASTER_KEY_SIZE + 1 && text.p[text.n - 1] == '\n')
            text.n--;
        if (hex_decode(text, key.b, MASTER_KEY_SIZE) != E_OK)
            return FAIL(why, E_CORRUPT, "%s: want 32 bytes or 64 hex digits", path);
    }
    *ret = key;
    secret_wipe(&key);
    return E_OK;
}

static err_t file_write(struct diag *why, const char *path, const secret_t *key)
{
    CLEANUP(fd_close)
    int fd = fault_here() ? ((void)(errno = EIO), -1)
                          : open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    if (fd < 0)
        return FAIL(why, E_IO, "%s: %s", path, strerrordesc_np(errno));
    ssize_t put = fault_here() ? 0 : write(fd, key->b, key->n);
    if (put != (ssize_t)key->n || fsync(fd) != 0)
        return FAIL(why, E_IO, "%s: the key was not written whole", path);
    return E_OK;
}

static err_t dir_sync(struct diag *why, const char *dir)
{
    CLEANUP(fd_close)
    int fd =
        fault_here() ? ((void)(errno = EIO), -1) : open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        return FAIL(why, E_IO, "%s: %s", dir, strerrordesc_np(errno));
    return E_OK;
}
