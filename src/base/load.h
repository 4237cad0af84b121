/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes first and what is refused first when there is more to do than can be done (SAFETY
 * rule 13). Zero is safe: what says nothing of itself waits longest.
 */
#ifndef BASE_LOAD_H
#define BASE_LOAD_H

#include "base/codel.h"

#include <stdbool.h>
#include <stddef.h>

enum load_class {
    LOAD_BULK,     /* lists, exports, whatever a person can ask for again */
    LOAD_ENROL,    /* newcomers */
    LOAD_CHECK_IN, /* polls, heartbeats, acknowledgements of devices */
    LOAD_TOKEN,    /* a device's next token */
    LOAD_ADMIN,    /* what an administrator changes */
    LOAD_URGENT,   /* revoke, block: has a queue of its own */
    LOAD_CLASSES
};

/*
 * Of `room` places in a queue that all classes share, how many may be taken before one of this
 * class is refused: the higher the class, the more. Who is not known to memory gets a little less.
 */
size_t load_share(size_t room, enum load_class class, bool known);
/*
 * How long a queue of this class may stand. RFC 8289's own 5 ms in 100 ms are for newcomers, whose
 * crowd is what overloads. A device that is refused comes back after seconds, so that is the time
 * in which it can react: for it, and for what is above it, 50 ms in a second. A page of the console
 * asks for a dozen lists at once, and one person alone is no overload: the same for lists.
 */
const struct codel_law *load_law(enum load_class class);
const char *load_name(enum load_class class);

#endif
