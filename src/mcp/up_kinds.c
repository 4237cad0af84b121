/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/up_kinds.h"

#include "domain/gateway/command.h"
#include "mcp/demo.h"
#include "mcp/hub_in.h"

/* A program that nobody has called for so long is ended. */
#define PROGRAM_IDLE DUR_S(600)

static const struct up_wire_kind *const kinds[GATE_TRANSPORTS] = {
    [GATE_HTTP] = &up_wire_http,
    [GATE_SSE] = &up_wire_sse,
    [GATE_STDIO] = &up_wire_stdio,
    [GATE_DEMO] = &up_wire_demo,
};

static err_t program_of(struct node *n)
{
    const struct mcp_ports *ports = &n->hub->ports;
    str_t name = n->server->command;
    const struct gate_command *c = ports->command(ports->arg, name);
    if (c == NULL)
        return FAIL(&n->why, E_COMMAND_NOT_ALLOWED,
                    "%.*s is none of gateway.commands: ask who runs the gateway", STR_ARG(name));
    n->command = (struct up_command){
        .argv = c->argv,
        .read = c->read,
        .write = c->write,
        .sha256 = c->sha256,
        .network = c->network,
        .hosts = c->hosts,
        .hosts_n = c->hosts_n,
        .joined = node_net_joined,
        .refused = node_net_refused,
        .arg = n,
        .idle = PROGRAM_IDLE,
        .crashes = &n->crashes,
    };
    return E_OK;
}

err_t up_kind_of(struct node *n, const struct up_wire_kind **ret)
{
    const struct up_wire_kind *kind = kinds[n->server->transport];
    if (kind == NULL)
        return FAIL(&n->why, E_NOT_IMPLEMENTED, "this transport is not built in");
    if (kind == &up_wire_stdio)
        TRY(program_of(n));
    *ret = kind;
    return E_OK;
}
