/* SPDX-License-Identifier: Apache-2.0 */
/* What texts must look like, and texts out of a query string. */
#ifndef API_SHAPE_TEXT_H
#define API_SHAPE_TEXT_H

#include "api/shape.h"

bool text_obeys(enum text_rule rule, str_t s);
const char *text_rule_wants(enum text_rule rule); /* for the message: "want ..." */
bool text_is_one_of(const char *const *list, str_t s);

/* application/x-www-form-urlencoded: '+' is a space, %xx a byte; UTF-8 without NUL. E_BAD_FIELD. */
err_t form_unescape(struct arena *a, str_t s, struct diag *why, str_t *ret) MUST_USE;

#endif
