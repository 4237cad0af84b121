/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLAT_OS_COPY_H
#define PLAT_OS_COPY_H

#include "base/str.h"
#include "base/watch.h"

#include <sys/types.h>

/*
 * Copy a file of any size to `to`, which must not be there yet (E_CONFLICT); durable when the call
 * returns, and gone again where it fails. E_NOT_FOUND, E_DISK_FULL, E_IO: also where `from` is no
 * regular file.
 */
err_t file_copy(const char *from, const char *to, mode_t mode, const struct watch *watch,
                struct diag *why) MUST_USE;

#endif
