/* SPDX-License-Identifier: Apache-2.0 */
/* What a principal has open ends with it: a person's signings-in, and all that was granted from
 * them or to a service account. Their tokens are dead from COMMIT on, on every node, whatever they
 * say. */
#ifndef DOMAIN_IDENTITY_SIGN_OUT_H
#define DOMAIN_IDENTITY_SIGN_OUT_H

#include "domain/live/act.h"

/* All but `except` (zero: none) and what follows from it. `reason` is one word for the record. */
err_t principal_sign_out(struct act *act, oid_t id, oid_t except, str_t reason) MUST_USE;

/* The principal goes: nothing may refer to it any more. */
err_t principal_sign_out_forget(struct act *act, oid_t id) MUST_USE;

#endif
