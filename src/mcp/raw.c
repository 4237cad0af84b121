/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/raw.h"

#include "plat/mcp/scan.h"

str_t raw_member(struct arena *a, str_t object, str_t name)
{
    struct mcp_scan s = mcp_scan_of(object);
    MCP_WALK w;
    str_t one;
    str_t value;
    if (object.n == 0 || mcp_walk_open(&w, a, &s) != E_OK)
        return STR_NONE;
    while (mcp_walk_next(&w, &one) == E_OK && one.p != NULL) {
        if (mcp_scan_value(&s, &value) != E_OK)
            break;
        if (str_eq(one, name))
            return value;
    }
    return STR_NONE;
}

str_t raw_text(struct arena *a, str_t object, str_t name)
{
    str_t value = raw_member(a, object, name);
    struct mcp_scan s = mcp_scan_of(value);
    str_t text;
    if (!mcp_scan_at(&s, '"') || mcp_scan_text(&s, a, &text) != E_OK)
        return STR_NONE;
    return text;
}
