/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLAT_HTTP_NOTE_H
#define PLAT_HTTP_NOTE_H

#include "base/id.h"

/* What the application wants to know again in on_done, when the request's own text has gone. */
struct http_note {
    const void *row;
    oid_t id;    /* of the request; absent: none was made */
    oid_t actor; /* absent: nobody */
    uint8_t actor_kind;
    uint8_t err; /* why it was refused */
};

#endif
