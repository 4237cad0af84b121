/* SPDX-License-Identifier: Apache-2.0 */
/* A permission as answers and the record show it. */
#ifndef API_PERMISSION_VIEW_H
#define API_PERMISSION_VIEW_H

#include "api/shapes_permission.h"
#include "domain/gateway/permission.h"

/* What the server remembers a row as that files stand behind (managed.h). */
#define PERMISSION_MARK STR("permission")

/* Without what it inherits. */
err_t permission_out_make(struct request *rq, const struct server_names *names,
                          const struct permission_of *of, const struct row_permission *row,
                          struct permission_out *ret) MUST_USE;
/* What the record says of one. Conditions are an administrator's words, and no secret. */
err_t permission_details(struct request *rq, const struct permission_out *row, str_t *ret) MUST_USE;

#endif
