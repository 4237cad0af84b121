/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One image of this program follows another in the same process: the program that stands at our own
 * path now, perhaps a newer one, with the same arguments and environment. It gets the listening
 * sockets, and the connections that rest (plat/os/handover.h).
 */
#ifndef APP_SUCCESSION_H
#define APP_SUCCESSION_H

#include "plat/os/handover.h"

struct succession {
    const char *path;  /* as it was started: where a package manager puts the next version */
    char *const *argv; /* all of it, NULL at its end; argv[1] is "serve" */
};

/* E_IO: our own path cannot be told. */
err_t succession_make(struct arena *a, char *const *argv, struct diag *why,
                      struct succession *ret) MUST_USE;
/* Would the program at our path take over? It is asked (`check-config`), and changes nothing. E_IO:
 * no, and why. */
err_t succession_check(const struct succession *s, struct arena *a, struct diag *why) MUST_USE;
/* Returns only when it fails. */
err_t succession_go(const struct succession *s, struct arena *a, const struct handover *h,
                    struct diag *why) MUST_USE;

#endif
