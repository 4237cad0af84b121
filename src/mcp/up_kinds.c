/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/up_kinds.h"

#include "mcp/demo.h"

static const struct up_wire_kind *const kinds[GATE_TRANSPORTS] = {
    [GATE_HTTP] = &up_wire_http,
    [GATE_SSE] = &up_wire_sse,
    [GATE_DEMO] = &up_wire_demo,
};

err_t up_kind_of(struct mcp_hub *h, const struct gate_server *s, struct diag *why,
                 struct up_kind *ret)
{
    (void)h;
    if (kinds[s->transport] == NULL)
        return FAIL(why, E_NOT_IMPLEMENTED, "this transport is not built in");
    *ret = (struct up_kind){ .wire = kinds[s->transport] };
    return E_OK;
}
