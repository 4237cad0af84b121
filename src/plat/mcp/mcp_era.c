/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/mcp/mcp_era.h"

#include "plat/json/out.h"
#include "plat/mcp/mcp_edit.h"
#include "plat/mcp/mcp_headers.h"

#include <assert.h>

/* clang-format off */
#define AT(id, text) [id] = { id, { "" text, sizeof(text) - 1 }
/*                                      era         batch  header elicit url    struct poll   errors */
static const struct mcp_version versions[MCP_V_COUNT] = {
    AT(MCP_V_2024_10_07, "2024-10-07"), MCP_LEGACY, false, false, false, false, false, false, false },
    AT(MCP_V_2024_11_05, "2024-11-05"), MCP_LEGACY, false, false, false, false, false, false, false },
    AT(MCP_V_2025_03_26, "2025-03-26"), MCP_LEGACY, true,  false, false, false, false, false, false },
    AT(MCP_V_2025_06_18, "2025-06-18"), MCP_LEGACY, false, true,  true,  false, true,  false, false },
    AT(MCP_V_2025_11_25, "2025-11-25"), MCP_LEGACY, false, true,  true,  true,  true,  true,  true  },
    AT(MCP_V_2026_07_28, "2026-07-28"), MCP_MODERN, false, true,  true,  true,  true,  false, true  },
};
#undef AT
/* clang-format on */

enum { VERSION_TEXT = 10, WORDS_MAX = 512 };

const struct mcp_version *mcp_version_find(str_t text)
{
    for (size_t i = 0; i < MCP_V_COUNT; i++) {
        if (str_eq(versions[i].text, text))
            return &versions[i];
    }
    return NULL;
}

const struct mcp_version *mcp_version_of(enum mcp_version_id id)
{
    assert(id < MCP_V_COUNT);
    return &versions[id];
}

const struct mcp_version *mcp_version_newest(enum mcp_era era)
{
    size_t i = MCP_V_COUNT - 1;
    while (versions[i].era != era)
        i--;
    return &versions[i];
}

const struct mcp_version *mcp_version_offer(str_t wanted)
{
    const struct mcp_version *v = mcp_version_find(wanted);
    return v != NULL && v->era == MCP_LEGACY ? v : mcp_version_newest(MCP_LEGACY);
}

str_t mcp_versions_modern(void)
{
    static_assert(MCP_V_COUNT == MCP_V_2026_07_28 + 1, "one modern version is listed");
    return STR("[\"2026-07-28\"]");
}

/* A date from the first modern version on, whether we know it or not. */
static bool names_modern(str_t version)
{
    return version.n == VERSION_TEXT && str_cmp(version, versions[MCP_V_2026_07_28].text) >= 0;
}

/* {"mismatch":{"header":H,"body":B}}, and a sentence of the three; what they came with is cut. */
static err_t mismatch(struct arena *a, const char *header, str_t got, str_t body,
                      struct mcp_refusal *ret)
{
    struct mcp_refusal r = { .err = MCP_E_HEADER_MISMATCH };
    struct buf b;
    got = str_clip(got, WORDS_MAX);
    body = str_clip(body, WORDS_MAX);
    buf_init(&b, 16 * (size_t)WORDS_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    json_out_name(&o, STR("mismatch"));
    json_out_open(&o, '{');
    JSON_OUT(&o, "header", str, got);
    JSON_OUT(&o, "body", str, body);
    json_out_close(&o, '}');
    json_out_close(&o, '}');
    err_t e = b.err == E_OK ? str_copy(a, buf_str(&b), &r.data) : b.err;
    buf_fini(&b);
    TRY(e);
    if (got.p == NULL)
        TRY(str_format(a, &r.message,
                       "Bad Request: the header %s is missing: the body says \"%.*s\"", header,
                       STR_ARG(body)));
    else
        TRY(str_format(a, &r.message,
                       "Bad Request: the header %s says \"%.*s\", the body says \"%.*s\"", header,
                       STR_ARG(got), STR_ARG(body)));
    *ret = r;
    return E_OK;
}

/* What _meta lacks, in the words of {"envelope":{"missing":[...]}}; absent: nothing. */
static str_t envelope_fault(const struct mcp_peek *p)
{
    if (p->meta.p == NULL)
        return STR("{\"envelope\":{\"missing\":[\"_meta\"]}}");
    if (!p->has_claim)
        return STR("{\"envelope\":{\"missing\":[\"io.modelcontextprotocol/protocolVersion\"]}}");
    if (p->protocol.p == NULL)
        return STR("{\"envelope\":{\"key\":\"io.modelcontextprotocol/protocolVersion\","
                   "\"problem\":\"want a string\"}}");
    if (p->client_capabilities.p == NULL)
        return STR("{\"envelope\":{\"missing\":[\"io.modelcontextprotocol/clientCapabilities\"]}}");
    if (!mcp_is_object(p->client_capabilities))
        return STR("{\"envelope\":{\"key\":\"io.modelcontextprotocol/clientCapabilities\","
                   "\"problem\":\"want an object\"}}");
    if (p->client_info.p != NULL && !mcp_is_object(p->client_info))
        return STR("{\"envelope\":{\"key\":\"io.modelcontextprotocol/clientInfo\","
                   "\"problem\":\"want an object\"}}");
    return STR_NONE;
}

static err_t unsupported(struct arena *a, str_t wanted, struct mcp_refusal *ret)
{
    struct mcp_refusal r = { .err = MCP_E_VERSION };
    str_t raw;
    wanted = str_clip(wanted, WORDS_MAX);
    TRY(mcp_raw_text(a, wanted, &raw));
    TRY(str_format(a, &r.data, "{\"supported\":%.*s,\"requested\":%.*s}",
                   STR_ARG(mcp_versions_modern()), STR_ARG(raw)));
    TRY(str_format(a, &r.message, "Unsupported protocol version: %.*s", STR_ARG(wanted)));
    *ret = r;
    return E_OK;
}

/* The fields that every modern request has. A notification needs none, but may not lie. */
static err_t check_fields(struct arena *a, const struct mcp_head *h, const struct mcp_peek *p,
                          struct mcp_route *r)
{
    bool request = p->kind == MCP_REQUEST;
    str_t name = mcp_name_source(p, r->method);
    str_t said = STR_NONE;
    if (request && h->version.p == NULL)
        return mismatch(a, "MCP-Protocol-Version", h->version, p->protocol, &r->refusal);
    if ((request || h->method.p != NULL) && !str_eq(h->method, p->method))
        return mismatch(a, "Mcp-Method", h->method, p->method, &r->refusal);
    if (!request || name.p == NULL)
        return E_OK;
    err_t e = h->name.p != NULL ? mcp_header_decode(a, h->name, &said) : E_OK;
    if (e == E_NO_MEMORY)
        return e;
    if (e != E_OK || said.p == NULL || !str_eq(said, name))
        return mismatch(a, "Mcp-Name", h->name, name, &r->refusal);
    return E_OK;
}

static err_t route_modern(struct arena *a, const struct mcp_head *h, const struct mcp_peek *p,
                          struct mcp_route *r)
{
    str_t fault = envelope_fault(p);
    r->era = MCP_MODERN;
    r->version = mcp_version_newest(MCP_MODERN);
    if (p->kind == MCP_NOTIFICATION && !p->has_claim) /* the header alone calls it modern */
        return check_fields(a, h, p, r);
    if (fault.p != NULL && (p->kind == MCP_REQUEST || p->protocol.p == NULL)) {
        r->refusal = (struct mcp_refusal){ .err = MCP_E_ENVELOPE, .data = fault };
        return E_OK;
    }
    if (h->version.p != NULL && !str_eq(h->version, p->protocol))
        return mismatch(a, "MCP-Protocol-Version", h->version, p->protocol, &r->refusal);
    const struct mcp_version *v = mcp_version_find(p->protocol);
    if (v == NULL || v->era != MCP_MODERN)
        return unsupported(a, p->protocol, &r->refusal);
    r->version = v;
    TRY(check_fields(a, h, p, r));
    bool known = r->method != NULL && r->method->in[MCP_MODERN];
    if (r->refusal.err == MCP_OK && p->kind == MCP_REQUEST && !known)
        r->refusal.err = MCP_E_METHOD_NOT_FOUND;
    return E_OK;
}

/* An initialize names its version in its params; everything else in the header, or is of the last
 * version that had none. */
static err_t route_legacy(const struct mcp_head *h, const struct mcp_peek *p, struct mcp_route *r)
{
    const struct mcp_version *v = mcp_version_of(MCP_V_2025_03_26);
    if (h->version.p != NULL)
        v = mcp_version_find(h->version);
    if (r->method != NULL && r->method->id == MCP_M_INITIALIZE) {
        r->version = NULL;
        return E_OK;
    }
    if (v == NULL || v->era != MCP_LEGACY)
        r->refusal.err = MCP_E_VERSION;
    else if (p->kind == MCP_BATCH && !v->batch)
        r->refusal.err = MCP_E_BATCH;
    r->version = v;
    return E_OK;
}

err_t mcp_route(struct arena *a, const struct mcp_head *head, const struct mcp_peek *p,
                struct mcp_route *ret)
{
    const struct mcp_head h = { str_trim(head->version), str_trim(head->method),
                                str_trim(head->name) };
    struct mcp_route r = { .era = MCP_LEGACY };
    bool message = p->kind == MCP_REQUEST || p->kind == MCP_NOTIFICATION;
    if (message)
        r.method = mcp_method_find(p->method);
    bool initialize = r.method != NULL && r.method->id == MCP_M_INITIALIZE;
    if (p->kind == MCP_BATCH && p->has_claim)
        r.refusal.err = MCP_E_BATCH;
    else if (initialize && !p->has_claim && names_modern(h.version))
        TRY(mismatch(a, "MCP-Protocol-Version", h.version, STR("initialize"), &r.refusal));
    else if (message && (p->has_claim || names_modern(h.version)))
        TRY(route_modern(a, &h, p, &r));
    else
        TRY(route_legacy(&h, p, &r));
    *ret = r;
    return E_OK;
}
