/* SPDX-License-Identifier: Apache-2.0 */
/* A world as YAML, always the same bytes for the same world: names in byte order, two blanks a
 * level, quotes only where a reader would take a text for something else. */
#ifndef FILES_YAML_H
#define FILES_YAML_H

#include "files/kinds.h"

err_t yaml_write(struct buf *b, struct arena *a, const struct json *world) MUST_USE;
/* May the text stand without quotes? */
bool yaml_is_plain(str_t s);

#endif
