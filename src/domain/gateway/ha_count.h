/* SPDX-License-Identifier: Apache-2.0 */
/* How many objects a JSON array has, as its bytes come, without keeping them: the states of a Home
 * Assistant are several megabytes. Counts what is well-formed; of what is not it says so or counts
 * something, and holds nothing either way. */
#ifndef DOMAIN_GATEWAY_HA_COUNT_H
#define DOMAIN_GATEWAY_HA_COUNT_H

#include "base/str.h"

struct ha_count { /* zeroed to begin with */
    int64_t n;    /* objects so far that stand in the array itself */
    int64_t depth;
    bool text;    /* inside a string */
    bool escaped; /* after a backslash there */
    bool begun;
    bool bad; /* it is no array; sticky */
};

/* The next bytes, cut anywhere. False: it is no array. */
bool ha_count_feed(struct ha_count *c, str_t bytes) MUST_USE;
/* Was it a whole array? */
bool ha_count_is_whole(const struct ha_count *c);

#endif
