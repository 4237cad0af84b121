/* SPDX-License-Identifier: Apache-2.0 */
#include "api/mcp_port.h"

#include "api/spans.h"

static const struct mcp_settings *port_settings(void *arg)
{
    const struct services *sv = arg;
    return &services_settings(sv)->gateway;
}

static const struct outbound_rules *port_outbound(void *arg, const struct gate_server *s)
{
    const struct settings *settings = services_settings(arg);
    if (s->transport == GATE_STDIO) /* where its proxy goes: nobody has named that address */
        return &settings->outbound;
    return s->kind == GATE_KIND_HOMEASSISTANT ? &settings->homeassistant : &settings->upstreams;
}

static const struct gate_command *port_command(void *arg, str_t name)
{
    const struct settings *s = services_settings(arg);
    return gate_command_find(s->commands, s->commands_n, name);
}

/* What cannot be recorded is not done. */
static bool port_may_record(void *arg)
{
    const struct services *sv = arg;
    struct writer_stats stats;
    if (!writer_has_room(sv->writer, LOAD_ADMIN, true))
        return false;
    writer_stats(sv->writer, &stats);
    return !stats.disk_full && !stats.failed;
}

static void port_span(void *arg, str_t span)
{
    const struct services *sv = arg;
    spans_put(sv->spans, span);
}

struct mcp_ports mcp_ports_of(struct services *services)
{
    return (struct mcp_ports){
        .arg = services,
        .settings = port_settings,
        .outbound = port_outbound,
        .command = port_command,
        .may_record = port_may_record,
        .look = mcp_port_look,
        .open = mcp_port_open,
        .record = mcp_port_record,
        .sight = mcp_port_sight,
        .span = port_span,
        .approve = mcp_port_approve,
    };
}
