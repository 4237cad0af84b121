/* SPDX-License-Identifier: Apache-2.0 */
/* Compiler attributes, and the functions that nobody here may call (STYLE 33; alloca and VLAs:
 * -Walloca -Wvla). */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MUST_USE          __attribute__((warn_unused_result))
#define CLEANUP(fn)       __attribute__((cleanup(fn)))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define UNUSED            __attribute__((unused))
#define NORETURN          __attribute__((noreturn))
#define ARRAY_LEN(a)      (sizeof(a) / sizeof((a)[0]))

#define KIB(n) ((size_t)(n)*1024U)
#define MIB(n) (KIB(n) * 1024U)

/* What contains the member that `ptr` points to. */
#define CONTAINER_OF(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/* Macros of the C library under clang. */
#undef sprintf
#undef vsprintf
#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol atoll strtol strtoul
#pragma GCC poison gmtime localtime rand srand gets system popen

#endif
