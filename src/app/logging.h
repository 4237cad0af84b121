/* SPDX-License-Identifier: Apache-2.0 */
/* The log as the configuration wants it. */
#ifndef APP_LOGGING_H
#define APP_LOGGING_H

#include "api/services.h"
#include "app/config.h"

/* Level and format, in force at once; which answers are logged. E_BAD_FIELD. */
err_t logging_set(const struct config *c, enum access *ret) MUST_USE;

#endif
