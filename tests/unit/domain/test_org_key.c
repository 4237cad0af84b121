/* SPDX-License-Identifier: Apache-2.0 */
/* The keys that sign for organisations: their life in the store, and in memory. */
#include "domain/identity/org_key.h"

#include "domain/live/signer.h"
#include "fleet_world.h"
#include "plat/json/json.h"

static struct jws_key signer_of(struct world *w, oid_t org)
{
    struct jws_key key;
    assert_int_equal(ACT(w, org_key_signer(&w->act, org, &key)), E_OK);
    return key;
}

static bool same_kid(const struct jws_key *a, const struct jws_key *b)
{
    return memcmp(a->kid, b->kid, JWS_KID) == 0;
}

static size_t set_count(struct world *w, oid_t org, int64_t *ret_n)
{
    str_t text;
    CLEANUP(json_freep) struct json *set = NULL;
    assert_int_equal(ACT(w, org_key_set(&w->act, org, &text)), E_OK);
    assert_int_equal(json_parse(text, NULL, &set), E_OK);
    *ret_n = json_int(json_member(set, STR("n")));
    return json_count(json_member(set, STR("keys")));
}

static void test_each_organisation_has_its_own(void **state)
{
    struct world *w = *state;
    struct jws_key a = signer_of(w, w->org);
    struct jws_key b = signer_of(w, w->other_org);
    struct jws_key again = signer_of(w, w->org);
    assert_false(same_kid(&a, &b));
    assert_true(same_kid(&a, &again));
    assert_memory_equal(a.pair.b, again.pair.b, ED25519_PAIR);
    int64_t n;
    assert_int_equal(set_count(w, w->org, &n), 1);
    str_t set = STR_NONE;
    assert_int_equal(ACT(w, org_key_set(&w->act, oid_make(), &set)), E_NOT_FOUND);
    assert_null(set.p);
}

static void test_a_new_key_signs_and_the_old_one_retires(void **state)
{
    struct world *w = *state;
    struct jws_key old = signer_of(w, w->org);
    struct row_org_key made;
    int64_t n[4];
    assert_int_equal(set_count(w, w->org, &n[0]), 1);
    assert_int_equal(ACT(w, org_key_rotate(&w->act, DUR_S(60), &made)), E_OK);
    assert_int_equal(w->act.effects.first->kind, EFFECT_SIGNER);
    assert_int_equal(w->act.effects.first->next->kind, EFFECT_SCOPE);
    struct jws_key now = signer_of(w, w->org);
    assert_false(same_kid(&old, &now));
    assert_true(str_eq(made.kid, str_of(now.kid, JWS_KID)));
    assert_int_equal(set_count(w, w->org, &n[1]), 2);

    struct org_key_gone *gone = NULL;
    size_t gone_n = 7;
    world_time(w, ts_add(world_start, DUR_S(59)));
    assert_int_equal(ACT(w, org_keys_retire(&w->act, 10, &gone, &gone_n)), E_OK);
    assert_int_equal(gone_n, 0);
    world_time(w, ts_add(world_start, DUR_S(60)));
    assert_int_equal(ACT(w, org_keys_retire(&w->act, 10, &gone, &gone_n)), E_OK);
    assert_int_equal(gone_n, 1);
    assert_true(str_eq(gone[0].kid, str_of(old.kid, JWS_KID)));
    assert_int_equal(set_count(w, w->org, &n[2]), 1);

    assert_int_equal(ACT(w, org_key_rotate(&w->act, DUR_S(60), &made)), E_OK);
    assert_int_equal(ACT(w, org_key_rotate(&w->act, (dur_t){ 0 }, &made)), E_OK);
    assert_int_equal(set_count(w, w->org, &n[3]), 1); /* at once: nobody else is left */
    assert_true(n[0] < n[1] && n[1] < n[2] && n[2] < n[3]);
    int64_t other;
    assert_int_equal(set_count(w, w->other_org, &other), 1);
    assert_true(other < n[1]);
}

static void test_a_set_is_bounded(void **state)
{
    struct world *w = *state;
    struct row_org_key made;
    for (int i = 1; i < ORG_KEYS_MAX; i++)
        assert_int_equal(ACT(w, org_key_rotate(&w->act, DUR_S(60), &made)), E_OK);
    assert_int_equal(ACT(w, org_key_rotate(&w->act, DUR_S(60), &made)), E_CONFLICT);
    assert_int_equal(ACT(w, org_key_rotate(&w->act, (dur_t){ 0 }, &made)), E_OK);
}

/* A store from before these keys: its start makes them. */
static void test_an_older_store_gets_them_at_start(void **state)
{
    struct world *w = *state;
    struct row_org_key *keys = NULL;
    size_t n = 0;
    oid_t org;
    assert_int_equal(ACT(w, org_keys_list(&w->act, w->org, &keys, &n)), E_OK);
    struct sql_org_key_drop drop = { .id = keys[0].id };
    assert_int_equal(ACT(w, sql_org_key_drop(w->act.db, &drop)), E_OK);
    struct jws_key key;
    assert_int_equal(ACT(w, org_key_signer(&w->act, w->org, &key)), E_NOT_FOUND);
    assert_int_equal(ACT(w, first_start(&w->act, &org)), E_OK);
    key = signer_of(w, w->org);
    struct jws_key other = signer_of(w, w->other_org);
    assert_int_equal(ACT(w, first_start(&w->act, &org)), E_OK);
    struct jws_key again = signer_of(w, w->org);
    struct jws_key other_again = signer_of(w, w->other_org);
    assert_true(same_kid(&key, &again) && same_kid(&other, &other_again));
}

static void test_memory_forgets_what_was_replaced(void **state)
{
    struct world *w = *state;
    const struct live_cfg cfg = { .principals_max = 64,
                                  .tokens_max = 64,
                                  .scopes_max = 64,
                                  .effectives_max = 2,
                                  .signers_max = 2 };
    struct live *l = NULL;
    struct live_guard guard;
    struct jws_key key = signer_of(w, w->org);
    struct jws_key found;
    assert_int_equal(live_new(&cfg, &l), E_OK);
    live_guard_take(l, &guard);
    assert_false(live_signer_find(l, w->org, &found));
    assert_int_equal(live_fill_signer(l, &guard, w->org, &key), E_OK);
    assert_true(live_signer_find(l, w->org, &found) && same_kid(&found, &key));

    struct effect gone = { .kind = EFFECT_SIGNER, .org = w->org };
    const struct effects effects = { .first = &gone, .last = &gone.next };
    live_apply(l, &effects);
    assert_false(live_signer_find(l, w->org, &found));
    assert_int_equal(live_fill_signer(l, &guard, w->org, &key), E_AGAIN); /* read before it */
    live_guard_take(l, &guard);
    for (int i = 0; i < 5; i++) { /* more than it has room for */
        oid_t org = oid_make();
        assert_int_equal(live_fill_signer(l, &guard, org, &key), E_OK);
        assert_true(live_signer_find(l, org, &found));
    }
    live_free(l);
}

#ifdef SENESCHAL_FAULTS
static void test_faults(void **state)
{
    struct world *w = *state;
    for (long n = 0;; n++) {
        struct row_org_key made = { .kid = STR_NONE };
        int64_t before;
        int64_t after;
        size_t keys = set_count(w, w->org, &before);
        world_begin(w);
        fault_arm(n);
        err_t e = org_key_rotate(&w->act, DUR_S(60), &made);
        bool fired = fault_used();
        fault_disarm();
        (void)world_end(w, e);
        assert_int_equal(e == E_OK, !fired);
        assert_int_equal(made.kid.p != NULL, !fired);
        assert_int_equal(set_count(w, w->org, &after), keys + (fired ? 0 : 1));
        assert_true(fired ? after == before : after > before);
        if (!fired)
            break;
    }
}
#endif

#define ROW(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(test_each_organisation_has_its_own),
        ROW(test_a_new_key_signs_and_the_old_one_retires),
        ROW(test_a_set_is_bounded),
        ROW(test_an_older_store_gets_them_at_start),
        ROW(test_memory_forgets_what_was_replaced),
#ifdef SENESCHAL_FAULTS
        ROW(test_faults),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
