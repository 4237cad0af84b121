/* SPDX-License-Identifier: Apache-2.0 */
/* From the configuration to whom this server may call (SAFETY rule 10). */
#ifndef APP_OUTWARD_H
#define APP_OUTWARD_H

#include "app/config.h"
#include "plat/http/outbound.h"

/* Lives in `a` and in c's arena. E_USAGE, naming the setting. */
err_t outward_rules(const struct config *c, struct arena *a, struct diag *why,
                    struct outbound_rules *ret) MUST_USE;

#endif
