/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/mcp/mcp_schema.h"

#include "base/glob.h"

/* The first that matches counts; what is left is a script of the owner. */
static const struct {
    str_t pattern;
    enum mcp_class class;
} home_assistant[] = {
    { { "Get*", 4 }, MCP_CLASS_READ },
    { { "*_get_*", 7 }, MCP_CLASS_READ },
    { { "Hass*", 5 }, MCP_CLASS_WRITE },
};

static bool hint(const struct json *annotations, str_t name)
{
    const struct json *v = json_member(annotations, name);
    return v != NULL && json_type(v) == JSON_BOOL && json_bool(v);
}

enum mcp_class mcp_class_of(const struct json *tool)
{
    const struct json *annotations =
        json_type(tool) == JSON_OBJECT ? json_member(tool, STR("annotations")) : NULL;
    if (annotations == NULL || json_type(annotations) != JSON_OBJECT)
        return MCP_CLASS_WRITE;
    if (hint(annotations, STR("destructiveHint")))
        return MCP_CLASS_EXECUTE;
    return hint(annotations, STR("readOnlyHint")) ? MCP_CLASS_READ : MCP_CLASS_WRITE;
}

enum mcp_class mcp_class_home_assistant(str_t name)
{
    for (size_t i = 0; i < ARRAY_LEN(home_assistant); i++) {
        if (glob_matches(home_assistant[i].pattern, name))
            return home_assistant[i].class;
    }
    return MCP_CLASS_EXECUTE;
}
