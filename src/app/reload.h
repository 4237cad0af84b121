/* SPDX-License-Identifier: Apache-2.0 */
/* SIGHUP: file and environment are read again, under the flags. What is wrong in them leaves
 * everything as it is. */
#ifndef APP_RELOAD_H
#define APP_RELOAD_H

#include "app/certificate.h"
#include "app/sockets.h"

struct generation; /* the settings of one reload, and their memory */

struct reload {
    const struct config *config; /* of the start: what it says of other settings stays */
    const struct sockets *sockets;
    struct services *services;
    struct certificate *certificate;
    struct generation *newest; /* NULL: never reloaded */
};

void reload_run(struct reload *r);
void reload_fini(struct reload *r);

#endif
