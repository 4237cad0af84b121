/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/audit/audit_page.h"

#include "sql/audit.h"

/* Events looked at for one page: a filter that hits nothing gives an empty page and a place to go
 * on from, not a reader that holds the store for a minute. */
enum { SLICE_ROWS = 10000, SLICES_MAX = 20, ROW_ARENA_MAX = 256 * 1024 * 1024 };

struct reading {
    struct db *db;
    struct arena *a;
    struct arena *scratch;
    const struct audit_filter *f;
    oid_t chain;
    oid_t actor; /* where the filter is an id */
    oid_t target;
    str_t action_head; /* how the body of a wanted action begins */
    struct audit_row *rows;
    size_t n;
    size_t limit;
    int64_t seq; /* of the last event that was looked at */
    int64_t slice_n;
};

static err_t row_see(void *arg, const struct row_audit_stored *stored);
static bool view_is_wanted(const struct reading *r, const struct audit_view *v);
static err_t row_keep(struct reading *r, const struct row_audit_stored *stored,
                      struct audit_row *row);

static err_t reading_begin(struct reading *r, const struct audit_filter *f)
{
    struct sql_audit_chain_of which = { .org = f->org, .node = STR("") };
    struct sql_audit_chain_of_row chain;
    TRY(sql_audit_chain_of(r->db, r->a, &which, &chain));
    r->f = f;
    r->chain = chain.id;
    if (f->actor.p != NULL && oid_parse(f->actor, &r->actor) != E_OK)
        r->actor = (oid_t){ 0 };
    if (f->target.p != NULL && oid_parse(f->target, &r->target) != E_OK)
        r->target = (oid_t){ 0 };
    /* The body is canonical and its first member is the action: most events are passed over without
     * being parsed. */
    if (f->action.p != NULL)
        TRY(str_format(r->a, &r->action_head, "{\"action\":\"%.*s\",", STR_ARG(f->action)));
    r->rows = ARENA_ARRAY(r->a, struct audit_row, r->limit);
    return r->rows == NULL ? E_NO_MEMORY : E_OK;
}

static err_t slice_read(struct reading *r)
{
    r->slice_n = 0;
    err_t e;
    if (r->f->oldest_first) {
        struct sql_audit_up up = { .chain = r->chain, .after = r->seq, .n = SLICE_ROWS };
        e = sql_audit_up(r->db, &up, r->scratch, row_see, r);
    } else {
        struct sql_audit_down down = { .chain = r->chain, .before = r->seq, .n = SLICE_ROWS };
        e = sql_audit_down(r->db, &down, r->scratch, row_see, r);
    }
    return e == E_AGAIN ? E_OK : e; /* the page is full */
}

err_t audit_page_read(struct db *db, struct arena *a, const struct audit_filter *f, int64_t from,
                      int64_t limit, struct audit_page *ret)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new(ROW_ARENA_MAX);
    if (scratch == NULL)
        return E_NO_MEMORY;
    struct reading r = { .db = db, .a = a, .scratch = scratch, .limit = (size_t)limit };
    err_t e = reading_begin(&r, f);
    if (e == E_NOT_FOUND) { /* nothing ever happened here */
        *ret = (struct audit_page){ 0 };
        return E_OK;
    }
    TRY(e);
    r.seq = from != 0 ? from : f->oldest_first ? 0 : INT64_MAX;
    r.slice_n = SLICE_ROWS;
    for (int i = 0; i < SLICES_MAX && r.slice_n == SLICE_ROWS && r.n < r.limit; i++)
        TRY(slice_read(&r));
    bool more = r.n == r.limit || r.slice_n == SLICE_ROWS;
    if (!f->oldest_first && r.seq <= 1)
        more = false;
    *ret = (struct audit_page){ .rows = r.rows, .n = r.n, .next = more ? r.seq : 0 };
    if (r.seq != INT64_MAX)
        ret->seen = r.seq;
    return E_OK;
}

err_t audit_page_last(struct db *db, struct arena *a, oid_t org, int64_t *ret)
{
    struct sql_audit_chain_of which = { .org = org, .node = STR("") };
    struct sql_audit_chain_of_row chain;
    struct sql_audit_last_row last = { 0 };
    err_t e = sql_audit_chain_of(db, a, &which, &chain);
    if (e == E_OK) {
        struct sql_audit_last in = { .chain = chain.id };
        e = sql_audit_last(db, a, &in, &last);
    }
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    *ret = last.seq;
    return E_OK;
}

static err_t row_see(void *arg, const struct row_audit_stored *stored)
{
    struct reading *r = (struct reading *)arg;
    if (r->n == r->limit)
        return E_AGAIN;
    r->slice_n++;
    r->seq = stored->seq;
    if (r->action_head.p != NULL && !str_starts(stored->body, r->action_head))
        return E_OK;
    struct audit_row row = { .chain = r->chain, .seq = stored->seq };
    TRY(audit_view_read(r->scratch, stored->body, stored->private, &row.view));
    return view_is_wanted(r, &row.view) ? row_keep(r, stored, &row) : E_OK;
}

struct party { /* an actor or a target, as a filter may name it */
    oid_t id;
    str_t kind;
    str_t name;
};

static bool party_is(str_t filter, oid_t filter_id, const struct party *p)
{
    if (filter.p == NULL)
        return true;
    if (oid_is_set(filter_id))
        return oid_eq(p->id, filter_id);
    return str_eq(p->kind, filter) || (p->name.p != NULL && str_eq(p->name, filter));
}

static bool view_is_own(oid_t who, const struct audit_view *v)
{
    bool nobody = str_eq(v->actor_kind, STR("none"));
    return oid_eq(nobody ? v->target_id : v->actor_id, who);
}

static bool view_is_wanted(const struct reading *r, const struct audit_view *v)
{
    const struct audit_filter *f = r->f;
    if ((ts_is_set(f->from) && v->at.us < f->from.us) || (ts_is_set(f->to) && v->at.us >= f->to.us))
        return false;
    if (f->result.p != NULL && !str_eq(v->result, f->result))
        return false;
    if (oid_is_set(f->own) && !view_is_own(f->own, v))
        return false;
    struct party actor = { v->actor_id, v->actor_kind, v->actor_name };
    struct party target = { v->target_id, v->target_kind, v->target_name };
    return party_is(f->actor, r->actor, &actor) && party_is(f->target, r->target, &target);
}

static err_t prev_read(struct reading *r, struct audit_row *row)
{
    struct sql_audit_hash_at at = { .chain = row->chain, .seq = row->seq - 1 };
    struct sql_audit_hash_at_row prev;
    err_t e = sql_audit_hash_at(r->db, r->scratch, &at, &prev);
    if (e == E_OK && prev.hash.n == SHA256_SIZE)
        memcpy(row->prev_hash.b, prev.hash.p, SHA256_SIZE);
    return e == E_NOT_FOUND ? E_OK : e; /* the first has none: zeros */
}

/* What is shown outlives the scratch of its row. */
static err_t row_keep(struct reading *r, const struct row_audit_stored *stored,
                      struct audit_row *row)
{
    struct audit_view *v = &row->view;
    str_t *texts[] = { &v->action,     &v->result,      &v->actor_kind, &v->target_kind, &v->reason,
                       &v->actor_name, &v->target_name, &v->ip,         &v->details };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        TRY(str_copy(r->a, *texts[i], texts[i]));
    if (stored->hash.n == SHA256_SIZE)
        memcpy(row->hash.b, stored->hash.p, SHA256_SIZE);
    TRY(prev_read(r, row));
    r->rows[r->n++] = *row;
    return r->n == r->limit ? E_AGAIN : E_OK;
}
