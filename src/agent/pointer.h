/* SPDX-License-Identifier: Apache-2.0 */
/* Places in a configuration by JSON Pointer (RFC 6901), through members of objects only. */
#ifndef AGENT_POINTER_H
#define AGENT_POINTER_H

#include "plat/json/json.h"

enum { POINTER_MAX = 1024 };

/* Is it "" or made of "/name", with ~0 and ~1 as its only escapes? */
bool pointer_is_valid(str_t pointer);
/* What stands there; NULL: nothing. */
const struct json *pointer_get(const struct json *root, str_t pointer);
/*
 * Put `value` there, making the objects that are missing above it; root takes it over, also on
 * failure. E_CONFLICT: something that is no object stands above the place. E_NO_MEMORY.
 */
err_t pointer_put(struct json *root, str_t pointer, struct json *value) MUST_USE;
/* Take away what stands there; where the way leads into an array, the array. */
void pointer_cut(struct json *root, str_t pointer);

#endif
