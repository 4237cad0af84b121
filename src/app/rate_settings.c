/* SPDX-License-Identifier: Apache-2.0 */
#include "app/rate_settings.h"

void rate_settings(const struct config *c, struct rates *ret)
{
    ret->on = config_bool(c, CONF_LIMITS);
#define RATE(code, name, setting, burst, least, text)                                              \
    ret->configured[RATE_##code] = config_int(c, CONF_##setting);
#include "domain/identity/rate.def"
#undef RATE
}
