/* SPDX-License-Identifier: Apache-2.0 */
/* What a start with these settings would stumble over, found without starting. */
#ifndef APP_PREFLIGHT_H
#define APP_PREFLIGHT_H

#include "app/config.h"

/* Addresses, certificate and key, and a store that a newer program has made. Nothing is changed. */
err_t preflight(const struct config *c, struct diag *why) MUST_USE;

#endif
