/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka with what it wants included before it, and a check that names the case of a table. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h> /* needs the four before it */

/* `name` is the sentence of the case, a NUL-terminated text. */
#define check(cond, name)                                                                          \
    do {                                                                                           \
        if (!(cond))                                                                               \
            fail_msg("%s: %s", (name), #cond);                                                     \
    } while (0)

#endif
