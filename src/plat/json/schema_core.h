/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside plat/json: the seam between C and the one C++ file (schema_core.cc), in types that both
 * have. Nothing is thrown through it.
 */
#ifndef PLAT_JSON_SCHEMA_CORE_H
#define PLAT_JSON_SCHEMA_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum schema_end {
    SCHEMA_END_DONE,
    SCHEMA_END_NO_MEMORY,
    SCHEMA_END_STEPS,   /* more work than was allowed */
    SCHEMA_END_REFUSED, /* the library does not take the schema, or a pattern does not compile */
};

struct schema_core;

/* `doc`: a json_t, a checked schema; borrowed until the end of the call. `why`, of SCHEMA_WHY_MAX:
 * what the library says where it refuses it. */
enum { SCHEMA_WHY_MAX = 160 };
enum schema_end schema_core_new(const void *doc, int64_t steps, char *why,
                                struct schema_core **ret);
void schema_core_free(struct schema_core *s);

/* One error of the library: the path as a JSON Pointer, and the library's own sentence. */
typedef bool schema_told_f(void *arg, const char *pointer, size_t pointer_n, const char *text);

/* *ret_valid is set when it is done; `told` may answer false: enough. */
enum schema_end schema_core_check(const struct schema_core *s, const void *value, int64_t steps,
                                  schema_told_f *told, void *arg, bool *ret_valid);

/* Does the pattern compile? */
enum schema_end schema_core_pattern(const char *pattern, size_t n);

/* In C: should this step fail as if memory were short (base/fault.h)? */
bool schema_core_fault(void);

#ifdef __cplusplus
}
#endif

#endif
