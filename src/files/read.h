/* SPDX-License-Identifier: Apache-2.0 */
/* From the nodes of a YAML file to a world. */
#ifndef FILES_READ_H
#define FILES_READ_H

#include "files/kinds.h"
#include "plat/conf/conf.h"

/* Add what a file says. E_BAD_FIELD with "file:line:column: reason": an unknown section or member,
 * a name that stands in another file already. */
err_t files_read(struct arena *a, const struct conf_file *f, struct json *world,
                 struct diag *why) MUST_USE;

/* A scalar by the core schema of YAML 1.2: null, true, false, a number, else text. NULL: no memory.
 */
struct json *yaml_scalar(const struct conf_node *n);

#endif
