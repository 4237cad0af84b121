/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside plat/db: 16 MiB of the disk, held so that revocations can still be written on a full one
 * (HOUSE, "Disk full").
 */
#ifndef PLAT_DB_BALLAST_H
#define PLAT_DB_BALLAST_H

#include "base/err.h"

#include <stdint.h>

enum { BALLAST_SIZE = 16 * 1024 * 1024, BALLAST_PATH_MAX = 4096 };

struct ballast {
    char path[BALLAST_PATH_MAX];
};

/* Where it will lie; nothing is written. E_IO: the path is too long. */
err_t ballast_init(struct ballast *b, const char *dir) MUST_USE;
/* Take the space, if some is left beyond it. E_DISK_FULL. E_IO. */
err_t ballast_take(const struct ballast *b) MUST_USE;
void ballast_release(const struct ballast *b);

#endif
