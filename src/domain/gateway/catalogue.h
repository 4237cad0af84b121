/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The MCP servers of an organisation and their tools, as the engine needs them: read once by a
 * worker, never changed, shared by counted pointers (base/ref.h). Everything in it lives as long
 * as it does.
 */
#ifndef DOMAIN_GATEWAY_CATALOGUE_H
#define DOMAIN_GATEWAY_CATALOGUE_H

#include "domain/gateway/class.h"
#include "domain/live/act.h"
#include "plat/crypto/crypto.h"

enum gate_kind { GATE_KIND_ANY = 1, GATE_KIND_HOMEASSISTANT };
enum gate_transport { GATE_HTTP = 1, GATE_SSE, GATE_STDIO, GATE_DEMO, GATE_TRANSPORTS };
/* What holds for a tool that was not seen before, and for one that has changed. */
enum gate_pinning { GATE_PIN_OFF = 1, GATE_PIN_NEW, GATE_PIN_STRICT, GATE_PINNINGS };
enum gate_tool_state { GATE_TOOL_ACTIVE = 1, GATE_TOOL_QUARANTINED, GATE_TOOL_GONE };
/* Of a tool of a Home Assistant that is limited to some domains (domains.h). */
struct gate_domains {
    bool held;         /* its argument `domain` says what it touches */
    bool many;         /* and may be a list */
    const str_t *fill; /* what stands there where a call says nothing */
    size_t fill_n;
};
struct gate_tool {
    oid_t id;
    str_t name; /* as its server calls it */
    enum gate_tool_state state;
    enum gate_class class; /* in force */
    bool approval;         /* each call waits for a person's yes */
    bool pinned;           /* `definition` and `digest` are there */
    digest_t digest;       /* of the canonical definition that may be called */
    str_t definition;      /* canonical JSON; absent: nobody has approved one yet */
    bool waiting;          /* another definition waits for approval: its digest follows */
    digest_t pending;
    struct gate_domains domains;
};

struct gate_server {
    oid_t id;
    oid_t org;
    oid_t owner; /* it is there for this person alone; zero: for the organisation */
    str_t name;
    str_t prefix;
    str_t title; /* absent: none */
    enum gate_kind kind;
    enum gate_transport transport;
    enum gate_pinning pinning;
    bool active;
    bool per_user;        /* what is sent to it is each person's own: gate_credential_open */
    bool sealed;          /* it has environment or headers: gate_server_open */
    str_t url;            /* where it speaks MCP */
    str_t sse_url;        /* where it may speak HTTP+SSE instead; absent: at `url` too */
    str_t command;        /* name of an entry of gateway.commands */
    const str_t *domains; /* of a Home Assistant: entity domains that calls may touch; none: all */
    size_t domains_n;
    int64_t parallel_max; /* these four: 0 is the setting */
    int64_t queue_max;
    int64_t timeout_ms;
    int64_t message_max;
    int64_t revision;              /* another one: connections are made anew */
    const struct gate_tool *tools; /* by bytes of their names */
    size_t tools_n;
};

struct gate_catalogue {
    oid_t org;
    const struct gate_server *servers; /* by bytes of their names, the organisation's first */
    size_t servers_n;
    struct arena *arena; /* owns all of it */
};

enum { GATE_SERVERS_MAX = 1000, GATE_TOOLS_MAX = 1000, GATE_CATALOGUE_MAX = 64 * 1024 * 1024 };

/* On a worker, in a read transaction; one reference. */
err_t gate_catalogue_load(struct act *act, oid_t org, struct gate_catalogue **ret) MUST_USE;

/* By name, as `person` sees it: his own before the organisation's. NULL: there is none for him. */
const struct gate_server *gate_server_find(const struct gate_catalogue *c, oid_t person,
                                           str_t name);
const struct gate_server *gate_server_by_id(const struct gate_catalogue *c, oid_t id);
const struct gate_tool *gate_tool_find(const struct gate_server *s, str_t name);

#endif
