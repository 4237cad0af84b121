/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/whatif/gathering.h"

#include "sql/whatif.h"

enum { PAGE = 500 };

err_t gathering_open(struct gathering *g, struct act *act, struct arena *scratch, struct whatif *to)
{
    *g = (struct gathering){ .act = act, .now = *act, .then = *act, .to = to };
    g->text_left = WHATIF_TEXT_MAX;
    g->until = (dur_t){ clock_mono().us + WHATIF_TIME_MAX.us };
    to->results = ARENA_ARRAY(act->arena, struct whatif_result, WHATIF_RESULTS_MAX);
    if (scratch == NULL || to->results == NULL)
        return E_NO_MEMORY;
    g->now.arena = scratch;
    g->then.arena = scratch;
    return E_OK;
}

err_t gathering_close(struct gathering *g, err_t e)
{
    if (e != E_OK && g->now.why.err == e)
        g->act->why = g->now.why;
    else if (e != E_OK && g->then.why.err == e)
        g->act->why = g->then.why;
    g->to->truncated = g->to->truncated || g->full;
    return e;
}

static bool is_over(struct gathering *g)
{
    g->full = g->full || g->to->looked_n == WHATIF_LOOKED_MAX || clock_mono().us > g->until.us;
    return g->full;
}

static err_t begin(struct gathering *g)
{
    arena_reset(g->now.arena);
    g->changes = ARENA_ARRAY(g->now.arena, struct whatif_change, WHATIF_CHANGES_MAX);
    g->changes_n = 0;
    g->changes_all = 0;
    g->digest = (digest_t){ { 0 } };
    return g->changes != NULL ? E_OK : E_NO_MEMORY;
}

static void digest_add(digest_t *d, str_t part)
{
    const str_t parts[] = { str_of(d->b, sizeof d->b), part };
    *d = sha256_of_parts(parts, ARRAY_LEN(parts));
}

err_t gathering_note(struct gathering *g, const struct whatif_change *change)
{
    const char what = (char)change->what;
    digest_add(&g->digest, str_of(&what, 1));
    digest_add(&g->digest, oid_bytes(&change->id));
    digest_add(&g->digest, change->name);
    digest_add(&g->digest, change->from);
    digest_add(&g->digest, change->to);
    g->changes_all++;
    if (g->changes_n < WHATIF_CHANGES_MAX)
        g->changes[g->changes_n++] = *change;
    return E_OK;
}

static err_t text_keep(struct gathering *g, str_t text, str_t *ret)
{
    *ret = STR_NONE;
    return text.p != NULL ? str_copy(g->act->arena, text, ret) : E_OK;
}

static err_t change_keep(struct gathering *g, const struct whatif_change *c,
                         struct whatif_change *ret)
{
    *ret = *c;
    TRY(text_keep(g, c->name, &ret->name));
    TRY(text_keep(g, c->from, &ret->from));
    TRY(text_keep(g, c->to, &ret->to));
    return text_keep(g, c->by, &ret->by);
}

/* Into the answer, as far as there is room for its words. */
static err_t result_keep(struct gathering *g, struct whatif_result *ret)
{
    struct whatif_result r = { .digest = g->digest, .changes_all = g->changes_all };
    struct whatif_change *kept = ARENA_ARRAY(g->act->arena, struct whatif_change, g->changes_n + 1);
    if (kept == NULL)
        return E_NO_MEMORY;
    while (r.changes_n < g->changes_n) {
        const struct whatif_change *c = &g->changes[r.changes_n];
        size_t text = c->name.n + c->from.n + c->to.n + c->by.n;
        if (text > g->text_left)
            break;
        g->text_left -= text;
        TRY(change_keep(g, c, &kept[r.changes_n]));
        r.changes_n++;
    }
    r.changes = kept;
    g->to->truncated = g->to->truncated || r.changes_n < r.changes_all;
    *ret = r;
    return E_OK;
}

/* NULL: there is no room for one more. */
static err_t result_of(struct gathering *g, struct whatif_result **ret)
{
    struct whatif *to = g->to;
    for (size_t i = 0; i < to->results_n; i++) {
        if (memcmp(to->results[i].digest.b, g->digest.b, SHA256_SIZE) == 0) {
            *ret = &to->results[i];
            return E_OK;
        }
    }
    *ret = NULL;
    if (to->results_n == WHATIF_RESULTS_MAX) {
        to->truncated = true;
        return E_OK;
    }
    TRY(result_keep(g, &to->results[to->results_n]));
    *ret = &to->results[to->results_n++];
    return E_OK;
}

static err_t end(struct gathering *g, const struct whatif_who *who)
{
    struct whatif_result *r = NULL;
    g->to->looked_n++;
    if (g->changes_all == 0)
        return E_OK;
    g->to->changed_n++;
    TRY(result_of(g, &r));
    if (r == NULL)
        return E_OK;
    r->who_n++;
    if (r->sample_n == WHATIF_SAMPLE_MAX)
        return E_OK;
    struct whatif_who *kept = &r->sample[r->sample_n];
    *kept = *who;
    TRY(text_keep(g, who->name, &kept->name));
    r->sample_n++;
    return E_OK;
}

err_t gathering_one(struct gathering *g, const struct whatif_who *who,
                    const struct whatif_looker *look)
{
    TRY(begin(g));
    TRY(look->at(g, look->arg, who));
    return end(g, who);
}

/* The next page of one kind, by id; the names lie in act->arena. */
typedef err_t page_f(struct act *act, const struct whatif_scope *s, oid_t after,
                     struct whatif_who *ret, size_t *ret_n);

static err_t users_page(struct act *act, const struct whatif_scope *s, oid_t after,
                        struct whatif_who *ret, size_t *ret_n)
{
    struct sql_whatif_users in = { act->org, s->everybody, s->group, after, PAGE };
    struct sql_whatif_users_row *rows = NULL;
    TRY(sql_whatif_users(act->db, act->arena, &in, &rows, ret_n));
    for (size_t i = 0; i < *ret_n; i++)
        ret[i] = (struct whatif_who){ ACTOR_USER, rows[i].id, rows[i].name };
    return E_OK;
}

static err_t services_page(struct act *act, const struct whatif_scope *s, oid_t after,
                           struct whatif_who *ret, size_t *ret_n)
{
    struct sql_whatif_services in = { act->org, s->everybody, s->group, after, PAGE };
    struct sql_whatif_services_row *rows = NULL;
    TRY(sql_whatif_services(act->db, act->arena, &in, &rows, ret_n));
    for (size_t i = 0; i < *ret_n; i++)
        ret[i] = (struct whatif_who){ ACTOR_SERVICE, rows[i].id, rows[i].name };
    return E_OK;
}

static err_t devices_page(struct act *act, const struct whatif_scope *s, oid_t after,
                          struct whatif_who *ret, size_t *ret_n)
{
    struct sql_whatif_devices in = { act->org, s->everybody, s->group, s->owner, after, PAGE };
    struct sql_whatif_devices_row *rows = NULL;
    TRY(sql_whatif_devices(act->db, act->arena, &in, &rows, ret_n));
    for (size_t i = 0; i < *ret_n; i++)
        ret[i] = (struct whatif_who){ ACTOR_DEVICE, rows[i].id, rows[i].name };
    return E_OK;
}

static err_t walk_kind(struct gathering *g, const struct whatif_scope *scope, page_f *page,
                       const struct whatif_looker *look)
{
    CLEANUP(arena_freep) struct arena *names = arena_new(MIB(1));
    struct act act = *g->act;
    struct whatif_who *rows = ARENA_ARRAY(g->act->arena, struct whatif_who, PAGE);
    oid_t after = { { 0 } };
    size_t n = PAGE;
    if (names == NULL || rows == NULL)
        return E_NO_MEMORY;
    act.arena = names;
    while (n == PAGE && !g->full) {
        arena_reset(names);
        TRY(page(&act, scope, after, rows, &n));
        for (size_t i = 0; i < n && !is_over(g); i++) {
            after = rows[i].id;
            TRY(gathering_one(g, &rows[i], look));
        }
    }
    return E_OK;
}

err_t gathering_walk(struct gathering *g, const struct whatif_scope *scope,
                     const struct whatif_looker *look)
{
    if (!scope->devices_only) {
        TRY(walk_kind(g, scope, users_page, look));
        TRY(walk_kind(g, scope, services_page, look));
    }
    return scope->people_only ? E_OK : walk_kind(g, scope, devices_page, look);
}
