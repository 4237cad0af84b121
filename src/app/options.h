/* SPDX-License-Identifier: Apache-2.0 */
/* Flags of `serve` and its kin: every setting is --name-with-dashes; some have a shorter name. */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include "app/config.h"

/* File (--config), environment, flags, in this order. E_USAGE: an unknown flag, with the nearest
 * one. */
err_t options_read(struct config *c, struct arena *a, int argc, char **argv,
                   struct diag *why) MUST_USE;

#endif
