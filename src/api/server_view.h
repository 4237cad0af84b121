/* SPDX-License-Identifier: Apache-2.0 */
/* What the handlers of MCP servers share. */
#ifndef API_SERVER_VIEW_H
#define API_SERVER_VIEW_H

#include "api/shapes_server.h"
#include "domain/gateway/server.h"

/* What a server of the organisation may be, by the settings. */
struct server_rules server_rules_of(const struct request *rq);
/* Could this URL be one of a server (SAFETY rule 10)? Absent or empty: there is nothing to say.
 * E_BAD_FIELD, E_FORBIDDEN. */
err_t server_url_check(struct request *rq, str_t url, struct diag *why) MUST_USE;
/* "plain-http", or none. */
struct strs server_warnings(str_t url);
/* The server of the organisation that the path names, as the target of the event. E_NOT_FOUND. */
err_t server_of_path(struct request *rq, struct row_server *ret) MUST_USE;

/* An entry of gateway.commands, without what is run. */
struct command_out {
    str_t name;
    struct strs env;
    bool network;
};
extern const struct shape command_out_shape;

#endif
