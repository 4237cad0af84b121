/* SPDX-License-Identifier: Apache-2.0 */
/* Permissions that are asked about before anybody writes them. */
#ifndef API_PERMISSION_DRAFT_H
#define API_PERMISSION_DRAFT_H

#include "api/shapes_permission.h"
#include "domain/gateway/trial.h"

struct permission_in permission_in_of(const struct permission_body *b);

/* As strict as the change. E_BAD_FIELD, E_NOT_FOUND. */
err_t permission_trial(struct request *rq, const struct permission_of *of,
                       const struct permission_draft *draft, struct gate_trial *ret) MUST_USE;

#endif
