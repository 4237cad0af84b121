/* SPDX-License-Identifier: Apache-2.0 */
/* From the configuration to the proxies whose word counts. */
#ifndef APP_PROXIES_H
#define APP_PROXIES_H

#include "api/services.h"
#include "app/config.h"

/* Lives in `a`. E_USAGE, naming the setting. */
err_t proxies_read(const struct config *c, struct arena *a, struct diag *why,
                   struct settings *s) MUST_USE;

#endif
