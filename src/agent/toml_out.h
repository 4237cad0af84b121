/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing TOML 1.0 (toml.io/en/v1.0.0), as little of it as a configuration needs: basic strings,
 * integers, floats, booleans, arrays on one line, and a table with a header of its own for each
 * object. Objects inside arrays are inline tables. Sorted by bytes, so that equal values are equal
 * bytes.
 */
#ifndef AGENT_TOML_OUT_H
#define AGENT_TOML_OUT_H

#include "plat/json/json.h"

/* `v` is an object. E_BAD_FIELD: a null is in it, for which TOML has no word. E_NO_MEMORY. */
err_t toml_write(struct arena *a, const struct json *v, struct buf *b) MUST_USE;

/*
 * What somebody has made of a file that we wrote: an object of the same shape whose leaves are the
 * texts of the values. It reads line by line what toml_write writes; a line of any other form
 * stands under its number. E_NO_MEMORY.
 */
err_t toml_lines(struct arena *a, str_t text, struct json **ret) MUST_USE;

#endif
