/* SPDX-License-Identifier: Apache-2.0 */
/* Names of members that tell of a secret (secret_names.def). */
#ifndef BASE_SECRET_NAME_H
#define BASE_SECRET_NAME_H

#include "base/str.h"

/* Is what stands under this name, or below it, a secret by the look of the name? `number`: the
 * value is one. */
bool secret_name_is(str_t name, bool number);

/* Does such a name only speak about a secret: where it is, when it ends? */
bool secret_name_is_about(str_t name);

#endif
