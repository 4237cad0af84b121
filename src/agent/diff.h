/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between two configurations, leaf by leaf: scalars, and containers that are empty. */
#ifndef AGENT_DIFF_H
#define AGENT_DIFF_H

#include "plat/json/json.h"

struct agent_change {
    str_t pointer;           /* RFC 6901; borrowed until the call returns */
    const struct json *from; /* NULL: was not there */
    const struct json *to;   /* NULL: is not there */
    bool hidden;             /* under a name of secret_names.def: show neither */
};

/*
 * Call `each` for every leaf that differs; objects in byte order of their names, arrays by index.
 * NULL is an absent value. E_NO_MEMORY.
 */
err_t agent_diff(struct arena *a, const struct json *from, const struct json *to,
                 void (*each)(void *arg, const struct agent_change *change), void *arg) MUST_USE;

/* Is what stands under this name, or below it, a secret by its look? */
bool agent_name_is_secret(str_t name, const struct json *value);

#endif
