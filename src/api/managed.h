/* SPDX-License-Identifier: Apache-2.0 */
/* Objects that files stand behind: a call with `Seneschal-Origin: file` marks what it makes or
 * changes, so that consoles can say so and `apply --prune` knows what is its own. */
#ifndef API_MANAGED_H
#define API_MANAGED_H

#include "api/request.h"

/* Does this call come from files? */
bool request_is_from_file(const struct request *rq);
/* On the writer, by a handler whose event names something else than what it makes or deletes: mark
 * that, and nothing else. */
err_t managed_mark(struct request *rq, str_t kind, oid_t id) MUST_USE;
err_t managed_unmark(struct request *rq, oid_t id) MUST_USE;
/* On the writer, after the handler: mark what the event of a change names; whatever was deleted is
 * marked no more. */
err_t managed_note(struct request *rq) MUST_USE;

handler_f managed_list;
extern const struct shape managed_out_shape;

#endif
