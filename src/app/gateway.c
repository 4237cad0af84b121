/* SPDX-License-Identifier: Apache-2.0 */
#include "app/gateway.h"

#include "api/mcp_port.h"
#include "base/log.h"
#include "mcp/hub.h"

enum {
    ACCESSES_MAX = 65536,  /* principals whose permissions are in memory */
    CATALOGUES_MAX = 1024, /* organisations whose servers are */
};

static void gone(void *hub, oid_t id)
{
    mcp_hub_gone(hub, id);
}

err_t gateway_memory(struct services *sv)
{
    const struct gate_memory_cfg cfg = { .accesses_max = ACCESSES_MAX,
                                         .catalogues_max = CATALOGUES_MAX };
    return gate_memory_new(&cfg, &sv->gate);
}

/* Its cage has no wall there: whoever runs this server should have meant it. */
static void warn_of_networks(const struct settings *s)
{
    for (size_t i = 0; i < s->commands_n; i++) {
        if (s->commands[i].network)
            LOG(LOG_WARNING, "mcp-program-network", LOG_F("command", s->commands[i].name),
                LOG_F("note", "it may connect anywhere, to this machine too: where it can use a "
                              "proxy, network:HOST says where it may"));
    }
}

err_t gateway_start(struct services *sv, struct diag *why)
{
    const struct mcp_hub_cfg cfg = { .ports = mcp_ports_of(sv) };
    warn_of_networks(services_settings(sv));
    TRY(mcp_hub_new(&cfg, why, &sv->mcp));
    gate_memory_listen(sv->gate, gone, sv->mcp);
    return E_OK;
}

void gateway_drain(struct services *sv, dur_t in)
{
    mcp_hub_drain(sv->mcp, in);
}

void gateway_stop(struct services *sv)
{
    if (sv->mcp != NULL)
        mcp_hub_stop(sv->mcp);
}

void gateway_free(struct services *sv)
{
    mcp_hub_free(sv->mcp);
    gate_memory_free(sv->gate);
}
