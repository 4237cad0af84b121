/* SPDX-License-Identifier: Apache-2.0 */
/* From the configuration to what MCP servers may be: programs that may be run, addresses that may
 * be called. */
#ifndef APP_GATEWAY_SETTINGS_H
#define APP_GATEWAY_SETTINGS_H

#include "api/services.h"
#include "app/config.h"

/* Whom this server may call, and what may be run. Lives in `a` and in c's arena. E_USAGE, naming
 * the setting. */
err_t gateway_settings(const struct config *c, struct arena *a, struct diag *why,
                       struct settings *s) MUST_USE;

#endif
