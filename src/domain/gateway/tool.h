/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tools as they are pinned (SAFETY AC49): what a server shows is compared with what was approved.
 * What has changed is kept beside it and waits, and so does what is new where pinning is strict, or
 * where its text is not what a person would see. On the writer.
 */
#ifndef DOMAIN_GATEWAY_TOOL_H
#define DOMAIN_GATEWAY_TOOL_H

#include "domain/gateway/server.h"

enum gate_sight_kind {
    GATE_SIGHT_NEW,         /* first seen, and may be called */
    GATE_SIGHT_QUARANTINED, /* new or changed: it waits for approval */
    GATE_SIGHT_CHANGED,     /* where nothing is pinned */
    GATE_SIGHT_BACK,        /* it is again what was approved */
    GATE_SIGHT_GONE,
};
struct gate_sighted {
    oid_t id;
    str_t name;
    enum gate_sight_kind kind;
    digest_t digest; /* of what was seen; of one that is gone, zero */
};
struct gate_sight {
    struct gate_sighted *v; /* what has come to be otherwise, for the record */
    size_t n;
    size_t ignored; /* no tools, or beyond GATE_TOOLS_MAX */
};

/* `tools`: the JSON array of a tools/list, whole. E_NOT_FOUND: the server is gone. E_BAD_FIELD: no
 * such array. */
err_t gate_tools_seen(struct act *act, oid_t server, str_t tools, struct gate_sight *ret) MUST_USE;

err_t tool_get(struct act *act, oid_t server, str_t name, struct row_tool *ret) MUST_USE;
struct tool_ask {
    oid_t server;
    int64_t state; /* 0: any */
    oid_t after;
    int64_t limit;
};
err_t tool_page(struct act *act, const struct tool_ask *ask, struct row_tool **ret,
                size_t *ret_n) MUST_USE;
/* Of this server of the organisation, or of all of them: what each has, without what is gone. */
err_t tool_counts(struct act *act, oid_t server, struct row_tool_count **ret,
                  size_t *ret_n) MUST_USE;
/* What waits becomes what may be called. `digest` (may be NULL): only if it is this. E_CONFLICT:
 * nothing waits. E_STALE: it is another one by now. */
err_t tool_approve(struct act *act, const struct row_tool *old, const digest_t *digest,
                   struct row_tool *ret) MUST_USE;
struct tool_in {
    str_t class; /* "READ" "WRITE" "EXECUTE"; empty: by its annotations again; absent: as it is */
    opt_bool_t approval;
};
err_t tool_change(struct act *act, const struct row_tool *old, const struct tool_in *in,
                  struct row_tool *ret) MUST_USE;

#endif
