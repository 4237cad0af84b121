/* SPDX-License-Identifier: Apache-2.0 */
#include "base/load.h"

/* Sixteenths of the room; what a class leaves is kept for those above it. */
enum { PARTS = 16, PARTS_OF_KNOWN = 1 };

static const struct codel_law prompt = { { 5000 }, { 100000 } };
static const struct codel_law patient = { { 50000 }, { 1000000 } };

/* clang-format off */
static const struct {
    const char *name;
    size_t parts;
    const struct codel_law *law;
} classes[LOAD_CLASSES] = {
    [LOAD_BULK]     = { "bulk",      8, &patient },
    [LOAD_ENROL]    = { "enrol",    10, &prompt },
    [LOAD_CHECK_IN] = { "check-in", 12, &patient },
    [LOAD_TOKEN]    = { "token",    14, &patient },
    [LOAD_ADMIN]    = { "admin",    16, &patient },
    [LOAD_URGENT]   = { "urgent",   16, &patient }, /* never refused for waiting */
};
/* clang-format on */

size_t load_share(size_t room, enum load_class class, bool known)
{
    size_t parts = classes[class].parts - (known ? 0 : PARTS_OF_KNOWN);
    size_t share = room * parts / PARTS;
    return share > 0 ? share : 1; /* the smallest room still serves */
}

const struct codel_law *load_law(enum load_class class)
{
    return classes[class].law;
}

const char *load_name(enum load_class class)
{
    return classes[class].name;
}
