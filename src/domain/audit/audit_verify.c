/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/audit/audit_verify.h"

#include "domain/audit/audit_body.h"
#include "domain/audit/audit_checkpoint.h"
#include "sql/audit.h"

enum { SLICE_ROWS = 2000, ROW_ARENA_MAX = 1024 * 1024 * 1024, KEYS_ARENA_MAX = 1024 * 1024 };

struct verifier {
    struct db *db;
    struct audit_report *report;
    struct arena *keep;    /* lives as long as the run: the public keys */
    struct arena *scratch; /* of one row */
    struct arena *work;    /* of one check on a row */
    struct arena *look;    /* of one look-up */
    struct arena *last;    /* of the newest checkpoint that holds */
    struct sql_audit_keys_row *keys;
    size_t keys_n;
    struct checkpoint signed_heads;
    /* Where we are. */
    oid_t chain;
    int64_t seq;
    digest_t hash;
    int64_t slice_n;
    int64_t checkpoint_seq; /* of the newest checkpoint in this chain */
};

static err_t verifier_open(struct verifier *v);
static void verifier_close(struct verifier *v);
static err_t chains_verify(struct verifier *v);
static err_t chain_verify(struct verifier *v, oid_t chain);
static err_t stored_verify(void *arg, const struct row_audit_stored *row);
static err_t end_verify(struct verifier *v);
static err_t opened_verify(struct verifier *v, const struct audit_view *view);
static err_t checkpoint_verify(struct verifier *v, const struct audit_view *view);
static err_t heads_verify(struct verifier *v, const struct checkpoint *c);
static err_t stray_verify(struct verifier *v);
static void tail_say(struct verifier *v);

static void say(struct verifier *v, const char *what, oid_t chain, int64_t seq)
{
    struct audit_finding f = { .fault = true, .what = what, .chain = chain, .seq = seq };
    v->report->faults++;
    v->report->say(v->report->arg, &f);
}

err_t audit_verify(struct db *db, struct audit_report *report)
{
    CLEANUP(verifier_close) struct verifier v = { .db = db, .report = report };
    TRY(verifier_open(&v));
    TRY(chains_verify(&v));
    return stray_verify(&v);
}

err_t audit_verify_against(struct db *db, str_t line, struct audit_report *report)
{
    CLEANUP(verifier_close) struct verifier v = { .db = db, .report = report };
    TRY(verifier_open(&v));
    struct checkpoint c;
    err_t e = checkpoint_read(v.last, line, &c);
    if (e == E_NOT_FOUND)
        return E_OK;
    if (e == E_CORRUPT) {
        say(&v, "checkpoint-changed", (oid_t){ 0 }, 0);
        return E_OK;
    }
    if (e != E_OK)
        return e;
    report->checkpoints++;
    return heads_verify(&v, &c);
}

static err_t verifier_open(struct verifier *v)
{
    v->keep = arena_new(KEYS_ARENA_MAX);
    v->scratch = arena_new(ROW_ARENA_MAX);
    v->work = arena_new(ROW_ARENA_MAX);
    v->look = arena_new(KEYS_ARENA_MAX);
    v->last = arena_new(ROW_ARENA_MAX);
    if (v->keep == NULL || v->look == NULL || v->scratch == NULL || v->work == NULL ||
        v->last == NULL)
        return E_NO_MEMORY;
    return sql_audit_keys(v->db, v->keep, &v->keys, &v->keys_n);
}

static void verifier_close(struct verifier *v)
{
    arena_free(v->keep);
    arena_free(v->scratch);
    arena_free(v->work);
    arena_free(v->look);
    arena_free(v->last);
}

/* The chain `system` first: it holds the checkpoints, and the newest of them says which events of
 * the others are signed. */
static err_t chains_verify(struct verifier *v)
{
    struct sql_audit_chain_of which = { .node = STR("") };
    struct sql_audit_chain_of_row first = { 0 };
    err_t e = sql_audit_chain_of(v->db, v->work, &which, &first);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    if (e == E_OK)
        TRY(chain_verify(v, first.id));
    struct sql_audit_event_chain from = { 0 };
    for (;;) {
        struct sql_audit_event_chain_row next;
        arena_reset(v->work);
        e = sql_audit_event_chain(v->db, v->work, &from, &next);
        if (e != E_OK)
            return e == E_NOT_FOUND ? E_OK : e;
        if (!oid_eq(next.chain, first.id))
            TRY(chain_verify(v, next.chain));
        from.after = next.chain;
    }
}

static void read_end(struct db **db)
{
    db_read_end(*db);
}

/* One slice is one short read transaction, so that the server's log of changes can be folded back
 * between two. */
static err_t slice_verify(struct verifier *v)
{
    TRY(db_read_begin(v->db));
    CLEANUP(read_end) UNUSED struct db *open = v->db;
    struct sql_audit_up up = { .chain = v->chain, .after = v->seq, .n = SLICE_ROWS };
    v->slice_n = 0;
    TRY(sql_audit_up(v->db, &up, v->scratch, stored_verify, v));
    return v->slice_n == SLICE_ROWS ? E_OK : end_verify(v);
}

/* Behind a chain's end, and in front of its begin, there are no details. (Those of a gap are in the
 * gap, which is told.) */
static err_t end_verify(struct verifier *v)
{
    struct sql_audit_private_stray end = { .chain = v->chain, .last = v->seq };
    struct sql_audit_private_stray_row row;
    arena_reset(v->look);
    err_t e = sql_audit_private_stray(v->db, v->look, &end, &row);
    if (e == E_OK)
        say(v, "stray-details", v->chain, row.seq);
    return e == E_NOT_FOUND ? E_OK : e;
}

static err_t chain_verify(struct verifier *v, oid_t chain)
{
    v->chain = chain;
    v->seq = 0;
    v->hash = (digest_t){ 0 };
    v->checkpoint_seq = 0;
    v->report->chains++;
    v->slice_n = SLICE_ROWS;
    while (v->slice_n == SLICE_ROWS)
        TRY(slice_verify(v));
    tail_say(v);
    return E_OK;
}

static err_t stored_verify(void *arg, const struct row_audit_stored *row)
{
    struct verifier *v = (struct verifier *)arg;
    arena_reset(v->work);
    v->slice_n++;
    v->report->events++;
    if (row->seq != v->seq + 1)
        say(v, "gap", v->chain, v->seq + 1);
    digest_t want = audit_hash(v->chain, row->seq, &v->hash, row->body);
    if (row->hash.n != SHA256_SIZE || memcmp(want.b, row->hash.p, SHA256_SIZE) != 0)
        say(v, "changed", v->chain, row->seq);
    v->seq = row->seq;
    /* Go on from what is stored, so that one changed event is one finding, or two when its hash was
     * made anew. */
    v->hash = want;
    if (row->hash.n == SHA256_SIZE)
        memcpy(v->hash.b, row->hash.p, SHA256_SIZE);
    struct audit_view view;
    err_t e = audit_view_read(v->work, row->body, row->private, &view);
    if (e == E_CORRUPT) {
        say(v, "changed", v->chain, row->seq);
        return E_OK;
    }
    TRY(e);
    v->report->erased += view.erased ? 1 : 0;
    if (!view.erased) {
        digest_t details = audit_detail_digest(row->salt, row->private);
        if (memcmp(details.b, view.detail_digest.b, SHA256_SIZE) != 0)
            say(v, "details-changed", v->chain, row->seq);
    }
    if (row->seq == 1)
        TRY(opened_verify(v, &view));
    if (str_eq(view.action, STR(AUDIT_CHECKPOINT)))
        return checkpoint_verify(v, &view);
    return E_OK;
}

/* The row that says whose chain this is must say what the chain itself says. */
static err_t opened_verify(struct verifier *v, const struct audit_view *view)
{
    struct sql_audit_chain_get which = { .id = v->chain };
    struct sql_audit_chain_get_row row;
    err_t e = sql_audit_chain_get(v->db, v->work, &which, &row);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    if (e == E_NOT_FOUND || !str_eq(view->action, STR(AUDIT_OPENED)) ||
        !oid_eq(row.org, view->target_id) || !str_eq(row.node, view->reason))
        say(v, "chain-changed", v->chain, 1);
    return E_OK;
}

static bool key_is_ours(const struct verifier *v, const struct checkpoint *c)
{
    for (size_t i = 0; i < v->keys_n; i++) {
        if (str_eq(v->keys[i].public, str_of(c->key, sizeof c->key)))
            return true;
    }
    return false;
}

static err_t checkpoint_verify(struct verifier *v, const struct audit_view *view)
{
    if (view->erased) { /* it names nobody: there is no reason to erase one */
        say(v, "checkpoint-erased", v->chain, v->seq);
        return E_OK;
    }
    struct checkpoint c;
    err_t e = checkpoint_read(v->work, view->details, &c);
    if (e == E_CORRUPT || e == E_NOT_FOUND) {
        say(v, "checkpoint-changed", v->chain, v->seq);
        return E_OK;
    }
    TRY(e);
    v->report->checkpoints++;
    TRY(heads_verify(v, &c));
    v->checkpoint_seq = v->seq;
    arena_reset(v->last);
    v->signed_heads.heads = ARENA_ARRAY(v->last, struct checkpoint_head, c.heads_n + 1);
    if (v->signed_heads.heads == NULL)
        return E_NO_MEMORY;
    memcpy(v->signed_heads.heads, c.heads, c.heads_n * sizeof *c.heads);
    v->signed_heads.heads_n = c.heads_n;
    return E_OK;
}

static err_t heads_verify(struct verifier *v, const struct checkpoint *c)
{
    if (!key_is_ours(v, c))
        say(v, "checkpoint-key", v->chain, v->seq);
    for (size_t i = 0; i < c->heads_n; i++) {
        const struct checkpoint_head *h = &c->heads[i];
        struct sql_audit_hash_at at = { .chain = h->chain, .seq = h->seq };
        struct sql_audit_hash_at_row row;
        arena_reset(v->look);
        err_t e = sql_audit_hash_at(v->db, v->look, &at, &row);
        if (e != E_OK && e != E_NOT_FOUND)
            return e;
        if (e == E_NOT_FOUND)
            say(v, "head-missing", h->chain, h->seq);
        else if (!str_eq(row.hash, str_of(h->hash.b, SHA256_SIZE)))
            say(v, "head-differs", h->chain, h->seq);
    }
    return E_OK;
}

/* What no checkpoint covers is named: whoever cut it off could not be found out (but by --against).
 */
static void tail_say(struct verifier *v)
{
    int64_t covered = v->checkpoint_seq;
    for (size_t i = 0; i < v->signed_heads.heads_n && covered == 0; i++) {
        if (oid_eq(v->signed_heads.heads[i].chain, v->chain))
            covered = v->signed_heads.heads[i].seq;
    }
    if (v->seq <= covered)
        return;
    struct audit_finding f = {
        .what = "unsigned-tail", .chain = v->chain, .seq = covered + 1, .n = v->seq - covered
    };
    v->report->unsigned_n += f.n;
    v->report->say(v->report->arg, &f);
}

/* Details of chains that have no event. */
static err_t stray_verify(struct verifier *v)
{
    struct sql_audit_private_chain from = { 0 };
    for (;;) {
        struct sql_audit_private_chain_row row;
        struct sql_audit_last_row last;
        arena_reset(v->look);
        err_t e = sql_audit_private_chain(v->db, v->look, &from, &row);
        if (e != E_OK)
            return e == E_NOT_FOUND ? E_OK : e;
        struct sql_audit_last end = { .chain = row.chain };
        e = sql_audit_last(v->db, v->look, &end, &last);
        if (e == E_NOT_FOUND)
            say(v, "stray-details", row.chain, row.seq);
        else if (e != E_OK)
            return e;
        from.after = row.chain;
    }
}
