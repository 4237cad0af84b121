/* SPDX-License-Identifier: Apache-2.0 */
/* Members of raw JSON objects, without building anything. */
#ifndef MCP_RAW_H
#define MCP_RAW_H

#include "base/arena.h"
#include "base/str.h"

/* As it stands there; absent: it has none, or it is no object. */
str_t raw_member(struct arena *a, str_t object, str_t name);
/* What a member that is a string means; absent: it is none. */
str_t raw_text(struct arena *a, str_t object, str_t name);

#endif
