/* SPDX-License-Identifier: Apache-2.0 */
/* What a draft would change, and what has changed between two versions; each of them also while
 * memory or the store fails: nothing is written then, and nothing looks like an answer. */
#include "domain/policy/preview.h"

#include "domain/policy/version_diff.h"
#include "policy_hands.h"

#include "check.h"

enum { UNWRITTEN = 0xa5 };
static oid_t policy;

static int set_up(void **state)
{
    int failed = world_set_up(state);
    struct world *w = *state;
    policy = make_policy(w, "base", "{\"a\":1,\"b\":\"x\"}");
    assert_int_equal(assign(w, policy, SCOPE_ORG, w->org, 0), E_OK);
    return failed;
}

static struct config_draft other_content(void)
{
    return (struct config_draft){ .policy = policy,
                                  .version = oid_make(),
                                  .content = STR("{\"a\":2,\"b\":\"x\",\"c\":[null]}"),
                                  .locked = STR("[]") };
}

static void test_alike(void **state)
{
    struct world *w = *state;
    const struct config_draft draft = other_content();
    struct preview p;
    assert_int_equal(preview_run(&w->act, &draft, (oid_t){ 0 }, &p), E_OK);
    check(p.looked_n == 2 && p.devices_n == 2 && p.changed_n == 2, "both devices");
    check(p.results_n == 1 && p.results[0].devices_n == 2, "in the same way");
    check(p.results[0].changes_all == 2 && p.results[0].changes_n == 2, "two members");
    check(str_eq(p.results[0].changes[0].pointer, STR("/a")), "by pointer");
    check(str_eq(p.results[0].changes[0].from, STR("1")), "from");
    check(str_eq(p.results[0].changes[0].to, STR("2")), "to");
    check(p.results[0].changes[1].from.p == NULL, "from nothing");
    assert_int_equal(preview_run(&w->act, &draft, w->twin, &p), E_OK);
    check(p.looked_n == 1 && p.changed_n == 1, "one device alone");
    assert_int_equal(preview_run(&w->act, &draft, oid_make(), &p), E_NOT_FOUND);
}

static void test_versions(void **state)
{
    struct world *w = *state;
    struct version_diff d;
    publish(w, policy, draft(w, policy, "{\"a\":null,\"c\":true}", "[\"/c\"]"));
    assert_int_equal(version_diff(&w->act, policy, 1, 2, &d), E_OK);
    check(d.changes_n == 3, "three members");
    check(str_eq(d.changes[0].to, STR("null")), "a null is a value");
    check(d.changes[1].to.p == NULL, "one that is gone has none");
    check(d.locked_n == 1 && str_eq(d.locked[0], STR("/c")) && d.unlocked_n == 0, "locks");
    assert_int_equal(version_diff(&w->act, policy, 2, 1, &d), E_OK);
    check(d.unlocked_n == 1 && d.locked_n == 0, "the other way round");
    assert_int_equal(version_diff(&w->act, policy, 2, 2, &d), E_OK);
    check(d.changes_n == 0 && d.locked_n == 0 && d.unlocked_n == 0, "with itself");
    assert_int_equal(version_diff(&w->act, policy, 1, 3, &d), E_NOT_FOUND);
}

static struct config_draft no_assignment(struct world *w)
{
    struct assignment_filter f = { .policy_id = policy };
    struct row_assignment *rows = NULL;
    size_t n = 0;
    assert_int_equal(assignment_list(&w->act, &f, (oid_t){ 0 }, 2, &rows, &n), E_OK);
    assert_int_equal(n, 1);
    return (struct config_draft){ .policy = policy, .gone = rows[0].id };
}

/* What is pinned, what follows, and what is taken away, while the versions stay what they are. */
static void test_assignments(void **state)
{
    struct world *w = *state;
    const struct config_draft gone = no_assignment(w);
    struct preview p;
    assert_int_equal(preview_run(&w->act, &gone, (oid_t){ 0 }, &p), E_OK);
    check(p.devices_n == 2 && p.changed_n == 2, "both lose it");
    check(p.results[0].changes_all == 2, "two members");
    check(p.results[0].changes[0].to.p == NULL, "nothing is there any more");
    struct config_trial trial = { .scope = SCOPE_DEVICE, .target = w->twin, .priority = 1 };
    struct config_draft moved = gone;
    moved.trial = &trial;
    assert_int_equal(preview_run(&w->act, &moved, (oid_t){ 0 }, &p), E_OK);
    check(p.devices_n == 2 && p.changed_n == 2, "one that gives nothing keeps nothing");
    struct row_policy_version v;
    assert_int_equal(policy_version_find(&w->act, policy, 1, &v), E_OK);
    trial.version = v.id;
    trial.pinned = true;
    assert_int_equal(preview_run(&w->act, &moved, (oid_t){ 0 }, &p), E_OK);
    check(p.devices_n == 2 && p.changed_n == 1, "the twin keeps what it had");
    moved.gone = (oid_t){ 0 };
    assert_int_equal(preview_run(&w->act, &moved, (oid_t){ 0 }, &p), E_OK);
    check(p.devices_n == 1 && p.changed_n == 0,
          "the same once more is for one, and changes nothing");
}

static err_t preview_gone(struct world *w, void *ret)
{
    const struct config_draft draft = { .policy = policy, .gone = oid_make() };
    return preview_run(&w->act, &draft, (oid_t){ 0 }, ret);
}

static err_t preview_all(struct world *w, void *ret)
{
    const struct config_draft draft = other_content();
    return preview_run(&w->act, &draft, (oid_t){ 0 }, ret);
}

static err_t preview_one(struct world *w, void *ret)
{
    const struct config_draft draft = other_content();
    return preview_run(&w->act, &draft, w->device, ret);
}

static err_t find_faults(struct world *w, void *ret)
{
    const struct config_draft draft = other_content();
    return preview_faults(&w->act, &draft, w->device, ret);
}

static err_t diff_versions(struct world *w, void *ret)
{
    return version_diff(&w->act, policy, 1, 2, ret);
}

static const struct {
    const char *name;
    err_t (*run)(struct world *w, void *ret);
    size_t ret_n;
} faulty[] = {
    { "everybody", preview_all, sizeof(struct preview) },
    { "an assignment that goes", preview_gone, sizeof(struct preview) },
    { "one device", preview_one, sizeof(struct preview) },
    { "what schemas find", find_faults, sizeof(struct schema_faults) },
    { "two versions", diff_versions, sizeof(struct version_diff) },
};

static bool is_unwritten(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] != UNWRITTEN)
            return false;
    }
    return true;
}

static void test_failed_steps(void **state)
{
    static _Alignas(max_align_t) uint8_t ret[16 * 1024];
    struct world *w = *state;
    publish(w, policy, draft(w, policy, "{\"a\":null,\"c\":true}", "[\"/c\"]"));
    for (size_t i = 0; i < ARRAY_LEN(faulty); i++) {
        bool fired = true;
        assert_true(faulty[i].ret_n <= sizeof ret);
        for (long n = 0; fired; n++) {
            memset(ret, UNWRITTEN, sizeof ret);
            act_clear_why(&w->act);
            fault_arm(n);
            w->act.arena = arena_new(MIB(8));
            err_t e = w->act.arena == NULL ? E_NO_MEMORY : faulty[i].run(w, ret);
            fired = fault_used();
            fault_disarm();
            arena_free(w->act.arena);
            w->act.arena = w->store.a;
            if (fired != (e != E_OK))
                fail_msg("%s: step %ld is %s", faulty[i].name, n, err_info(e)->slug);
            check(!fired || err_info(e)->status >= 500, faulty[i].name);
            check(!fired || is_unwritten(ret, faulty[i].ret_n), faulty[i].name);
            check(fired || n > 0, faulty[i].name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_alike, set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(test_assignments, set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(test_versions, set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(test_failed_steps, set_up, world_tear_down),
    };
    return cmocka_run_group_tests_name("domain/policy/preview", tests, NULL, NULL);
}
