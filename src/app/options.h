/* SPDX-License-Identifier: Apache-2.0 */
/* Flags of `serve` and its kin: every setting is --name-with-dashes. */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include "app/config.h"

/* File (--config), environment, flags, in this order. E_USAGE: an unknown flag, with the nearest
 * one. */
err_t options_read(struct config *c, struct arena *a, int argc, char **argv,
                   struct diag *why) MUST_USE;

enum { OPTIONS_FLAG_MAX = 64 };
/* "tls.cert" is --tls-cert, "insecure_http" is --insecure-http: without the dashes in front. */
void options_flag_name(str_t setting, char ret[static OPTIONS_FLAG_MAX]);

#endif
