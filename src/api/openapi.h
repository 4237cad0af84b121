/* SPDX-License-Identifier: Apache-2.0 */
/* OpenAPI 3.1 of all rows, generated from the route table, the shapes and the errors. */
#ifndef API_OPENAPI_H
#define API_OPENAPI_H

#include "base/str.h"

/* JSON text in the arena; the same bytes each time. */
err_t openapi_make(struct arena *a, str_t *ret) MUST_USE;

#endif
