/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is sent to MCP servers that nobody may see: headers and environment of a server, and what
 * each person shows a server whose credentials are each person's. Sealed with their row's id in the
 * associated data; opened only to be sent.
 */
#ifndef DOMAIN_GATEWAY_CREDENTIAL_H
#define DOMAIN_GATEWAY_CREDENTIAL_H

#include "domain/gateway/server.h"
#include "plat/json/json.h"

enum gate_credential_kind {
    GATE_CREDENTIAL_BEARER = 1,
    GATE_CREDENTIAL_HEADER,
    GATE_CREDENTIAL_OAUTH
};
enum { CREDENTIAL_MAX = 8 * 1024, GATE_LINES_MAX = SERVER_SECRETS_MAX };

/* "Name: value" of HTTP, "NAME=value" of a child. */
struct gate_lines {
    str_t v[GATE_LINES_MAX];
    size_t n;
};

/* What goes to this server for `user` (zero: nobody in particular), in act->arena: the caller wipes
 * it. E_NOT_FOUND: the server is gone, or wants this person's own and he has given none, or it has
 * ended. E_CORRUPT. */
err_t gate_credential_open(struct act *act, oid_t server, oid_t user,
                           struct gate_lines *ret) MUST_USE;

struct credential_in {
    str_t kind;   /* "bearer" "header" */
    str_t header; /* name of the header, or of the variable of a child */
    str_t value;  /* secret */
    ts_t expires_at;
};
/* On the writer; in place of an older one. `rules`: the commands. E_BAD_FIELD, E_CONFLICT: the
 * server does not take each person's own. */
err_t credential_put(struct act *act, const struct server_rules *rules,
                     const struct row_server *server, oid_t user,
                     const struct credential_in *in) MUST_USE;
/* Without what is sealed. E_NOT_FOUND. */
err_t credential_get(struct act *act, oid_t server, oid_t user,
                     struct row_credential *ret) MUST_USE;
err_t credential_drop(struct act *act, oid_t server, oid_t user) MUST_USE;

/* A header that may be sent to a server: a token of RFC 9110, printable ASCII, none of ours. */
bool gate_header_obeys(str_t name, str_t value);
/* The sealed objects of a server, open: {"env":{},"headers":{}}. */
err_t server_unseal(struct act *act, const struct row_server *row, struct json **ret) MUST_USE;

#endif
