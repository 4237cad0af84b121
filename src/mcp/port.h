/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the hub has done by others, because it reads the store, writes it, or computes for long: on
 * workers and the writer. Each job is the hub's memory; whoever does it posts `msg` to the hub's
 * loop when it is done, exactly once, whatever comes of it.
 */
#ifndef MCP_PORT_H
#define MCP_PORT_H

#include "domain/gateway/access.h"
#include "domain/gateway/catalogue.h"
#include "mcp/settings.h"
#include "plat/crypto/crypto.h"
#include "plat/http/outbound.h"
#include "plat/loop/loop.h"

/* Of a principal and the organisation that he acts in, as they are now. */
struct mcp_look {
    struct loop_msg msg;
    struct loop *hub;
    void *owner; /* the hub's; NULL: nobody wants it any more */
    struct gate_who who;
    digest_t token; /* that must still be good; where has_token says so */
    bool has_token;
    /* Filled in. */
    err_t
        e; /* E_OK; E_UNAUTHENTICATED, E_DISABLED, E_DEVICE_REVOKED ...: he may not act any more */
    struct gate_access *access; /* one reference each; NULL: they could not be read */
    struct gate_catalogue *catalogue;
};

/* What is sent to a server for somebody: headers, or the environment of a child. */
enum { MCP_CREDENTIALS_MAX = 16 };
struct mcp_open {
    struct loop_msg msg;
    struct loop *hub;
    struct arena *arena; /* this struct lies in it, and texts of the answer; the hub wipes it */
    void *owner;         /* the hub's */
    oid_t org;
    oid_t server;
    oid_t user; /* zero: of the server itself */
    /* Filled in. */
    err_t e; /* E_NOT_FOUND: this person has none */
    struct diag why;
    str_t lines[MCP_CREDENTIALS_MAX]; /* "Name: value", or "NAME=value" of a child */
    size_t lines_n;
};

/* One event of the record. What has no owner when it is given is not told, and freed by who does
 * it.
 */
enum mcp_event {
    MCP_CALL_START,
    MCP_CALL_END,
    MCP_CALL_REFUSED,
    MCP_SERVER_TESTED,
    MCP_NETWORK_REFUSED,
    MCP_EVENTS
};
struct mcp_record {
    struct loop_msg msg;
    struct loop *hub;
    struct arena *arena; /* this struct and its texts lie in it */
    void *owner;         /* the hub's; NULL: nobody waits for it */
    enum mcp_event event;
    struct actor actor;
    oid_t org;
    oid_t request_id;
    oid_t server;
    str_t target; /* server/tool, or a server */
    str_t reason; /* absent, or why it was refused or failed */
    bool failed;
    str_t ip;
    str_t details; /* a JSON object */
    err_t e;       /* filled in */
};

/* The tools that a server has shown: what is new, changed and gone is written down; or why they
 * could not be read. */
struct mcp_sight {
    struct loop_msg msg;
    struct loop *hub;
    struct arena *arena; /* this struct lies in it */
    void *owner;         /* the hub's */
    oid_t org;
    oid_t server;
    str_t name;
    str_t failed;  /* why they could not be read; absent: they were */
    str_t tools;   /* a JSON array, as the server sent them */
    str_t version; /* of the protocol that it speaks */
    bool modern;
    err_t e; /* filled in */
};

struct mcp_hub;
/* A call that waits for a person's yes is written down, and told to those who may give it. */
struct mcp_approve {
    struct loop_msg msg;
    struct loop *hub;
    struct arena *arena; /* this struct and its texts lie in it */
    void *owner;         /* the hub's; NULL: nobody waits for it any more */
    struct mcp_hub *of;
    struct actor actor;
    oid_t org;
    oid_t request_id;
    oid_t server;
    str_t server_name;
    str_t tool;
    str_t arguments; /* raw; absent: none */
    str_t ip;
    oid_t id;     /* of the row: filled in; or set before: that call waits no more */
    str_t reason; /* why it does not */
    err_t e;      /* filled in */
};

struct mcp_ports {
    void *arg;
    /* Of now; what they, and the next two, point to stays for a minute, and while `life` is held.
     */
    const struct mcp_settings *(*settings)(void *arg);
    const struct outbound_rules *(*outbound)(void *arg, const struct gate_server *s);
    const struct gate_command *(*command)(void *arg, str_t name); /* NULL: there is none */
    /* Is there room for an event on the record? */
    bool (*may_record)(void *arg);
    void (*look)(void *arg, struct mcp_look *job);
    void (*open)(void *arg, struct mcp_open *job);
    void (*record)(void *arg, struct mcp_record *job);
    void (*approve)(void *arg, struct mcp_approve *job);
    void (*sight)(void *arg, struct mcp_sight *job);
    /* A span, as OTLP has it in JSON (span.h): copied, or dropped where there is no room. */
    void (*span)(void *arg, str_t span);
};

#endif
