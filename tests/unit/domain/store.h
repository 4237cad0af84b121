/* SPDX-License-Identifier: Apache-2.0 */
/* A real store in a directory of its own, for one test. */
#ifndef TESTS_DOMAIN_STORE_H
#define TESTS_DOMAIN_STORE_H

#include "plat/crypto/crypto.h"
#include "plat/db/db.h"

#include <assert.h>
#include <dirent.h>
#include <unistd.h>

struct store {
    char dir[64];
    struct db *db;
    struct arena *a;
};

static inline void store_open(struct store *s)
{
    static const char template[] = "/tmp/seneschal-test-XXXXXX";
    memcpy(s->dir, template, sizeof template);
    assert(mkdtemp(s->dir) != NULL);
    assert(crypto_init() == E_OK);
    struct diag why = { 0 };
    assert(db_migrate(s->dir, &why) == E_OK);
    assert(db_open(s->dir, DB_WRITER, &why, &s->db) == E_OK);
    s->a = arena_new(MIB(16));
    assert(s->a != NULL);
}

static inline void store_close(struct store *s)
{
    db_close(s->db);
    arena_free(s->a);
    DIR *d = opendir(s->dir);
    assert(d != NULL);
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        if (e->d_name[0] != '.')
            (void)unlinkat(dirfd(d), e->d_name, 0); /* what stays is seen by rmdir */
    }
    (void)closedir(d);
    assert(rmdir(s->dir) == 0);
}

#endif
