/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of names, each once and in byte order: the members of an object. */
#ifndef FILES_NAME_SET_H
#define FILES_NAME_SET_H

#include "plat/json/json.h"

err_t name_set_add(struct json *set, str_t name) MUST_USE;
/* The texts of a list. */
err_t name_set_add_list(struct json *set, const struct json *list) MUST_USE;
/* What {group: [name ...]} lists. */
err_t name_set_add_lists(struct arena *a, struct json *set, const struct json *lists) MUST_USE;
/* The objects that a world has of one kind. */
err_t name_set_add_section(struct arena *a, struct json *set, const struct json *world,
                           const char *section) MUST_USE;

#endif
