/* SPDX-License-Identifier: Apache-2.0 */
/*
 * References to secrets in canonical JSON (json_write): an object with exactly the member
 * {"$secret":"NAME"}, NAME being 1..64 of a-z 0-9 - _ . ; other values of `$secret`, such as
 * "vault:PATH", are not ours to resolve.
 *
 * Such an object has one spelling, and that spelling can stand nowhere else: inside a string its
 * quotes would be escaped. So it is found without parsing.
 */
#ifndef PLAT_JSON_SECRET_REF_H
#define PLAT_JSON_SECRET_REF_H

#include "base/str.h"

enum { SECRET_NAME_MAX = 64 };

bool secret_name_obeys(str_t name);
/* The next name in *rest, which moves on; false at the end. A name may come again. */
bool secret_ref_next(str_t *rest, str_t *ret_name);
/* Does the canonical text name this secret? */
bool secret_ref_holds(str_t json, str_t name);

#endif
