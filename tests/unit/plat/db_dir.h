/* SPDX-License-Identifier: Apache-2.0 */
/* A directory of one test's own, and its end. */
#ifndef TESTS_PLAT_DB_DIR_H
#define TESTS_PLAT_DB_DIR_H

#include "check.h"

#include "base/attr.h"

#include <dirent.h>
#include <unistd.h>

struct db_dir {
    char path[64];
};

static inline void db_dir_make(struct db_dir *d)
{
    static const char template[] = "/tmp/seneschal-test-XXXXXX";
    memcpy(d->path, template, sizeof template);
    assert_non_null(mkdtemp(d->path));
}

static inline void db_dir_empty(const struct db_dir *d)
{
    DIR *dir = opendir(d->path);
    assert_non_null(dir);
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        if (e->d_name[0] != '.')
            assert_int_equal(unlinkat(dirfd(dir), e->d_name, 0), 0);
    }
    (void)closedir(dir);
}

static inline void db_dir_remove(const struct db_dir *d)
{
    db_dir_empty(d);
    assert_int_equal(rmdir(d->path), 0);
}

#endif
