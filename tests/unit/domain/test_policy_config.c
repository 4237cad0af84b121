/* SPDX-License-Identifier: Apache-2.0 */
/* Plans and bodies from a real store: who gets what, in which order, and what moves the sequence
 * number. */
#include "policy_hands.h"

static void want_body(struct world *w, const char *want)
{
    struct config_plan plan;
    struct config_body body = body_of(w, w->device, &plan);
    if (!str_eq(body.bytes, str_from_cz(want)))
        fail_msg("got  %.*s\nwant %s", STR_ARG(body.bytes), want);
    digest_t d = sha256_of(body.bytes);
    assert_memory_equal(d.b, body.etag.b, sizeof d.b);
}

static void test_levels_and_order(void **state)
{
    struct world *w = *state;
    oid_t none = { 0 };
    want_body(w, "{\"config\":{},\"enabled\":false,\"version\":null}");
    oid_t device = make_policy(w, "device", "{\"v\":\"device\",\"d\":1}");
    oid_t user = make_policy(w, "user", "{\"v\":\"user\",\"u\":1}");
    oid_t high = make_policy(w, "high", "{\"v\":\"high\",\"g\":\"high\"}");
    oid_t low = make_policy(w, "low", "{\"v\":\"low\",\"g\":\"low\"}");
    oid_t late = make_policy(w, "late", "{\"v\":\"late\",\"o\":\"late\"}");
    oid_t early = make_policy(w, "early", "{\"v\":\"early\",\"o\":\"early\"}");
    oid_t global = make_policy(w, "global", "{\"v\":\"global\",\"x\":1}");
    assert_int_equal(assign(w, device, SCOPE_DEVICE, w->device, 0), E_OK);
    assert_int_equal(assign(w, user, SCOPE_USER, w->user, 0), E_OK);
    assert_int_equal(assign(w, high, SCOPE_GROUP, w->g_high, 1), E_OK);
    assert_int_equal(assign(w, low, SCOPE_GROUP, w->g_low, 999), E_OK);
    assert_int_equal(assign(w, late, SCOPE_ORG, none, 200), E_OK);
    assert_int_equal(assign(w, early, SCOPE_ORG, none, 50), E_OK);
    assert_int_equal(assign(w, global, SCOPE_GLOBAL, none, 0), E_OK);
    struct config_plan plan;
    (void)body_of(w, w->device, &plan);
    assert_int_equal(plan.entries_n, 7);
    assert_int_equal(plan.scopes_n, 6);
    assert_true(oid_eq(plan.entries[0].policy, global));
    assert_int_equal(plan.entries[1].priority, 50);
    assert_true(oid_eq(plan.entries[2].policy, late));
    assert_int_equal(plan.entries[6].level, SCOPE_DEVICE);
    assert_true(oid_eq(plan.scopes[plan.entries[6].scope].id, w->device));
    want_body(
        w, "{\"config\":{\"d\":1,\"g\":\"high\",\"o\":\"late\",\"u\":1,\"v\":\"device\",\"x\":1},"
           "\"enabled\":true,\"version\":\"2026-11-22.7\"}");
}

static void test_same_priority_goes_by_id(void **state)
{
    struct world *w = *state;
    oid_t first = make_policy(w, "first", "{\"v\":1}");
    oid_t second = make_policy(w, "second", "{\"v\":2}");
    assert_int_equal(assign(w, second, SCOPE_ORG, w->org, 0), E_OK);
    assert_int_equal(assign(w, first, SCOPE_ORG, w->org, 0), E_OK);
    want_body(w, "{\"config\":{\"v\":1},\"enabled\":true,\"version\":\"2026-11-22.2\"}");
}

static void test_pinned_and_following(void **state)
{
    struct world *w = *state;
    struct row_assignment row;
    struct row_policy_version v;
    oid_t p = make_policy(w, "p", "{\"v\":1}");
    int64_t two = draft(w, p, "{\"v\":2}", NULL);
    int64_t three = draft(w, p, "{\"v\":3}", NULL);
    struct assignment_in in = { .policy_id = p, .scope = SCOPE_ORG, .number = { true, two } };
    assert_int_equal(assignment_create(&w->act, &in, &row),
                     E_BAD_FIELD); /* a draft cannot be pinned */
    in.number = (opt_i64_t){ true, 1 };
    assert_int_equal(assignment_create(&w->act, &in, &row), E_OK);
    publish(w, p, three);
    publish(w, p, two); /* published last: the newest, whatever its number */
    want_body(w, "{\"config\":{\"v\":1},\"enabled\":true,\"version\":\"2026-11-22.1\"}");
    in = (struct assignment_in){ .number = { true, 0 } };
    assert_int_equal(assignment_change(&w->act, &row, &in, &row), E_OK);
    want_body(w, "{\"config\":{\"v\":2},\"enabled\":true,\"version\":\"2026-11-22.3\"}");
    assert_int_equal(policy_rollback(&w->act, p, 1, &v), E_OK);
    assert_int_equal(v.number, 4);
    want_body(w, "{\"config\":{\"v\":1},\"enabled\":true,\"version\":\"2026-11-22.4\"}");
}

static void test_drafts_say_nothing(void **state)
{
    struct world *w = *state;
    struct row_policy_info row;
    assert_int_equal(policy_create(&w->act, &(struct policy_words){ .name = STR("p") }, &row),
                     E_OK);
    (void)draft(w, row.id, "{\"v\":1}", NULL);
    assert_int_equal(assign(w, row.id, SCOPE_ORG, w->org, 0), E_OK);
    want_body(w, "{\"config\":{},\"enabled\":false,\"version\":null}");
}

/* A draft stands in where the newest is followed, not where a version is pinned, and is nobody's
 * configuration. */
static void test_a_draft_is_tried(void **state)
{
    struct world *w = *state;
    struct row_assignment row;
    struct row_policy_version v;
    struct config_plan plan;
    struct config_body body;
    oid_t p = make_policy(w, "p", "{\"v\":1,\"p\":1}");
    struct assignment_in pin = { .policy_id = p, .scope = SCOPE_USER, .target_id = w->user };
    pin.number = (opt_i64_t){ true, 1 };
    assert_int_equal(assign(w, p, SCOPE_DEVICE, w->device, 0), E_OK);
    assert_int_equal(assignment_create(&w->act, &pin, &row), E_OK);
    assert_int_equal(policy_version_find(&w->act, p, draft(w, p, "{\"v\":2}", NULL), &v), E_OK);
    struct config_draft tried = {
        .policy = p, .version = v.id, .content = v.content, .locked = v.locked
    };
    struct config_ask ask = { .device = w->device, .draft = &tried };
    assert_int_equal(config_plan(&w->act, &ask, &plan), E_OK);
    assert_true(plan.entries[0].pinned && !plan.entries[1].pinned);
    assert_int_equal(config_compute(&w->act, &plan, &body), E_OK);
    assert_true(str_eq(body.bytes, STR("{\"config\":{\"p\":1,\"v\":2},\"enabled\":true,"
                                       "\"version\":\"2026-11-22.1\"}")));
    want_body(w, "{\"config\":{\"p\":1,\"v\":1},\"enabled\":true,\"version\":\"2026-11-22.1\"}");
    /* By its id alone a draft is not to be had. */
    plan.draft = NULL;
    assert_int_equal(config_compute(&w->act, &plan, &body), E_NOT_FOUND);
}

static int64_t seq_of(struct world *w)
{
    struct config_plan plan;
    assert_int_equal(config_plan(&w->act, &(struct config_ask){ .device = w->device }, &plan),
                     E_OK);
    return plan.seq;
}

static void test_seq_moves_with_its_scopes(void **state)
{
    struct world *w = *state;
    oid_t stranger = add_group(w, "stranger", 100);
    oid_t p = make_policy(w, "p", "{\"v\":1}");
    assert_int_equal(seq_of(w), 0);
    assert_int_equal(assign(w, p, SCOPE_GROUP, stranger, 0), E_OK);
    assert_int_equal(seq_of(w), 0); /* not one of this device's */
    assert_int_equal(assign(w, p, SCOPE_USER, w->user, 0), E_OK);
    int64_t assigned = seq_of(w);
    assert_true(assigned > 0);
    (void)draft(w, p, "{\"v\":2}", NULL);
    assert_int_equal(seq_of(w), assigned);
    publish(w, p, 2);
    assert_true(seq_of(w) > assigned);
    size_t effects = 0;
    for (const struct effect *e = w->act.effects.first; e != NULL; e = e->next)
        effects += e->kind == EFFECT_SCOPE;
    assert_int_equal(effects, 4); /* two assignments, and the publication for both */
}

static void test_equal_inputs_share_a_digest(void **state)
{
    struct world *w = *state;
    struct config_plan one;
    struct config_plan two;
    oid_t p = make_policy(w, "p", "{\"v\":1}");
    assert_int_equal(assign(w, p, SCOPE_ORG, w->org, 0), E_OK);
    struct config_body a = body_of(w, w->device, &one);
    struct config_body b = body_of(w, w->twin, &two);
    assert_memory_equal(one.digest.b, two.digest.b, sizeof one.digest.b);
    assert_memory_equal(a.etag.b, b.etag.b, sizeof a.etag.b);
    assert_int_equal(assign(w, p, SCOPE_DEVICE, w->twin, 0), E_OK);
    (void)body_of(w, w->twin, &two);
    assert_memory_not_equal(one.digest.b, two.digest.b, sizeof one.digest.b);
}

static void test_other_organisations_do_not_reach_in(void **state)
{
    struct world *w = *state;
    struct config_plan plan;
    struct row_assignment row;
    oid_t global = make_policy(w, "global", "{\"g\":1}");
    assert_int_equal(assign(w, global, SCOPE_GLOBAL, w->org, 0), E_OK);
    w->act.org = add_org(w, "other");
    assert_int_equal(config_plan(&w->act, &(struct config_ask){ .device = w->device }, &plan),
                     E_NOT_FOUND);
    oid_t own = make_policy(w, "own", "{\"v\":1}");
    assert_int_equal(assign(w, own, SCOPE_DEVICE, w->device, 0), E_NOT_FOUND);
    assert_int_equal(assign(w, own, SCOPE_GROUP, w->g_low, 0), E_NOT_FOUND);
    assert_int_equal(assign(w, own, SCOPE_USER, w->user, 0), E_NOT_FOUND);
    assert_int_equal(assign(w, own, SCOPE_ORG, w->org, 0), E_BAD_FIELD);
    assert_int_equal(assign(w, own, SCOPE_GLOBAL, w->act.org, 0), E_BAD_FIELD);
    struct assignment_in in = { .policy_id = global, .scope = SCOPE_ORG };
    assert_int_equal(assignment_create(&w->act, &in, &row), E_NOT_FOUND);
    w->act.org = w->org;
    want_body(w, "{\"config\":{\"g\":1},\"enabled\":true,\"version\":\"2026-11-22.1\"}");
}

static void test_global_wants_a_system_administrator(void **state)
{
    struct world *w = *state;
    struct row_assignment row;
    struct row_policy_version v;
    oid_t p = make_policy(w, "p", "{\"v\":1}");
    struct assignment_in in = { .policy_id = p, .scope = SCOPE_GLOBAL };
    assert_int_equal(assignment_create(&w->act, &in, &row), E_OK);
    (void)draft(w, p, "{\"v\":2}", NULL);
    w->act.actor.perms = role_perms(ROLE_ADMINISTRATOR);
    assert_int_equal(policy_version_find(&w->act, p, 2, &v), E_OK);
    assert_int_equal(policy_publish(&w->act, &v, &v), E_FORBIDDEN);
    assert_int_equal(policy_rollback(&w->act, p, 1, &v), E_FORBIDDEN);
    assert_int_equal(assignment_delete(&w->act, &row), E_FORBIDDEN);
    in = (struct assignment_in){ .scope = SCOPE_ORG };
    assert_int_equal(assignment_change(&w->act, &row, &in, &row), E_FORBIDDEN);
}

static void test_too_big(void **state)
{
    struct world *w = *state;
    struct config_plan plan;
    struct config_body body;
    static char text[250 * 1024];
    for (int i = 0; i < 5; i++) {
        char name[] = { (char)('a' + i), '\0' };
        int n = snprintf(text, sizeof text, "{\"%s\":\"%0*d\"}", name, 240 * 1024, 0);
        assert_true(n > 0);
        assert_int_equal(assign(w, make_policy(w, name, text), SCOPE_ORG, w->org, 0), E_OK);
    }
    assert_int_equal(config_plan(&w->act, &(struct config_ask){ .device = w->device }, &plan),
                     E_OK);
    assert_int_equal(config_compute(&w->act, &plan, &body), E_TOO_BIG);
    assert_true(w->act.why.text[0] != '\0');
}

/* Fails at every step in turn; what it leaves is rolled back with the transaction, so only the
 * result is looked at. */
static void test_failed_steps(void **state)
{
    struct world *w = *state;
    oid_t p = make_policy(w, "p", "{\"v\":{\"w\":[1,2]}}");
    assert_int_equal(assign(w, p, SCOPE_ORG, w->org, 0), E_OK);
    for (long n = 0;; n++) {
        struct config_plan plan;
        struct config_body body;
        fault_arm(n);
        err_t e = config_plan(&w->act, &(struct config_ask){ .device = w->device }, &plan);
        if (e == E_OK)
            e = config_compute(&w->act, &plan, &body);
        bool fired = fault_used();
        fault_disarm();
        assert_true(fired ? e != E_OK : e == E_OK);
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_levels_and_order),
        WORLD_TEST(test_same_priority_goes_by_id),
        WORLD_TEST(test_pinned_and_following),
        WORLD_TEST(test_drafts_say_nothing),
        WORLD_TEST(test_a_draft_is_tried),
        WORLD_TEST(test_seq_moves_with_its_scopes),
        WORLD_TEST(test_equal_inputs_share_a_digest),
        WORLD_TEST(test_other_organisations_do_not_reach_in),
        WORLD_TEST(test_global_wants_a_system_administrator),
        WORLD_TEST(test_too_big),
        WORLD_TEST(test_failed_steps),
    };
    return cmocka_run_group_tests_name("domain/policy: configuration from the store", tests, NULL,
                                       NULL);
}
