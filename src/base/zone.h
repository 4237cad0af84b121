/* SPDX-License-Identifier: Apache-2.0 */
/* Local time by the system's zone files (TZif, RFC 8536; /usr/share/zoneinfo). */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/clock.h"

enum { ZONE_NAME_MAX = 64, ZONE_FILE_MAX = 64 * 1024 };

/* Seconds east of UTC at that time in a zone such as "Europe/Paris"; "UTC" needs no file.
 * E_BAD_FIELD: there is no such zone here, or its file does not know that time. E_NO_MEMORY. */
err_t zone_offset(struct arena *a, str_t name, ts_t at, int64_t *ret) MUST_USE;
/* The same from a file's bytes. Pure. */
err_t zone_offset_of(str_t file, ts_t at, int64_t *ret) MUST_USE;

#endif
