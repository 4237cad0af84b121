/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_SAY_NEXT_H
#define APP_SAY_NEXT_H

#include "api/services.h"

/* On a terminal, an operator reads what to do next; the line for scripts is another one. */
void say_next(const struct services *sv, bool has_administrator);

#endif
