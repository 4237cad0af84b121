/* SPDX-License-Identifier: Apache-2.0 */
/* The whole route table: one part per subject. */
#ifndef API_ROUTES_H
#define API_ROUTES_H

#include "api/route.h"

/* One row as a line of `seneschal routes`: "GET /path auth permission audit". */
const char *auth_name(enum auth a);
const char *tx_name(enum tx t);

#endif
