/* SPDX-License-Identifier: Apache-2.0 */
/* Values that may be absent where zero is a value of its own. */
#ifndef BASE_OPT_H
#define BASE_OPT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct opt_i64 {
    bool set;
    int64_t v;
} opt_i64_t;

typedef struct opt_bool {
    bool set;
    bool v;
} opt_bool_t;

typedef struct opt_milli { /* a number with up to three decimals, kept as thousandths */
    bool set;
    int64_t v;
} opt_milli_t;

#endif
