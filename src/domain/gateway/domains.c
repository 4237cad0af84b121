/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/gateway/domains.h"

#include "base/buf.h"
#include "plat/json/json.h"
#include "plat/mcp/mcp_edit.h"
#include "plat/mcp/mcp_schema.h"

#define ARGUMENT STR("domain")

static const struct json *member(const struct json *v, str_t name)
{
    return v != NULL && json_type(v) == JSON_OBJECT ? json_member(v, name) : NULL;
}

static bool text_is(const struct json *v, str_t text)
{
    return v != NULL && json_type(v) == JSON_STRING && str_eq(json_string(v), text);
}

static bool one_of(const struct json *list, str_t text)
{
    for (size_t i = 0; i < json_count(list); i++) {
        if (text_is(json_at(list, i), text))
            return true;
    }
    return false;
}

/* ---- what a tool takes ---- */

/* Of several forms that the argument may have, the list, or else the first. */
static const struct json *form_of(const struct json *schema)
{
    const struct json *forms = member(schema, STR("anyOf"));
    if (forms == NULL)
        forms = member(schema, STR("oneOf"));
    if (forms == NULL || json_type(forms) != JSON_ARRAY || json_count(forms) == 0)
        return schema;
    for (size_t i = 0; i < json_count(forms); i++) {
        if (text_is(member(json_at(forms, i), STR("type")), STR("array")))
            return json_at(forms, i);
    }
    return json_at(forms, 0);
}

static err_t fill_of(struct arena *a, const struct gate_server *s, const struct json *words,
                     struct gate_domains *d)
{
    bool any = words == NULL || json_type(words) != JSON_ARRAY;
    str_t *fill = ARENA_ARRAY(a, str_t, s->domains_n + 1);
    if (fill == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < s->domains_n; i++) {
        if (any || one_of(words, s->domains[i]))
            fill[d->fill_n++] = s->domains[i];
    }
    d->fill = fill;
    return E_OK;
}

/* The schema of the argument in a definition; NULL: it has none, or is none. */
static const struct json *schema_of(const struct json *definition)
{
    return member(member(member(definition, STR("inputSchema")), STR("properties")), ARGUMENT);
}

err_t gate_domains_of(struct arena *a, const struct gate_server *s, const struct gate_tool *tool,
                      struct gate_domains *ret)
{
    CLEANUP(json_freep) struct json *definition = NULL;
    struct gate_domains d = { .held = false };
    bool may = s->domains_n > 0 && mcp_class_home_assistant(tool->name) != MCP_CLASS_EXECUTE;
    if (may && tool->definition.n > 0 &&
        json_parse(tool->definition, NULL, &definition) == E_NO_MEMORY)
        return E_NO_MEMORY;
    const struct json *schema = schema_of(definition);
    if (schema != NULL) {
        const struct json *form = form_of(schema);
        d.held = true;
        d.many = text_is(member(form, STR("type")), STR("array"));
        TRY(fill_of(a, s, member(d.many ? member(form, STR("items")) : form, STR("enum")), &d));
    }
    *ret = d;
    return E_OK;
}

/* ---- a call ---- */

static bool allowed(const struct gate_server *s, const struct json *v)
{
    for (size_t i = 0; i < s->domains_n; i++) {
        if (text_is(v, s->domains[i]))
            return true;
    }
    return false;
}

/* To Home Assistant an empty list is no limit at all. */
static bool says_nothing(const struct json *v)
{
    return v == NULL || json_type(v) == JSON_NULL ||
           (json_type(v) == JSON_ARRAY && json_count(v) == 0);
}

static bool all_allowed(const struct gate_server *s, const struct json *v)
{
    if (json_type(v) != JSON_ARRAY)
        return allowed(s, v);
    for (size_t i = 0; i < json_count(v); i++) {
        if (!allowed(s, json_at(v, i)))
            return false;
    }
    return true;
}

const char *gate_domains_refuse(const struct gate_domains_ask *ask)
{
    static const struct gate_domains none;
    const struct gate_domains *d = ask->tool != NULL ? &ask->tool->domains : &none;
    if (ask->server->domains_n == 0)
        return NULL;
    if (!d->held && ask->class != GATE_READ)
        return N_("domains_allowed limits this Home Assistant, and nothing limits this tool");
    if (d->held && d->fill_n == 0)
        return N_("the tool is for domains that domains_allowed does not have");
    if (ask->list)
        return NULL;
    if (ask->arguments != NULL && json_type(ask->arguments) != JSON_OBJECT)
        return N_("the arguments are no object");
    const struct json *v = member(ask->arguments, ARGUMENT);
    if (!says_nothing(v))
        return all_allowed(ask->server, v) ? NULL : N_("domains_allowed does not have this domain");
    if (d->held && !d->many && d->fill_n > 1)
        return N_("the tool takes one domain, and domains_allowed has several: say which");
    return NULL;
}

static err_t value_make(struct arena *a, const struct gate_domains *d, str_t *ret)
{
    CLEANUP(json_freep) struct json *list = json_new_array();
    CLEANUP(buf_fini) struct buf b = { 0 };
    if (list == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < d->fill_n; i++)
        TRY(json_push(list, json_new_string(d->fill[i])));
    buf_init(&b, KIB(16));
    json_write(&b, d->many ? list : json_at(list, 0));
    TRY(b.err);
    return str_copy(a, buf_str(&b), ret);
}

err_t gate_domains_fill(struct arena *a, const struct gate_tool *tool, str_t raw, str_t *ret)
{
    CLEANUP(json_freep) struct json *arguments = NULL;
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct mcp_edit edit = { .name = ARGUMENT };
    str_t object = raw.n > 0 ? raw : STR("{}");
    if (!tool->domains.held) {
        *ret = raw;
        return E_OK;
    }
    TRY(json_parse(object, NULL, &arguments));
    if (!says_nothing(member(arguments, ARGUMENT))) {
        *ret = raw;
        return E_OK;
    }
    TRY(value_make(a, &tool->domains, &edit.value));
    buf_init(&b, object.n + KIB(32));
    TRY(mcp_edit(a, object, &edit, 1, &b));
    return str_copy(a, buf_str(&b), ret);
}
