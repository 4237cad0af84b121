/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MCP servers as rows. All in act->org; results live in act->arena. What is secret of one (its
 * environment, its headers) is sealed with its id, and never shown again; their names are.
 */
#ifndef DOMAIN_GATEWAY_SERVER_H
#define DOMAIN_GATEWAY_SERVER_H

#include "domain/gateway/catalogue.h"
#include "domain/gateway/command.h"
#include "domain/identity/account.h"
#include "sql/gateway.h"

enum {
    SERVERS_MAX = 200, /* of an organisation; of a person his own */
    SERVER_NAME_MAX = 64,
    SERVER_TITLE_MAX = 128,
    SERVER_SECRETS_MAX = 16,             /* variables, or headers */
    SERVER_SECRETS_TEXT_MAX = 16 * 1024, /* of either, as JSON */
    SERVER_DOMAINS_MAX = 64,
    SERVER_PARALLEL_MAX = 1000,
    SERVER_QUEUE_MAX = 100000,
    SERVER_TIMEOUT_MS_MAX = 24 * 60 * 60 * 1000,
    SERVER_MESSAGE_MAX = 64 * 1024 * 1024
};

const char *gate_transport_name(enum gate_transport t); /* "http" "sse" "stdio" "demo" */
const char *gate_pinning_name(enum gate_pinning p);     /* "off" "new" "strict" */

struct server_in { /* in a change: absent leaves it as it is, empty text clears it */
    str_t name;
    str_t prefix; /* absent: from the name */
    str_t title;
    str_t transport; /* not in a change */
    str_t url;       /* checked by the caller (outbound_url_check) */
    str_t command;   /* of gateway.commands */
    str_t status;    /* active, disabled */
    str_t pinning;
    opt_bool_t per_user;
    opt_i64_t parallel_max;
    opt_i64_t queue_max;
    opt_i64_t timeout_ms;
    opt_i64_t message_max;
    str_t env;            /* a JSON object of texts: all of them */
    str_t headers;        /* the same */
    struct names domains; /* of a Home Assistant */
};

/* What a server may be: whose, and by the configuration. */
struct server_rules {
    oid_t owner; /* zero: the organisation's */
    enum gate_kind kind;
    const struct gate_command *commands;
    size_t commands_n;
};

/* On the writer. E_BAD_FIELD, E_CONFLICT, E_COMMAND_NOT_ALLOWED. */
err_t server_create(struct act *act, const struct server_rules *rules, const struct server_in *in,
                    struct row_server *ret) MUST_USE;
err_t server_get(struct act *act, oid_t id, struct row_server *ret) MUST_USE;
err_t server_change(struct act *act, const struct server_rules *rules, const struct row_server *old,
                    const struct server_in *in, struct row_server *ret) MUST_USE;
/* With its tools, permissions, credentials and what waits for a yes. */
err_t server_delete(struct act *act, oid_t id) MUST_USE;
/* Those of the organisation (`owner` zero), or of a person. */
err_t server_list(struct act *act, oid_t owner, oid_t after, int64_t limit, struct row_server **ret,
                  size_t *ret_n) MUST_USE;

/* What it said when it was asked last: no change of the server, and nothing that memory holds. */
err_t server_answered(struct act *act, oid_t id, str_t version, str_t as) MUST_USE;
err_t server_failed(struct act *act, oid_t id, str_t why) MUST_USE;

#endif
