/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of the record (docs/adr/0003-audit-format.md). What hash covers is the body as it is
 * stored; it holds the digest of the private half, which may be erased.
 */
#ifndef DOMAIN_AUDIT_AUDIT_BODY_H
#define DOMAIN_AUDIT_AUDIT_BODY_H

#include "base/buf.h"
#include "domain/audit/audit.h"
#include "plat/crypto/crypto.h"

enum { AUDIT_SALT = 16, AUDIT_BODY_MAX = 64 * 1024, AUDIT_PRIVATE_MAX = 512 * 1024 * 1024 };

/* The first event of each chain, and the one that carries a checkpoint. */
#define AUDIT_OPENED     "audit.opened"
#define AUDIT_CHECKPOINT "audit.checkpoint"

/* {"actor_name","details","ip","target_name"} */
void audit_private_write(struct buf *b, const struct audit_event *e);
/* {"action","actor","at","detail_digest","reason","request_id","result","target"}: canonical, every
 * member always there. */
void audit_body_write(struct buf *b, const struct audit_event *e, ts_t at,
                      const digest_t *detail_digest);

digest_t audit_detail_digest(str_t salt, str_t private);
digest_t audit_hash(oid_t chain, int64_t seq, const digest_t *prev, str_t body);

/* A body and, where it was not erased, its private half, as they are shown. Texts live in the
 * arena. */
struct audit_view {
    ts_t at;
    str_t action;
    str_t result;
    str_t actor_kind;
    oid_t actor_id;
    str_t target_kind; /* absent: none */
    oid_t target_id;
    str_t reason;
    oid_t request_id;
    digest_t detail_digest;
    bool erased;
    str_t actor_name;
    str_t target_name;
    str_t ip;
    str_t details; /* a JSON object */
};
/* `private` absent: erased. E_CORRUPT: these are no bytes of ours. */
err_t audit_view_read(struct arena *a, str_t body, str_t private, struct audit_view *ret) MUST_USE;

#endif
