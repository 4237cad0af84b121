/* SPDX-License-Identifier: Apache-2.0 */
/* What concerns the whole server and not one organisation: its log, its figures, its store. */
#ifndef API_WHOLE_SERVER_H
#define API_WHOLE_SERVER_H

#include "api/request.h"

/* Besides the permission of the row: who belongs to the organisation `default`, which runs the
 * server, or holds system:admin. E_FORBIDDEN: an administrator of another organisation sees and
 * changes nothing of the others. */
bool whole_server(const struct services *sv, const struct actor *actor);
err_t whole_server_may(struct request *rq) MUST_USE;

#endif
