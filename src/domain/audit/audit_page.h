/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the record of one organisation, a page at a time; the same function serves pages and
 * streamed exports. */
#ifndef DOMAIN_AUDIT_AUDIT_PAGE_H
#define DOMAIN_AUDIT_AUDIT_PAGE_H

#include "domain/audit/audit_body.h"

struct audit_filter {
    oid_t org;    /* zero: the chain `system` */
    ts_t from;    /* inclusive; absent: from the first */
    ts_t to;      /* exclusive; absent: to the last */
    str_t action; /* exact */
    str_t actor;  /* an id, a kind, or a name that was not erased */
    str_t target; /* the same */
    str_t result; /* "ok" or "refused" */
    oid_t own;    /* of one person: what he did, and what was done as him before he was known, like
                     a sign-in; not what others did to him, which says where they were */
    bool oldest_first;
};

struct audit_row {
    oid_t chain;
    int64_t seq;
    digest_t hash;
    digest_t prev_hash;
    struct audit_view view;
};

struct audit_page {
    struct audit_row *rows;
    size_t n;
    int64_t next; /* go on from here; 0: that was all. A page may be short, or empty, before the end
                     is reached */
    int64_t seen; /* the last that was looked at; 0: there was none */
};

/* At most `limit` rows behind the position `from` (0: the begin), in the arena. */
err_t audit_page_read(struct db *db, struct arena *a, const struct audit_filter *f, int64_t from,
                      int64_t limit, struct audit_page *ret) MUST_USE;
struct audit_ask {
    oid_t org; /* zero: the chain `system` */
    int64_t after;
    int64_t limit;
};
/* Events as they are stored: what their hashes are made of (docs/adr/0003-audit-format.md). Nothing
 * of them is read here, so that those that somebody changed are seen too. */
struct audit_stored {
    int64_t seq;
    str_t body;
    str_t hash;
    str_t salt;    /* with `private`; absent: erased */
    str_t private; /* what detail_digest of the body is made of */
};
struct audit_stored_page {
    oid_t chain; /* zero: nothing ever happened there */
    struct audit_stored *rows;
    size_t n;
    bool more;
};
/* At most `limit` behind `after`, oldest first, in the arena; fewer where they are long. */
err_t audit_stored_read(struct db *db, struct arena *a, const struct audit_ask *ask,
                        struct audit_stored_page *ret) MUST_USE;
/* The `seq` of its newest event; 0: nothing ever happened there. */
err_t audit_page_last(struct db *db, struct arena *a, oid_t org, int64_t *ret) MUST_USE;

#endif
