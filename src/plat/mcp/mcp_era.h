/* SPDX-License-Identifier: Apache-2.0 */
/* The versions of MCP, and which of them a request speaks: the body decides, headers are checked
 * against it. */
#ifndef PLAT_MCP_MCP_ERA_H
#define PLAT_MCP_MCP_ERA_H

#include "plat/mcp/mcp_err.h"
#include "plat/mcp/mcp_peek.h"

enum mcp_version_id {
    MCP_V_2024_10_07, /* before the first release; SDKs still list it */
    MCP_V_2024_11_05, /* HTTP+SSE */
    MCP_V_2025_03_26, /* Streamable HTTP; batches, in this one alone */
    MCP_V_2025_06_18, /* the header MCP-Protocol-Version; elicitation; structured results */
    MCP_V_2025_11_25, /* elicitation by URL, tasks, streams that are polled */
    MCP_V_2026_07_28, /* no sessions */
    MCP_V_COUNT
};

struct mcp_version {
    enum mcp_version_id id;
    str_t text;
    enum mcp_era era;
    bool batch;           /* takes JSON-RPC batches */
    bool header;          /* requests name it in MCP-Protocol-Version */
    bool elicitation;     /* servers may ask the person */
    bool url_elicitation; /* also by a page of theirs */
    bool structured;      /* outputSchema and structuredContent */
    bool polling;         /* streams begin with an empty event that has an id */
    bool tool_errors;     /* input that fails validation is a result with isError */
};

const struct mcp_version *mcp_version_find(str_t text); /* NULL: not known */
const struct mcp_version *mcp_version_of(enum mcp_version_id id);
const struct mcp_version *mcp_version_newest(enum mcp_era era);
/* What an initialize gets that asks for this version: the same if it is a legacy one, else the
 * newest legacy one. */
const struct mcp_version *mcp_version_offer(str_t wanted);
/* ["2026-07-28"]: what server/discover and an answer of MCP_E_VERSION list. */
str_t mcp_versions_modern(void);

/* The request's fields as they came, one value each; absent where it had none. */
struct mcp_head {
    str_t version; /* MCP-Protocol-Version */
    str_t method;  /* Mcp-Method */
    str_t name;    /* Mcp-Name */
};

struct mcp_route {
    enum mcp_era era;
    /* Modern: the one it names. Legacy: that of the header, 2025-03-26 without one (its sessions
     * know better); NULL for an initialize. */
    const struct mcp_version *version;
    const struct mcp_method *method; /* NULL: not known (legacy), an answer, or a batch */
    struct mcp_refusal refusal;      /* MCP_OK: it may go on */
};

/*
 * What a POST speaks. A refusal is no error of this function: E_NO_MEMORY alone. Sessions, tokens
 * and permissions come after it. Of a modern request everything is checked here but Mcp-Param-*.
 */
err_t mcp_route(struct arena *a, const struct mcp_head *h, const struct mcp_peek *p,
                struct mcp_route *ret) MUST_USE;

#endif
