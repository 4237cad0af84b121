/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/preview.h"

#include "base/map.h"
#include "domain/policy/plan_cache.h"

#include "sql/policy.h"

#include <assert.h>

enum {
    PAGE = 500,
    SCRATCH_MAX = 16 * 1024 * 1024,
};
/* Results of a pair that are no place in the list. */
#define NOTHING UINT32_MAX       /* the configuration stays as it is */
#define BEYOND  (UINT32_MAX - 1) /* it changes, but how is not shown any more */

struct pair { /* of plans, as it is and as it would be */
    digest_t now;
    digest_t then;
    uint32_t result;
};

struct looking {
    struct act *act; /* the caller's: what is kept */
    struct act scratch;
    const struct config_draft *draft;
    struct preview *to;
    struct plan_cache cache;
    struct map index; /* of pairs */
    struct pair *pairs;
    size_t pairs_n;
    size_t text_left;
    dur_t until;
    bool full;
};

struct candidate {
    oid_t org;
    struct preview_device device;
};

static err_t look_all(struct looking *l) MUST_USE;
static err_t look_one(struct looking *l, oid_t device) MUST_USE;

static err_t run(struct looking *l, oid_t device)
{
    l->to->results = ARENA_ARRAY(l->act->arena, struct preview_result, PREVIEW_RESULTS_MAX);
    l->pairs = ARENA_ARRAY(l->act->arena, struct pair, PREVIEW_PAIRS_MAX);
    if (l->to->results == NULL || l->pairs == NULL || l->scratch.arena == NULL)
        return E_NO_MEMORY;
    TRY(plan_cache_init(&l->cache));
    return oid_is_set(device) ? look_one(l, device) : look_all(l);
}

err_t preview_run(struct act *act, const struct config_draft *draft, oid_t device,
                  struct preview *ret)
{
    struct preview p = { 0 };
    CLEANUP(arena_freep) struct arena *scratch = arena_new(SCRATCH_MAX);
    struct looking l = { .act = act, .scratch = *act, .draft = draft, .to = &p };
    l.scratch.arena = scratch;
    l.text_left = PREVIEW_TEXT_MAX;
    l.until = (dur_t){ clock_mono().us + PREVIEW_TIME_MAX.us };
    map_init(&l.index);
    err_t e = run(&l, device);
    map_fini(&l.index);
    plan_cache_fini(&l.cache);
    if (e != E_OK) {
        act->why = l.scratch.why.err == e ? l.scratch.why : act->why;
        return e;
    }
    p.truncated = p.truncated || l.full;
    *ret = p;
    return E_OK;
}

static bool has_assignment(const struct config_plan *plan, oid_t policy, oid_t assignment)
{
    for (size_t i = 0; i < plan->entries_n; i++) {
        const struct config_entry *entry = &plan->entries[i];
        if (oid_eq(entry->policy, policy) && oid_eq(entry->assignment, assignment))
            return true;
    }
    return false;
}

static bool follows(const struct config_plan *plan, oid_t policy)
{
    for (size_t i = 0; i < plan->entries_n; i++) {
        if (!plan->entries[i].pinned && oid_eq(plan->entries[i].policy, policy))
            return true;
    }
    return false;
}

/* Whoever follows gets the version that is tried; the assignments that are tried have their own. */
static bool reaches(const struct config_draft *draft, const struct config_plan *now,
                    const struct config_plan *then)
{
    const oid_t tried = { 0 }; /* what does not exist has no id */
    return (oid_is_set(draft->version) && follows(then, draft->policy)) ||
           (draft->trial != NULL && has_assignment(then, draft->policy, tried)) ||
           (oid_is_set(draft->gone) && has_assignment(now, draft->policy, draft->gone));
}

static bool pair_is(const void *rows, uint32_t row, const void *key)
{
    const struct pair *a = (const struct pair *)rows + row;
    const struct pair *b = key;
    return memcmp(a->now.b, b->now.b, SHA256_SIZE) == 0 &&
           memcmp(a->then.b, b->then.b, SHA256_SIZE) == 0;
}

static uint64_t pair_hash(const struct pair *p)
{
    uint8_t both[2 * SHA256_SIZE];
    memcpy(both, p->now.b, SHA256_SIZE);
    memcpy(both + SHA256_SIZE, p->then.b, SHA256_SIZE);
    return map_hash(both, sizeof both);
}

/* Into the answer, as far as there is room for its words. */
static err_t result_keep(struct looking *l, const struct preview_result *r, uint32_t *ret)
{
    struct preview *p = l->to;
    if (p->results_n == PREVIEW_RESULTS_MAX) {
        *ret = BEYOND;
        return E_OK;
    }
    struct preview_result *kept = &p->results[p->results_n];
    *kept = *r;
    kept->changes_n = 0;
    kept->changes = ARENA_ARRAY(l->act->arena, struct preview_change, r->changes_n + 1);
    if (kept->changes == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < r->changes_n; i++) {
        const struct preview_change *from = &r->changes[i];
        struct preview_change *to = &kept->changes[i];
        size_t size = from->pointer.n + from->from.n + from->to.n;
        if (size > l->text_left)
            break;
        l->text_left -= size;
        TRY(str_copy(l->act->arena, from->pointer, &to->pointer));
        TRY(str_copy(l->act->arena, from->from, &to->from));
        TRY(str_copy(l->act->arena, from->to, &to->to));
        kept->changes_n++;
    }
    p->truncated = p->truncated || kept->changes_n < kept->changes_all;
    *ret = (uint32_t)p->results_n++;
    return E_OK;
}

/* Different plans often change in the same way: such devices are counted together. */
static err_t result_of(struct looking *l, const struct config_plan *now,
                       const struct config_plan *then, uint32_t *ret)
{
    struct preview_result r;
    TRY(preview_diff(&l->scratch, now, then, &r));
    if (r.changes_all == 0 && r.enabled_from == r.enabled_to) {
        *ret = NOTHING;
        return E_OK;
    }
    for (uint32_t i = 0; i < l->to->results_n; i++) {
        if (memcmp(l->to->results[i].digest.b, r.digest.b, SHA256_SIZE) == 0) {
            *ret = i;
            return E_OK;
        }
    }
    return result_keep(l, &r, ret);
}

static err_t pair_result(struct looking *l, const struct config_plan *now,
                         const struct config_plan *then, uint32_t *ret)
{
    struct pair key = { .now = now->digest, .then = then->digest };
    uint64_t hash = pair_hash(&key);
    uint32_t row = map_get(&l->index, hash, pair_is, l->pairs, &key);
    if (row != MAP_NONE) {
        *ret = l->pairs[row].result;
        return E_OK;
    }
    TRY(result_of(l, now, then, &key.result));
    TRY(map_put(&l->index, hash, (uint32_t)l->pairs_n));
    l->pairs[l->pairs_n++] = key;
    *ret = key.result;
    return E_OK;
}

static err_t count_in(struct looking *l, const struct candidate *c, uint32_t result)
{
    struct preview *p = l->to;
    p->changed_n += result != NOTHING;
    p->truncated = p->truncated || result == BEYOND;
    if (result == NOTHING || result == BEYOND)
        return E_OK;
    struct preview_result *r = &p->results[result];
    r->devices_n++;
    if (r->sample_n == PREVIEW_SAMPLE_MAX)
        return E_OK;
    struct preview_device *to = &r->sample[r->sample_n];
    TRY(str_copy(l->act->arena, c->device.machine_id, &to->machine_id));
    if (c->device.hostname.p != NULL)
        TRY(str_copy(l->act->arena, c->device.hostname, &to->hostname));
    to->id = c->device.id;
    r->sample_n++;
    return E_OK;
}

static err_t look_at(struct looking *l, const struct candidate *c)
{
    struct config_plan now;
    struct config_plan then;
    uint32_t result;
    l->scratch.org = c->org;
    struct config_ask ask = { .device = c->device.id, .cache = &l->cache };
    TRY(config_plan(&l->scratch, &ask, &now));
    TRY(config_plan_with(&l->scratch, &now, l->draft, &then));
    l->to->looked_n++;
    if (!reaches(l->draft, &now, &then))
        return E_OK;
    l->to->devices_n++;
    TRY(pair_result(l, &now, &then, &result));
    return count_in(l, c, result);
}

static err_t look_one(struct looking *l, oid_t device)
{
    struct sql_preview_device_row row;
    TRY(sql_preview_device(l->act->db, l->act->arena,
                           &(struct sql_preview_device){ .org = l->act->org, .id = device }, &row));
    return look_at(l, &(struct candidate){ l->act->org, { row.id, row.machine_id, row.hostname } });
}

/* The next devices, by id. A page lives in an arena of its own. */
static err_t page_read(struct looking *l, struct arena *a, bool everywhere, oid_t after,
                       struct candidate **ret, size_t *ret_n)
{
    const struct config_trial *trial = l->draft->trial;
    struct candidate *out = ARENA_ARRAY(a, struct candidate, PAGE);
    struct sql_preview_devices_row *rows = NULL;
    struct sql_preview_everywhere_row *all = NULL;
    if (out == NULL)
        return E_NO_MEMORY;
    if (everywhere) {
        TRY(sql_preview_everywhere(
            l->act->db, a, &(struct sql_preview_everywhere){ .after = after, .limit = PAGE }, &all,
            ret_n));
        for (size_t i = 0; i < *ret_n; i++)
            out[i] =
                (struct candidate){ all[i].org, { all[i].id, all[i].machine_id, all[i].hostname } };
        *ret = out;
        return E_OK;
    }
    TRY(sql_preview_devices(
        l->act->db, a,
        &(struct sql_preview_devices){ .org = l->act->org,
                                       .policy_id = l->draft->policy,
                                       .scope = trial != NULL ? (int)trial->scope : 0,
                                       .target = trial != NULL ? trial->target : l->act->org,
                                       .followed = oid_is_set(l->draft->version),
                                       .gone = l->draft->gone,
                                       .after = after,
                                       .limit = PAGE },
        &rows, ret_n));
    for (size_t i = 0; i < *ret_n; i++)
        out[i] =
            (struct candidate){ l->act->org, { rows[i].id, rows[i].machine_id, rows[i].hostname } };
    *ret = out;
    return E_OK;
}

static err_t goes_everywhere(struct looking *l, bool *ret)
{
    struct sql_preview_is_global_row global;
    const struct config_trial *trial = l->draft->trial;
    TRY(sql_preview_is_global(
        l->act->db, l->act->arena,
        &(struct sql_preview_is_global){ .policy_id = l->draft->policy,
                                         .followed = oid_is_set(l->draft->version),
                                         .gone = l->draft->gone },
        &global));
    bool is = global.n > 0 || (trial != NULL && trial->scope == SCOPE_GLOBAL);
    *ret = is && perms_have(l->act->actor.perms, PERM_SYSTEM_ADMIN);
    return E_OK;
}

static bool is_over(struct looking *l)
{
    l->full = l->to->looked_n == PREVIEW_DEVICES_MAX || l->pairs_n == PREVIEW_PAIRS_MAX ||
              clock_mono().us > l->until.us;
    return l->full;
}

static err_t look_all(struct looking *l)
{
    CLEANUP(arena_freep) struct arena *page = arena_new(MIB(1));
    struct candidate *rows = NULL;
    size_t n = PAGE;
    oid_t after = { 0 };
    bool everywhere;
    if (page == NULL)
        return E_NO_MEMORY;
    TRY(goes_everywhere(l, &everywhere));
    while (n == PAGE && !l->full) {
        arena_reset(page);
        TRY(page_read(l, page, everywhere, after, &rows, &n));
        for (size_t i = 0; i < n && !is_over(l); i++) {
            arena_reset(l->scratch.arena);
            TRY(look_at(l, &rows[i]));
            after = rows[i].device.id;
        }
    }
    return E_OK;
}
