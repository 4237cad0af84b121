/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_SHAPES_AUDIT_H
#define API_SHAPES_AUDIT_H

#include "api/request.h"
#include "domain/audit/audit_page.h"

struct audit_query {
    struct page_in page;
    ts_t from;
    ts_t to;
    str_t actor;
    str_t action;
    str_t target;
    str_t result;
    str_t org;
    str_t order;
    str_t format;
};

struct audit_actor_out {
    str_t kind;
    oid_t id;
    str_t name;
};
struct audit_out {
    oid_t chain;
    int64_t seq;
    ts_t at;
    struct obj actor;
    str_t action;
    struct obj target;
    str_t result;
    str_t reason;
    str_t ip;
    oid_t request_id;
    json_text_t details;
    opt_bool_t erased;
    str_t hash;
    str_t prev_hash;
};

struct audit_bytes_query {
    struct page_in page;
    str_t org;
};
struct audit_bytes_out {
    oid_t chain;
    int64_t seq;
    str_t body;
    str_t hash;
    str_t salt;
    str_t private;
};

struct audit_lost { /* of the stream: what its reader has missed, before any filter */
    int64_t events;
};

extern const struct shape audit_query_shape, audit_stream_query_shape, audit_own_query_shape;
extern const struct shape audit_out_shape, audit_lost_shape;
extern const struct shape audit_bytes_query_shape, audit_bytes_shape;

/* As it is shown; in the arena. */
err_t audit_view_make(struct arena *a, const struct audit_row *row, struct audit_out *ret) MUST_USE;
err_t audit_bytes_make(struct arena *a, oid_t chain, const struct audit_stored *row,
                       struct audit_bytes_out *ret) MUST_USE;

#endif
