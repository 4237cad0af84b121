/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_RATE_SETTINGS_H
#define APP_RATE_SETTINGS_H

#include "app/config.h"
#include "domain/identity/rates.h"

/* What the configuration says of rates: it holds for a server without its master key too. */
void rate_settings(const struct config *c, struct rates *ret);

#endif
