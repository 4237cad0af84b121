/* SPDX-License-Identifier: Apache-2.0 */
/* The languages that people are spoken to in. */
#ifndef BASE_LANG_H
#define BASE_LANG_H

#include "base/str.h"

enum lang { LANG_NONE, LANG_EN, LANG_FR, LANG_COUNT };

const char *lang_name(enum lang lang); /* "en", "fr" (RFC 5646); of LANG_NONE "en" */
enum lang lang_parse(str_t name);      /* LANG_NONE: none of ours */

#endif
