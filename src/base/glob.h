/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns of names. */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include "base/str.h"

/* `*` stands for any characters, also none, `?` for one byte, everything else for itself. */
bool glob_matches(str_t pattern, str_t text);

#endif
