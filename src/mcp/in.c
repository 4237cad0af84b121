/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/in.h"

#include "base/ref.h"

str_t mcp_in_field(const struct mcp_in *in, str_t name)
{
    for (size_t i = 0; i < in->fields_n; i++) {
        if (str_eq_nocase(in->fields[i].name, name))
            return in->fields[i].value;
    }
    return STR_NONE;
}

void mcp_in_free(struct mcp_in *in)
{
    if (in == NULL)
        return;
    ref_drop(in->access);
    ref_drop(in->catalogue);
    arena_free(in->arena);
}
