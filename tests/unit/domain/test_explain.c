/* SPDX-License-Identifier: Apache-2.0 */
/* An explanation from a real store: it is of what is delivered, and gives all memory back when a
 * step fails. */
#include "domain/policy/explain.h"
#include "policy_hands.h"

struct leaf_seen {
    size_t n;
    size_t shadowed_n;
    size_t refused_n;
};

static err_t count_leaf(void *arg, const struct said_leaf *leaf)
{
    struct leaf_seen *seen = arg;
    seen->n++;
    seen->shadowed_n += leaf->shadowed.n;
    seen->refused_n += leaf->refused.n;
    return E_OK;
}

static err_t explain_all(struct world *w, ts_t at, struct leaf_seen *seen, digest_t *ret_etag)
{
    CLEANUP(explain_closep) struct explanation x = { 0 };
    CLEANUP(arena_freep) struct arena *scratch = arena_new(MIB(1));
    struct config_ask ask = { .device = w->device, .at = at };
    if (scratch == NULL)
        return E_NO_MEMORY;
    TRY(explain_open(&w->act, &ask, STR(""), &x));
    *ret_etag = x.body.etag;
    return provenance_leaves(&x.said, x.resolve.merge.value, scratch, count_leaf, seen);
}

/* After the store was made by the real clock, and after its devices by the frozen one. */
static void three_levels(struct world *w)
{
    w->act.now = clock_now();
    if (w->act.now.us < noon.us)
        w->act.now = noon;
    oid_t org = make_policy(w, "org", "{\"a\":{\"b\":1,\"c\":2},\"d\":[1]}");
    oid_t user = make_policy(w, "user", "{\"a\":{\"b\":3}}");
    publish(w, user, draft(w, user, "{\"a\":{\"b\":4}}", "[\"/a/b\",\"enabled\"]"));
    oid_t device = make_policy(w, "device", "{\"a\":{\"b\":5,\"c\":6}}");
    assert_int_equal(assign(w, org, SCOPE_ORG, w->org, 0), E_OK);
    assert_int_equal(assign(w, user, SCOPE_USER, w->user, 0), E_OK);
    assert_int_equal(assign(w, device, SCOPE_DEVICE, w->device, 0), E_OK);
}

static void test_now_and_at_now(void **state)
{
    struct world *w = *state;
    struct config_plan plan;
    digest_t etag;
    three_levels(w);
    struct config_body body = body_of(w, w->device, &plan);
    const ts_t times[] = { { 0 }, w->act.now };
    for (size_t i = 0; i < ARRAY_LEN(times); i++) {
        struct leaf_seen seen = { 0 };
        assert_int_equal(explain_all(w, times[i], &seen, &etag), E_OK);
        assert_memory_equal(etag.b, body.etag.b, sizeof etag.b);
        assert_int_equal(seen.n, 3);
        assert_int_equal(seen.shadowed_n, 2); /* /a/b of the organisation, /a/c too */
        assert_int_equal(seen.refused_n, 1);  /* /a/b of the device */
    }
}

static void test_bounds(void **state)
{
    struct world *w = *state;
    struct explanation x;
    struct config_ask ask = { .device = w->device };
    struct config_ask early = { .device = w->device, .at = { 1 } };
    struct config_ask late = { .device = w->device, .at = { INT64_MAX } };
    assert_int_equal(explain_open(&w->act, &ask, STR("a"), &x), E_BAD_FIELD);
    diag_clear(&w->act.why);
    assert_int_equal(explain_open(&w->act, &early, STR(""), &x), E_BAD_FIELD);
    diag_clear(&w->act.why);
    assert_int_equal(explain_open(&w->act, &late, STR(""), &x), E_BAD_FIELD);
    diag_clear(&w->act.why);
    ask.device = oid_make();
    assert_int_equal(explain_open(&w->act, &ask, STR(""), &x), E_NOT_FOUND);
}

/* Each allocation and each statement in turn; a leak is the sanitizers' to find. */
static void test_failed_steps(void **state)
{
    struct world *w = *state;
    three_levels(w);
    for (long n = 0;; n++) {
        struct leaf_seen seen = { 0 };
        digest_t etag;
        fault_arm(n);
        err_t e = explain_all(w, w->act.now, &seen, &etag);
        bool fired = fault_used();
        fault_disarm();
        assert_true(fired ? e != E_OK : e == E_OK && seen.n == 3);
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_now_and_at_now),
        WORLD_TEST(test_bounds),
        WORLD_TEST(test_failed_steps),
    };
    return cmocka_run_group_tests_name("domain/policy/explain", tests, NULL, NULL);
}
