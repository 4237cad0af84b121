/* SPDX-License-Identifier: Apache-2.0 */
/* What a change of access would do: limits, outlooks of rules, and faults in the middle. */
#include "domain/whatif/whatif.h"

#include "base/fault.h"
#include "base/ref.h"
#include "domain/access/outlook.h"
#include "domain/gateway/tool.h"
#include "domain/identity/group.h"
#include "domain/identity/user.h"
#include "fault_loop.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, world_teardown)
#define READS   ",\"inputSchema\":{\"type\":\"object\"},\"annotations\":{\"readOnlyHint\":true}}"

static oid_t ann;
static oid_t family;
static struct row_application app;
static struct permission_of of_family;

static err_t make_all(struct world *w)
{
    const struct user_in user = { .username = STR("ann"), .email = STR("ann@example.org") };
    const struct group_in group = { .name = STR("family") };
    struct application_in wiki = { .name = STR("Wiki"), .kind = STR("oidc") };
    struct server_in home = { .name = STR("home"),
                              .transport = STR("http"),
                              .url = STR("https://mcp.example.org/"),
                              .pinning = STR("new") };
    struct server_rules rules = { .kind = GATE_KIND_ANY };
    struct row_user_account person;
    struct row_principal_group row;
    struct row_server server;
    struct token_text secret;
    struct gate_sight sight;
    TRY(user_create(&w->act, &user, &person));
    TRY(group_create(&w->act, &group, &row));
    TRY(application_create(&w->act, &wiki, &app, &secret));
    TRY(server_create(&w->act, &rules, &home, &server));
    TRY(gate_tools_seen(&w->act, server.id,
                        STR("[{\"name\":\"look\"" READS ",{\"name\":\"list\"" READS "]"), &sight));
    ann = person.id;
    family = row.id;
    return permission_of(&w->act, GATE_SUBJECT_GROUP, family, &of_family);
}

static err_t join(struct world *w)
{
    struct member m;
    bool added = false;
    struct member_in in = { .user_id = ann };
    return group_member_add(&w->act, family, &in, &m, &added);
}

static int setup(void **state)
{
    int failed = world_setup(state);
    struct world *w = *state;
    as_admin(w);
    assert_int_equal(ACT(w, make_all(w)), E_OK);
    return failed;
}

/* Every tool of that server is off for the family. */
static err_t preview_off(struct world *w, void *ret)
{
    struct gate_trial_put put = { .said = { .is_enabled = { true, false } } };
    struct gate_trial_in in = { .puts = &put, .puts_n = 1 };
    struct gate_trial trial;
    TRY(tool_place(&w->act, STR("home/*"), &put.place));
    TRY(gate_trial_make(&w->act, &of_family, &in, &trial));
    return whatif_permissions(&w->act, &of_family, &trial, ret);
}

static err_t preview_binding(struct world *w, void *ret)
{
    struct whatif_binding what = { .app = &app, .kind = BINDING_GROUP, .target = family };
    return whatif_binding(&w->act, &what, ret);
}

static err_t preview_membership(struct world *w, void *ret)
{
    struct whatif_membership what = { family, ACTOR_USER, ann, false };
    return whatif_membership(&w->act, &what, ret);
}

static void each_step_may_fail(void **state)
{
    struct world *w = *state;
    static const struct fault_case cases[] = {
        { "permissions of a group", preview_off, sizeof(struct whatif) },
        { "a binding", preview_binding, sizeof(struct whatif) },
        { "a membership", preview_membership, sizeof(struct whatif) },
    };
    assert_int_equal(ACT(w, join(w)), E_OK);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        fails_whole(w, &cases[i]);
}

static void those_alike_are_counted_together(void **state)
{
    struct world *w = *state;
    struct whatif p;
    enum { PEOPLE = WHATIF_SAMPLE_MAX + 3 };
    world_begin(w);
    for (int i = 0; i < PEOPLE; i++) {
        char name[16];
        char email[32];
        struct row_user_account row;
        struct member m;
        bool added = false;
        (void)snprintf(name, sizeof name, "ann-%02d", i);
        (void)snprintf(email, sizeof email, "%s@example.org", name);
        struct user_in in = { .username = str_from_cz(name), .email = str_from_cz(email) };
        assert_int_equal(user_create(&w->act, &in, &row), E_OK);
        struct member_in member = { .user_id = row.id };
        assert_int_equal(group_member_add(&w->act, family, &member, &m, &added), E_OK);
    }
    assert_int_equal(preview_off(w, &p), E_OK);
    assert_int_equal(p.looked_n, PEOPLE);
    assert_int_equal(p.results_n, 1);
    assert_int_equal(p.results[0].who_n, PEOPLE);
    assert_int_equal(p.results[0].sample_n, WHATIF_SAMPLE_MAX);
    assert_int_equal(p.results[0].changes_n, 2);
    assert_false(p.truncated);
    assert_int_equal(world_end(w, E_CONFLICT), E_CONFLICT);
}

/* More tools than an answer shows: all are counted, and it says that some are missing. */
static void more_than_is_shown(void **state)
{
    struct world *w = *state;
    enum { TOOLS = WHATIF_CHANGES_MAX + 7 };
    CLEANUP(buf_fini) struct buf list = { 0 };
    struct gate_catalogue *all = NULL;
    struct gate_sight sight;
    struct whatif p;
    buf_init(&list, MIB(1));
    for (int i = 0; i < TOOLS; i++) {
        char one[160];
        int n = snprintf(one, sizeof one, "%s{\"name\":\"tool-%d\"" READS, i > 0 ? "," : "[", i);
        buf_add(&list, str_of(one, (size_t)n));
    }
    buf_add_byte(&list, ']');
    world_begin(w);
    assert_int_equal(join(w), E_OK);
    assert_int_equal(gate_catalogue_load(&w->act, w->org, &all), E_OK);
    assert_int_equal(gate_tools_seen(&w->act, all->servers[0].id, buf_str(&list), &sight), E_OK);
    ref_drop(all);
    assert_int_equal(preview_off(w, &p), E_OK);
    assert_int_equal(p.results[0].changes_all, TOOLS);
    assert_int_equal(p.results[0].changes_n, WHATIF_CHANGES_MAX);
    assert_true(p.truncated);
    assert_int_equal(world_end(w, E_CONFLICT), E_CONFLICT);
}

static void rules_and_circumstances(void **state)
{
    struct world *w = *state;
    static const str_t office[] = { { "10.0.0.0/8", 10 } };
    static const str_t in_family[] = { { "family", 6 } };
    static const str_t nobody[] = { { "nobody", 6 } };
    const struct names at_office = { office, 1, true };
    const struct names ours = { in_family, 1, true };
    const struct names theirs = { nobody, 1, true };
    const struct {
        const char *name;
        struct rule_in rules[2]; /* in this order */
        enum outlook want;
    } cases[] = {
        { "no rule", { { .name = STR_NONE } }, OUTLOOK_ALLOWED },
        { "for all", { { .effect = STR("allow") } }, OUTLOOK_ALLOWED },
        { "for his group", { { .effect = STR("allow"), .groups_any = ours } }, OUTLOOK_ALLOWED },
        { "for another", { { .effect = STR("allow"), .groups_any = theirs } }, OUTLOOK_NONE },
        { "from the office",
          { { .effect = STR("allow"), .cidr = at_office } },
          OUTLOOK_CONDITIONAL },
        { "after a second factor", { { .effect = STR("require_mfa") } }, OUTLOOK_CONDITIONAL },
        { "with a second factor",
          { { .effect = STR("allow"), .mfa = { true, true } } },
          OUTLOOK_CONDITIONAL },
        { "his group never",
          { { .effect = STR("deny"), .groups_all = ours }, { .effect = STR("allow") } },
          OUTLOOK_NONE },
        { "another never",
          { { .effect = STR("deny"), .groups_all = theirs }, { .effect = STR("allow") } },
          OUTLOOK_ALLOWED },
        { "not from the office",
          { { .effect = STR("deny"), .cidr = at_office }, { .effect = STR("allow") } },
          OUTLOOK_CONDITIONAL },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct group_in other = { .name = STR("nobody") };
        struct access_ask ask = {
            .app = &app, .kind = ACTOR_USER, .principal = ann, .org = w->org, .binds = true
        };
        struct row_principal_group group;
        enum outlook got = OUTLOOK_NONE;
        str_t by;
        world_begin(w);
        assert_int_equal(join(w), E_OK);
        assert_int_equal(group_create(&w->act, &other, &group), E_OK);
        for (int64_t k = 0; k < 2 && cases[i].rules[k].effect.p != NULL; k++) {
            struct rule_in in = cases[i].rules[k];
            struct row_access_rule row;
            in.name = k == 0 ? STR("first") : STR("second");
            in.position = (opt_i64_t){ true, k };
            assert_int_equal(rule_create(&w->act, &in, &row), E_OK);
        }
        assert_int_equal(access_outlook(&w->act, &ask, &got, &by), E_OK);
        check(got == cases[i].want, cases[i].name);
        ask.binds = false;
        assert_int_equal(access_outlook(&w->act, &ask, &got, &by), E_OK);
        check(got == OUTLOOK_NONE, cases[i].name);
        assert_int_equal(world_end(w, E_CONFLICT), E_CONFLICT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_step_may_fail),
        TEST(those_alike_are_counted_together),
        TEST(more_than_is_shown),
        TEST(rules_and_circumstances),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
