/* SPDX-License-Identifier: Apache-2.0 */
/* What a configuration was at a moment that has passed: after any changes it is what it was then.
 */
#include "base/rng.h"
#include "domain/identity/group.h"
#include "policy_hands.h"

enum { STEPS = 120, SEEDS = 12, POLICIES = 4, PLACES = 7 };

struct place {
    enum scope_kind scope;
    oid_t target;
};

struct then {
    ts_t at;
    str_t body;
    str_t twin;
};

struct story {
    struct world *w;
    oid_t policies[POLICIES];
    int64_t published[POLICIES];
    struct place places[PLACES];
    struct then then[STEPS + 1];
    size_t then_n;
};

static str_t body_at(struct world *w, oid_t device, ts_t at)
{
    struct config_plan plan;
    struct config_body body;
    struct config_ask ask = { .device = device, .at = at };
    assert_int_equal(config_plan(&w->act, &ask, &plan), E_OK);
    assert_int_equal(config_compute(&w->act, &plan, &body), E_OK);
    return body.bytes;
}

static void any_publication(struct story *s)
{
    size_t i = rng_below(POLICIES);
    char content[64];
    (void)snprintf(content, sizeof content, "{\"v\":%d,\"p%zu\":%d}", (int)rng_below(100), i,
                   (int)rng_below(100));
    publish(s->w, s->policies[i], draft(s->w, s->policies[i], content, NULL));
    s->published[i]++;
}

static void any_assignment(struct story *s)
{
    struct row_assignment *rows = NULL;
    struct row_assignment row;
    size_t n = 0;
    size_t policy = rng_below(POLICIES);
    struct place place = s->places[rng_below(PLACES)];
    struct assignment_in in = { .policy_id = s->policies[policy],
                                .scope = place.scope,
                                .target_id = place.target };
    in.priority = (opt_i64_t){ .set = true, .v = (int64_t)rng_below(5) };
    if (rng_below(3) == 0)
        in.number = (opt_i64_t){ true, 1 + (int64_t)rng_below((uint64_t)s->published[policy]) };
    assert_int_equal(
        assignment_list(&s->w->act, &(struct assignment_filter){ 0 }, (oid_t){ 0 }, 500, &rows, &n),
        E_OK);
    uint64_t what = rng_below(3);
    if (n == 0 || what == 0) {
        err_t e = assignment_create(&s->w->act, &in, &row);
        assert_true(e == E_OK || e == E_CONFLICT); /* it may be there already */
        diag_clear(&s->w->act.why);
    } else if (what == 1) {
        assert_int_equal(assignment_delete(&s->w->act, &rows[rng_below(n)]), E_OK);
    } else {
        in.number = (opt_i64_t){ 0 };
        err_t e = assignment_change(&s->w->act, &rows[rng_below(n)], &in, &row);
        assert_true(e == E_OK || e == E_CONFLICT);
        diag_clear(&s->w->act.why);
    }
}

static void any_membership(struct story *s)
{
    struct member m;
    bool added;
    oid_t group = rng_below(2) == 0 ? s->w->g_low : s->w->g_high;
    struct member_in in = { 0 };
    if (rng_below(2) == 0)
        in.user_id = s->w->user;
    else
        in.device_id = rng_below(2) == 0 ? s->w->device : s->w->twin;
    oid_t id = oid_is_set(in.user_id) ? in.user_id : in.device_id;
    err_t e = rng_below(2) == 0 ? group_member_add(&s->w->act, group, &in, &m, &added)
                                : group_member_drop(&s->w->act, group, id, &m);
    assert_true(e == E_OK || e == E_NOT_FOUND);
    diag_clear(&s->w->act.why);
}

static void any_priority(struct story *s)
{
    struct row_principal_group row;
    struct group_in in = { .priority = { .set = true, .v = (int64_t)rng_below(300) } };
    oid_t group = rng_below(2) == 0 ? s->w->g_low : s->w->g_high;
    assert_int_equal(group_change(&s->w->act, group, &in, &row), E_OK);
}

static void any_owner(struct story *s)
{
    oid_t device = rng_below(2) == 0 ? s->w->device : s->w->twin;
    oid_t owner = rng_below(2) == 0 ? s->w->user : (oid_t){ 0 };
    assert_int_equal(sql_device_patch(s->w->store.db,
                                      &(struct sql_device_patch){
                                          .org = s->w->org, .id = device, .user_id = owner }),
                     E_OK);
    assert_int_equal(history_owner(&s->w->act, device, owner), E_OK);
}

/* A policy that nothing names any more goes; another takes its place. */
static void any_deletion(struct story *s)
{
    size_t i = rng_below(POLICIES);
    char name[OID_TEXT + 1];
    struct row_policy_info row;
    err_t e = policy_delete(&s->w->act, s->policies[i]);
    assert_true(e == E_OK || e == E_CONFLICT); /* it is assigned */
    diag_clear(&s->w->act.why);
    if (e != E_OK)
        return;
    oid_format(oid_make(), name);
    assert_int_equal(
        policy_create(&s->w->act, &(struct policy_words){ .name = str_of(name, OID_TEXT) }, &row),
        E_OK);
    s->policies[i] = row.id;
    publish(s->w, row.id, draft(s->w, row.id, "{\"fresh\":true}", NULL));
    s->published[i] = 1;
}

static void note_then(struct story *s)
{
    struct then *t = &s->then[s->then_n++];
    t->at = s->w->act.now;
    t->body = body_at(s->w, s->w->device, (ts_t){ 0 });
    t->twin = body_at(s->w, s->w->twin, (ts_t){ 0 });
}

static void story_begin(struct story *s, struct world *w)
{
    static const char *const names[POLICIES] = { "p0", "p1", "p2", "p3" };
    *s = (struct story){ .w = w };
    for (size_t i = 0; i < POLICIES; i++) {
        s->policies[i] = make_policy(w, names[i], "{\"v\":0}");
        s->published[i] = 1;
    }
    const struct place places[PLACES] = {
        { SCOPE_GLOBAL, w->org },   { SCOPE_ORG, w->org },   { SCOPE_GROUP, w->g_low },
        { SCOPE_GROUP, w->g_high }, { SCOPE_USER, w->user }, { SCOPE_DEVICE, w->device },
        { SCOPE_DEVICE, w->twin },
    };
    memcpy(s->places, places, sizeof places);
}

static void story_run(struct story *s, uint64_t seed)
{
    static void (*const changes[])(struct story *) = {
        any_publication, any_assignment, any_assignment, any_assignment, any_membership,
        any_membership,  any_priority,   any_owner,      any_deletion,
    };
    for (size_t i = 0; i < STEPS; i++) {
        s->w->act.now.us += 1 + (int64_t)rng_below(1000);
        changes[rng_below(ARRAY_LEN(changes))](s);
        if (rng_below(4) == 0) /* two changes at the same moment */
            changes[rng_below(ARRAY_LEN(changes))](s);
        note_then(s);
    }
    for (size_t i = 0; i < s->then_n; i++) {
        const struct then *t = &s->then[i];
        ts_t until = i + 1 < s->then_n ? (ts_t){ s->then[i + 1].at.us - 1 } : t->at;
        if (!str_eq(t->body, body_at(s->w, s->w->device, t->at)) ||
            !str_eq(t->twin, body_at(s->w, s->w->twin, t->at)) ||
            !str_eq(t->body, body_at(s->w, s->w->device, until)))
            fail_msg("seed %llu: at step %zu it was another: %.*s", (unsigned long long)seed, i,
                     STR_ARG(t->body));
    }
}

static void test_it_is_what_it_was(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        static struct world w;
        static struct story s;
        world_open(&w);
        rng_seed_for_test(seed);
        story_begin(&s, &w);
        story_run(&s, seed);
        rng_seed_for_test(0);
        world_close(&w);
    }
}

/* Pruning ends the knowledge where it says, and leaves what is still true. */
static void test_pruned(void **state)
{
    struct world *w = *state;
    struct row_assignment row;
    struct assignment_in in = { .scope = SCOPE_ORG };
    ts_t begin;
    bool more = true;
    w->act.now = clock_now();
    in.policy_id = make_policy(w, "p", "{\"v\":1}");
    assert_int_equal(history_begin(&w->act, &begin), E_OK);
    assert_true(begin.us <= w->act.now.us);
    assert_int_equal(assignment_create(&w->act, &in, &row), E_OK);
    str_t assigned = body_at(w, w->device, w->act.now);
    ts_t early = w->act.now;
    w->act.now.us += 1000000;
    in.priority = (opt_i64_t){ true, 7 };
    assert_int_equal(assignment_change(&w->act, &row, &in, &row), E_OK);
    w->act.now.us += 1000000;
    assert_int_equal(history_prune(&w->act, early, 500, &more), E_OK);
    assert_false(more);
    assert_true(str_eq(assigned, body_at(w, w->device, early))); /* nothing had ended by then */
    assert_int_equal(history_prune(&w->act, w->act.now, 1, &more), E_OK);
    assert_true(more);
    assert_int_equal(history_begin(&w->act, &begin), E_OK);
    assert_int_equal(begin.us, w->act.now.us);
    assert_true(str_eq(assigned, body_at(w, w->device, w->act.now)));
    assert_int_equal(history_prune(&w->act, early, 500, &more), E_OK);
    assert_int_equal(history_begin(&w->act, &begin), E_OK);
    assert_int_equal(begin.us, w->act.now.us); /* it never goes back */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_what_it_was),
        WORLD_TEST(test_pruned),
    };
    return cmocka_run_group_tests_name("domain/live/history", tests, NULL, NULL);
}
