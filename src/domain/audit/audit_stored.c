/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/audit/audit_page.h"

#include "sql/audit.h"

/* A page ends early once it is this long. */
enum { PAGE_ENOUGH = 1024 * 1024, ROW_ARENA_MAX = 1024 * 1024 * 1024 };

struct collecting {
    struct arena *a;
    struct audit_stored_page *page;
    size_t bytes;
};

static err_t stored_take(void *arg, const struct row_audit_stored *row)
{
    struct collecting *c = (struct collecting *)arg;
    struct audit_stored *one = &c->page->rows[c->page->n];
    *one = (struct audit_stored){ .seq = row->seq };
    TRY(str_copy(c->a, row->body, &one->body));
    TRY(str_copy(c->a, row->hash, &one->hash));
    TRY(str_copy(c->a, row->salt, &one->salt));
    TRY(str_copy(c->a, row->private, &one->private));
    c->page->n++;
    c->bytes += row->body.n + row->private.n;
    return c->bytes < PAGE_ENOUGH ? E_OK : E_AGAIN;
}

err_t audit_stored_read(struct db *db, struct arena *a, const struct audit_ask *ask,
                        struct audit_stored_page *ret)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new(ROW_ARENA_MAX);
    struct sql_audit_chain_of which = { .org = ask->org, .node = STR("") };
    struct sql_audit_chain_of_row chain;
    *ret = (struct audit_stored_page){ 0 };
    if (scratch == NULL)
        return E_NO_MEMORY;
    err_t e = sql_audit_chain_of(db, a, &which, &chain);
    if (e != E_OK)
        return e == E_NOT_FOUND ? E_OK : e;
    ret->chain = chain.id;
    ret->rows = ARENA_ARRAY(a, struct audit_stored, (size_t)ask->limit);
    if (ret->rows == NULL)
        return E_NO_MEMORY;
    struct collecting c = { .a = a, .page = ret };
    struct sql_audit_up up = { .chain = chain.id, .after = ask->after, .n = ask->limit };
    e = sql_audit_up(db, &up, scratch, stored_take, &c);
    ret->more = e == E_AGAIN || ret->n == (size_t)ask->limit;
    return e == E_AGAIN ? E_OK : e;
}
