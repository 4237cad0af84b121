/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/audit/audit.h"

#include "base/rng.h"
#include "domain/audit/audit_body.h"
#include "domain/audit/audit_heads.h"
#include "domain/audit/topic.h"
#include "sql/audit.h"

#include <assert.h>

static err_t chain_open(struct audit *log, struct db *db, struct head *h);
static err_t event_add(struct audit *log, struct db *db, struct head *h,
                       const struct audit_event *e);

err_t audit_append(struct audit *log, struct db *db, struct arena *a, const struct audit_event *e)
{
    assert(e->action.n > 0);
    struct head *h = NULL;
    TRY(head_of(log, db, a, e->org, &h));
    head_touch(log, h);
    if (h->now.seq == 0)
        TRY(chain_open(log, db, h));
    TRY(event_add(log, db, h, e));
    TRY(topics_note(log->topics, db, a, e));
    return log->tap.event != NULL ? log->tap.event(log->tap.arg, db, a, e) : E_OK;
}

void audit_set_tap(struct audit *log, struct audit_tap tap)
{
    log->tap = tap;
}

/* A chain begins by saying whose it is, so that the row which says the same cannot be turned to
 * another. */
static err_t chain_open(struct audit *log, struct db *db, struct head *h)
{
    oid_t chain = oid_make();
    struct sql_audit_chain_add row = { .id = chain, .org = h->org, .node = STR("") };
    TRY(sql_audit_chain_add(db, &row));
    h->now.chain = chain;
    struct audit_event opened = { .org = h->org,
                                  .action = STR(AUDIT_OPENED),
                                  .actor_kind = ACTOR_SYSTEM,
                                  .target_kind =
                                      oid_is_set(h->org) ? STR("organisation") : STR("system"),
                                  .target_id = h->org };
    return event_add(log, db, h, &opened);
}

static err_t event_add(struct audit *log, struct db *db, struct head *h,
                       const struct audit_event *e)
{
    char salt[AUDIT_SALT];
    rng_bytes(salt, sizeof salt);
    buf_clear(&log->private);
    audit_private_write(&log->private, e);
    if (log->private.err != E_OK)
        return log->private.err;
    str_t private = buf_str(&log->private);
    digest_t details = audit_detail_digest(str_of(salt, sizeof salt), private);
    buf_clear(&log->body);
    audit_body_write(&log->body, e, clock_now(), &details);
    if (log->body.err != E_OK)
        return log->body.err;
    str_t body = buf_str(&log->body);
    struct head_state *now = &h->now;
    digest_t hash = audit_hash(now->chain, now->seq + 1, &now->hash, body);
    struct sql_audit_event_add event = { .chain = now->chain,
                                         .seq = now->seq + 1,
                                         .body = body,
                                         .hash = str_of(hash.b, sizeof hash.b) };
    TRY(sql_audit_event_add(db, &event));
    struct sql_audit_private_add half = { .chain = now->chain,
                                          .seq = now->seq + 1,
                                          .salt = str_of(salt, sizeof salt),
                                          .private = private };
    TRY(sql_audit_private_add(db, &half));
    now->seq++;
    now->hash = hash;
    log->unsigned_now++;
    return E_OK;
}
