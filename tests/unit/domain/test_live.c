/* SPDX-License-Identifier: Apache-2.0 */
/* Memory in front of the store: what it remembers, what it forgets, and that a fill never brings
 * back what an effect took. */
#include "domain/live/park.h"

#include "base/ref.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>

#include <cmocka.h>

static int woken;
static oid_t woken_device; /* the last one; zero: everybody */
static unsigned woken_where;

static void wake(void *arg, const oid_t *device, unsigned where)
{
    (void)arg;
    woken++;
    woken_device = device == NULL ? (oid_t){ 0 } : *device;
    woken_where = where;
}

static struct live *make_live(size_t principals)
{
    struct live_cfg cfg = { .principals_max = principals,
                            .tokens_max = principals,
                            .scopes_max = 4096,
                            .effectives_max = 2,
                            .signers_max = 2,
                            .wake = wake };
    struct live *l = NULL;
    assert_int_equal(live_new(&cfg, &l), E_OK);
    woken = 0;
    return l;
}

static digest_t token_of(uint64_t n)
{
    return sha256_of(str_of(&n, sizeof n));
}

static oid_t id_of(uint64_t n)
{
    oid_t id = { .b = { 1 } };
    memcpy(id.b + 8, &n, sizeof n);
    id.b[15] = (uint8_t)n;
    return id;
}

static struct live_principal device(uint64_t n)
{
    return (struct live_principal){
        .actor = { .kind = ACTOR_DEVICE, .id = id_of(n), .org = id_of(7777) }
    };
}

static void fill(struct live *l, uint64_t n)
{
    struct live_guard g;
    digest_t t = token_of(n);
    struct live_principal who = device(n);
    live_guard_take(l, &g);
    assert_int_equal(live_fill_token(l, &g, &t, &who), E_OK);
}

static enum live_found find(struct live *l, uint64_t n, struct live_hit *hit)
{
    dur_t wait;
    struct live_ask ask = { .token = token_of(n), .now = { 1000000 }, .mono = { 1 } };
    return live_find(l, &ask, hit, &wait);
}

static struct effective *effective(uint8_t plan)
{
    struct effective *e = ref_new(sizeof *e + 2);
    e->plan.b[0] = plan;
    e->etag.b[0] = plan;
    e->n = 2;
    memcpy(e->body, "{}", 2);
    return e;
}

static err_t fill_config(struct live *l, const struct live_guard *g, uint64_t n, uint8_t plan,
                         int64_t seq)
{
    const struct live_scope scopes[] = { { SCOPE_GLOBAL, { { 0 } }, { { 0 } } },
                                         { SCOPE_GROUP, id_of(7777), id_of(42) },
                                         { SCOPE_DEVICE, id_of(7777), id_of(n) } };
    struct effective *e = effective(plan);
    struct live_config config = { e, scopes, 3, seq };
    err_t err = live_fill_config(l, g, id_of(n), &config);
    ref_drop(e);
    return err;
}

static void apply(struct live *l, struct effect e)
{
    e.next = NULL;
    struct effects list = { .first = &e };
    live_apply(l, &list);
}

static void unknown_is_a_miss(void **state)
{
    (void)state;
    struct live *l = make_live(1000);
    struct live_hit hit;
    assert_int_equal(find(l, 1, &hit), LIVE_MISS);
    fill(l, 1);
    assert_int_equal(find(l, 1, &hit), LIVE_HIT);
    assert_true(oid_eq(hit.who.actor.id, id_of(1)));
    assert_false(hit.fresh);
    assert_int_equal(find(l, 2, &hit), LIVE_MISS);
    live_free(l);
}

static void an_effect_forgets_all_tokens_of_a_device(void **state)
{
    (void)state;
    struct live *l = make_live(1000);
    struct live_guard g;
    struct live_hit hit;
    digest_t second = token_of(500);
    struct live_principal who = device(1);
    fill(l, 1);
    live_guard_take(l, &g);
    assert_int_equal(live_fill_token(l, &g, &second, &who), E_OK);
    assert_int_equal(find(l, 500, &hit), LIVE_HIT);
    apply(l, (struct effect){ .kind = EFFECT_DEVICE, .id = id_of(1) });
    assert_int_equal(find(l, 1, &hit), LIVE_MISS);
    assert_int_equal(find(l, 500, &hit), LIVE_MISS);
    fill(l, 1); /* the other token stays forgotten: it was filled with an older row */
    assert_int_equal(find(l, 1, &hit), LIVE_HIT);
    assert_int_equal(find(l, 500, &hit), LIVE_MISS);
    live_free(l);
}

static void a_fill_that_raced_with_an_effect_is_dropped(void **state)
{
    (void)state;
    struct live *l = make_live(1000);
    struct live_guard g;
    struct live_hit hit;
    digest_t t = token_of(1);
    struct live_principal who = device(1);
    live_guard_take(l, &g);
    apply(l, (struct effect){ .kind = EFFECT_DEVICE,
                              .id = id_of(1) }); /* between the read and the fill */
    assert_int_equal(live_fill_token(l, &g, &t, &who), E_AGAIN);
    assert_int_equal(find(l, 1, &hit), LIVE_MISS);
    fill(l, 1);
    live_guard_take(l, &g);
    apply(l, (struct effect){ .kind = EFFECT_SCOPE, .scope = SCOPE_GLOBAL, .seq = 9 });
    assert_int_equal(fill_config(l, &g, 1, 1, 8), E_AGAIN); /* nobody had a row for the scope yet */
    live_free(l);
}

/* A key of the issuer is believed no more: what hangs on a session or a token of ours goes, a
 * device's own token stays; and what was read meanwhile is not filled in. */
static void what_hangs_on_tokens_of_ours_can_be_forgotten(void **state)
{
    (void)state;
    struct live *l = make_live(1000);
    struct live_guard g;
    struct live_hit hit;
    const digest_t jwt = token_of(77);
    struct live_principal who = device(1);
    fill(l, 1);
    who.bounded = true;
    who.actor.grant = id_of(9);
    live_guard_take(l, &g);
    assert_int_equal(live_fill_token(l, &g, &jwt, &who), E_OK);
    assert_int_equal(find(l, 77, &hit), LIVE_HIT);
    assert_int_equal(hit.who.actor.perms.bits, 0);
    assert_true(oid_eq(hit.who.actor.grant, id_of(9)));
    assert_int_equal(find(l, 1, &hit), LIVE_HIT);
    assert_false(oid_is_set(hit.who.actor.grant));

    apply(l, (struct effect){ .kind = EFFECT_TOKENS });
    assert_int_equal(find(l, 77, &hit), LIVE_MISS);
    assert_int_equal(find(l, 1, &hit), LIVE_HIT);
    assert_int_equal(live_fill_token(l, &g, &jwt, &who), E_AGAIN);
    assert_int_equal(find(l, 77, &hit), LIVE_MISS);
    live_free(l);
}

static void a_scope_makes_its_members_stale(void **state)
{
    (void)state;
    struct live *l = make_live(1000);
    struct live_guard g;
    struct live_hit hit;
    fill(l, 1);
    live_guard_take(l, &g);
    assert_int_equal(fill_config(l, &g, 1, 1, 5), E_OK);
    assert_int_equal(find(l, 1, &hit), LIVE_HIT);
    assert_true(hit.fresh);
    assert_int_equal(hit.seq, 5);
    apply(l, (struct effect){ .kind = EFFECT_SCOPE,
                              .scope = SCOPE_GROUP,
                              .org = id_of(7777),
                              .id = id_of(43),
                              .seq = 6 });
    assert_int_equal(find(l, 1, &hit), LIVE_HIT);
    assert_true(hit.fresh); /* another group */
    apply(l, (struct effect){ .kind = EFFECT_SCOPE,
                              .scope = SCOPE_GROUP,
                              .org = id_of(7777),
                              .id = id_of(42),
                              .seq = 7 });
    assert_int_equal(find(l, 1, &hit), LIVE_HIT);
    assert_false(hit.fresh);
    assert_int_equal(woken, 2);
    live_free(l);
}

/* A device in memory with its configuration, and what a token of its finds. */
static struct live_hit fresh_hit(struct live *l, uint64_t n)
{
    struct live_guard g;
    struct live_hit hit;
    fill(l, n);
    live_guard_take(l, &g);
    assert_int_equal(fill_config(l, &g, n, 1, 5), E_OK);
    assert_int_equal(find(l, n, &hit), LIVE_HIT);
    assert_true(hit.fresh);
    return hit;
}

static enum live_parked park(struct live *l, uint64_t n, const struct live_hit *hit,
                             struct live_park what, bool *ret_older)
{
    digest_t t = token_of(n);
    return live_park(l, &t, hit, &what, ret_older);
}

static enum live_parked check_park(struct live *l, const struct live_hit *hit,
                                   const struct live_park *what)
{
    struct live_known known = { hit->stamp, hit->etag };
    return live_park_check(l, hit->who.actor.id, &known, what);
}

static void what_is_parked_is_woken_by_its_device_only(void **state)
{
    (void)state;
    struct live *l = make_live(1000);
    struct live_hit hit = fresh_hit(l, 1);
    bool older = true;
    fill(l, 2);
    struct live_park poll = { .kind = LIVE_POLL, .where = 3, .born = 1 };
    assert_int_equal(park(l, 1, &hit, poll, &older), LIVE_PARKED);
    assert_false(older);
    apply(l, (struct effect){ .kind = EFFECT_DEVICE, .id = id_of(2) });
    assert_int_equal(woken, 0);
    apply(l, (struct effect){ .kind = EFFECT_DEVICE, .id = id_of(1) });
    assert_int_equal(woken, 1);
    assert_true(oid_eq(woken_device, id_of(1)));
    assert_int_equal(woken_where, 3);
    assert_int_equal(check_park(l, &hit, &poll), LIVE_MOVED);
    assert_int_equal(park(l, 1, &hit, poll, &older),
                     LIVE_MOVED); /* the row that was asked is gone */
    live_free(l);
}

static void the_newest_wins_in_whatever_order_they_park(void **state)
{
    (void)state;
    struct live *l = make_live(1000);
    struct live_hit hit = fresh_hit(l, 1);
    bool older;
    struct live_park first = { .kind = LIVE_STREAM, .where = 0, .born = 1 };
    struct live_park newer = { .kind = LIVE_STREAM, .where = 1, .born = 2 };
    assert_int_equal(park(l, 1, &hit, first, &older), LIVE_PARKED);
    assert_int_equal(park(l, 1, &hit, newer, &older), LIVE_PARKED);
    assert_true(older);
    assert_int_equal(woken, 1); /* the older one, on its loop */
    assert_int_equal(woken_where, 0);
    assert_int_equal(check_park(l, &hit, &first), LIVE_REPLACED);
    assert_int_equal(check_park(l, &hit, &newer), LIVE_PARKED);
    assert_int_equal(park(l, 1, &hit, first, &older), LIVE_REPLACED); /* it comes back too late */
    live_unpark(l, id_of(1), &first);                                 /* and takes nothing away */
    assert_int_equal(park(l, 1, &hit, newer, &older), LIVE_PARKED);   /* the same once more */
    assert_false(older);
    assert_int_equal(woken, 1);
    live_free(l);
}

static void a_poll_and_a_stream_stand_side_by_side(void **state)
{
    (void)state;
    struct live *l = make_live(1000);
    struct live_hit hit = fresh_hit(l, 1);
    bool older = true;
    struct live_park poll = { .kind = LIVE_POLL, .where = 1, .born = 7 };
    struct live_park stream = { .kind = LIVE_STREAM, .where = 1, .born = 8 };
    assert_int_equal(park(l, 1, &hit, poll, &older), LIVE_PARKED);
    assert_int_equal(park(l, 1, &hit, stream, &older), LIVE_PARKED);
    assert_false(older);
    assert_int_equal(check_park(l, &hit, &poll), LIVE_PARKED);
    apply(l, (struct effect){ .kind = EFFECT_DEVICE, .id = id_of(1) });
    assert_int_equal(woken, 1); /* one call for both: they are on one loop */
    hit = fresh_hit(l, 1);
    poll.where = 2;
    assert_int_equal(park(l, 1, &hit, poll, &older), LIVE_PARKED);
    assert_int_equal(park(l, 1, &hit, stream, &older), LIVE_PARKED);
    apply(l, (struct effect){ .kind = EFFECT_DEVICE, .id = id_of(1) });
    assert_int_equal(woken, 3);
    live_free(l);
}

static void a_change_for_many_wakes_everybody_and_moves_who_depends_on_it(void **state)
{
    (void)state;
    struct live *l = make_live(1000);
    struct live_hit hit = fresh_hit(l, 1);
    bool older;
    struct live_park poll = { .kind = LIVE_POLL, .where = 0, .born = 1 };
    assert_int_equal(park(l, 1, &hit, poll, &older), LIVE_PARKED);
    struct effect e = { .kind = EFFECT_SCOPE, .scope = SCOPE_GROUP, .org = id_of(7777), .seq = 6 };
    e.id = id_of(43);
    apply(l, e);
    assert_int_equal(woken, 1);
    assert_true(oid_eq(woken_device, (oid_t){ 0 }));
    assert_int_equal(check_park(l, &hit, &poll), LIVE_PARKED); /* not its group */
    e.id = id_of(42);
    apply(l, e);
    assert_int_equal(check_park(l, &hit, &poll), LIVE_MOVED);
    assert_int_equal(park(l, 1, &hit, poll, &older), LIVE_MOVED);
    struct live_guard g; /* another call of the device loads what is in force now */
    live_guard_take(l, &g);
    assert_int_equal(fill_config(l, &g, 1, 2, 6), E_OK);
    assert_int_equal(check_park(l, &hit, &poll), LIVE_MOVED); /* fresh again, but not the same */
    live_free(l);
}

static void tables_stay_within_their_maximum(void **state)
{
    (void)state;
    struct live *l = make_live(640);
    struct live_stats stats;
    struct live_hit hit;
    for (uint64_t n = 0; n < 20000; n++)
        fill(l, n);
    live_stats(l, &stats);
    assert_in_range(stats.principals, 1, 640 + LIVE_SHARDS);
    assert_in_range(stats.tokens, 1, 640 + LIVE_SHARDS);
    assert_int_equal(find(l, 19999, &hit), LIVE_HIT);
    live_free(l);
}

static void effectives_are_shared_and_bounded(void **state)
{
    (void)state;
    struct live *l = make_live(1000);
    for (uint8_t plan = 1; plan <= 5; plan++) {
        struct effective *e = effective(plan);
        live_effective_keep(l, e);
        struct effective *again = live_effective_find(l, &e->plan);
        assert_ptr_equal(again, e);
        ref_drop(again);
        ref_drop(e);
    }
    struct live_stats stats;
    live_stats(l, &stats);
    assert_int_equal(stats.effectives, 2);
    live_free(l);
}

static void an_expired_token_is_a_miss(void **state)
{
    (void)state;
    struct live *l = make_live(1000);
    struct live_guard g;
    struct live_hit hit;
    digest_t t = token_of(1);
    struct live_principal who = device(1);
    who.expires_at = (ts_t){ 1000000 }; /* find() asks at this very moment */
    live_guard_take(l, &g);
    assert_int_equal(live_fill_token(l, &g, &t, &who), E_OK);
    assert_int_equal(find(l, 1, &hit), LIVE_MISS);
    live_free(l);
}

static void a_name_comes_whole_and_only_when_asked(void **state)
{
    (void)state;
    struct live *l = make_live(1000);
    struct live_guard g;
    struct live_hit hit;
    dur_t wait;
    char longest[129];
    digest_t t = token_of(1);
    struct live_principal who = device(1);
    memset(longest, 'm', 128);
    who.name = str_of(longest, 128);
    live_guard_take(l, &g);
    assert_int_equal(live_fill_token(l, &g, &t, &who), E_OK);
    struct live_ask ask = { .token = t, .now = { 1000000 } };
    assert_int_equal(live_find(l, &ask, &hit, &wait), LIVE_HIT);
    assert_null(hit.who.name.p);
    ask.name = true;
    assert_int_equal(live_find(l, &ask, &hit, &wait), LIVE_HIT);
    assert_true(str_eq(hit.who.name, str_of(longest, 128)));
    assert_int_equal(strlen(hit.who.actor.name), ACTOR_NAME_MAX - 1);
    live_free(l);
}

/* A writer revokes and reinstates; readers load and ask. `truth` changes before its effect is
 * applied, as a COMMIT does: after the effect nobody may hear the older truth. */
struct race {
    struct live *live;
    _Atomic uint64_t truth;   /* even: active; odd: revoked */
    _Atomic uint64_t applied; /* the truth whose effect has been applied */
    _Atomic bool stop;
    _Atomic int wrong;
};

static void *race_reader(void *arg)
{
    struct race *r = arg;
    struct live_hit hit;
    while (!atomic_load(&r->stop)) {
        uint64_t least = atomic_load(&r->applied);
        if (find(r->live, 1, &hit) == LIVE_HIT && (uint64_t)hit.who.actor.perms.bits < least)
            atomic_fetch_add(&r->wrong, 1);
        struct live_guard g;
        live_guard_take(r->live, &g);
        struct live_principal who = device(1);
        digest_t t = token_of(1);
        who.actor.perms.bits = atomic_load(&r->truth);
        err_t e = live_fill_token(r->live, &g, &t, &who);
        if (e != E_OK && e != E_AGAIN)
            atomic_fetch_add(&r->wrong, 1);
    }
    return NULL;
}

static void nobody_hears_an_older_truth(void **state)
{
    (void)state;
    struct race r = { .live = make_live(1000) };
    pthread_t readers[3];
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, race_reader, &r), 0);
    for (uint64_t n = 1; n <= 20000; n++) {
        atomic_store(&r.truth, n);
        apply(r.live, (struct effect){ .kind = EFFECT_DEVICE, .id = id_of(1) });
        atomic_store(&r.applied, n);
    }
    atomic_store(&r.stop, true);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(pthread_join(readers[i], NULL), 0);
    assert_int_equal(atomic_load(&r.wrong), 0);
    live_free(r.live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_is_a_miss),
        cmocka_unit_test(an_effect_forgets_all_tokens_of_a_device),
        cmocka_unit_test(what_hangs_on_tokens_of_ours_can_be_forgotten),
        cmocka_unit_test(a_fill_that_raced_with_an_effect_is_dropped),
        cmocka_unit_test(a_scope_makes_its_members_stale),
        cmocka_unit_test(what_is_parked_is_woken_by_its_device_only),
        cmocka_unit_test(the_newest_wins_in_whatever_order_they_park),
        cmocka_unit_test(a_poll_and_a_stream_stand_side_by_side),
        cmocka_unit_test(a_change_for_many_wakes_everybody_and_moves_who_depends_on_it),
        cmocka_unit_test(tables_stay_within_their_maximum),
        cmocka_unit_test(effectives_are_shared_and_bounded),
        cmocka_unit_test(an_expired_token_is_a_miss),
        cmocka_unit_test(a_name_comes_whole_and_only_when_asked),
        cmocka_unit_test(nobody_hears_an_older_truth),
    };
    if (crypto_init() != E_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
