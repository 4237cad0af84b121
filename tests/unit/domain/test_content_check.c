/* SPDX-License-Identifier: Apache-2.0 */
/* What content must keep, when it is saved and when it is published. */
#include "base/fault.h"
#include "domain/policy/content_check.h"
#include "domain/policy/policy.h"
#include "sql/identity.h"
#include "store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Cut in two, so that no scanner takes it for a leak. */
#define TOKEN                                                                                      \
    "gh"                                                                                           \
    "p_016C7d8E9fA0b1C2d3E4f5A6b7C8d9E0f1A2"
#define WITH_TOKEN "{\"a\":[{\"b\":\"" TOKEN "\"}]}"

struct world {
    struct store store;
    struct act act;
    oid_t policy;
};

static void world_open(struct world *w)
{
    struct row_policy_info row;
    store_open(&w->store);
    assert_int_equal(db_tx_begin(w->store.db), E_OK);
    w->act = (struct act){ .arena = w->store.a, .db = w->store.db, .now = clock_now() };
    w->act.actor.perms = perms_all();
    effects_init(&w->act.effects);
    w->act.org = oid_make();
    assert_int_equal(
        sql_organisation_add(w->store.db, &(struct sql_organisation_add){ .id = w->act.org,
                                                                          .slug = STR("default"),
                                                                          .name = STR("default"),
                                                                          .status = 1,
                                                                          .now = w->act.now }),
        E_OK);
    assert_int_equal(policy_create(&w->act, &(struct policy_words){ .name = STR("p") }, &row),
                     E_OK);
    w->policy = row.id;
}

static void world_close(struct world *w)
{
    db_tx_rollback(w->store.db);
    store_close(&w->store);
}

static void test_saving_refuses(void **state)
{
    (void)state;
    struct world w;
    struct row_policy_version v;
    world_open(&w);
    struct policy_content in = { .content = STR(WITH_TOKEN) };
    assert_int_equal(policy_version_make(&w.act, w.policy, &in, &v), E_BAD_FIELD);
    assert_string_equal(w.act.why.field, "/content/a/0/b");
    assert_non_null(strstr(w.act.why.text, "a GitHub token"));
    assert_non_null(strstr(w.act.why.text, "{\"$secret\":\"NAME\"}"));
    assert_null(strstr(w.act.why.text, TOKEN));
    assert_int_equal(w.act.flaws_n, 1);
    act_clear_why(&w.act);
    assert_int_equal(w.act.flaws_n, 0);
    in = (struct policy_content){ .content = STR("{}"), .locked = STR("[\"/" TOKEN "\"]") };
    assert_int_equal(policy_version_make(&w.act, w.policy, &in, &v), E_BAD_FIELD);
    assert_string_equal(w.act.why.field, "/locked/0");
    world_close(&w);
}

/* Where the fault is, is said in few bytes: cut between two characters. */
static void test_a_long_name_is_cut(void **state)
{
    (void)state;
    struct world w;
    struct row_policy_version v;
    world_open(&w);
    struct buf b;
    buf_init(&b, KIB(4));
    BUF_ADD(&b, "{\"a");
    for (int i = 0; i < 200; i++)
        BUF_ADD(&b, "\xc3\xa9");
    BUF_ADD(&b, "\":\"" TOKEN "\"}");
    struct policy_content in = { .content = buf_str(&b) };
    assert_int_equal(policy_version_make(&w.act, w.policy, &in, &v), E_BAD_FIELD);
    assert_int_equal(w.act.flaws[0].field.n, strlen("/content/a") + 400);
    assert_int_equal(strlen(w.act.why.field), DIAG_FIELD_MAX - 2);
    assert_true(str_is_utf8(str_from_cz(w.act.why.field)));
    buf_fini(&b);
    world_close(&w);
}

/* A version of the time before the rule: it can be read and deleted, not published. */
static void test_publishing_refuses_an_old_draft(void **state)
{
    (void)state;
    struct world w;
    struct row_policy_version v;
    world_open(&w);
    assert_int_equal(sql_policy_version_add(
                         w.store.db, &(struct sql_policy_version_add){ .id = oid_make(),
                                                                       .org = w.act.org,
                                                                       .policy_id = w.policy,
                                                                       .number = 1,
                                                                       .content = STR(WITH_TOKEN),
                                                                       .locked = STR("[]"),
                                                                       .now = w.act.now }),
                     E_OK);
    assert_int_equal(policy_version_find(&w.act, w.policy, 1, &v), E_OK);
    assert_int_equal(policy_publish(&w.act, &v, &v), E_BAD_FIELD);
    assert_string_equal(w.act.why.field, "/content/a/0/b");
    assert_int_equal(policy_version_find(&w.act, w.policy, 1, &v), E_OK);
    assert_int_equal(v.state, POLICY_DRAFT);
    assert_int_equal(policy_version_delete(&w.act, &v), E_OK);
    world_close(&w);
}

static void test_each_failed_allocation(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    struct row_policy_version v = { .content = STR(WITH_TOKEN), .locked = STR("[]") };
    for (long n = 0;; n++) {
        act_clear_why(&w.act);
        fault_arm(n);
        err_t e = content_check_stored(&w.act, &v);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(e, fired ? E_NO_MEMORY : E_BAD_FIELD);
        if (!fired)
            break;
    }
    v.content = STR("{");
    act_clear_why(&w.act);
    assert_int_equal(content_check_stored(&w.act, &v), E_CORRUPT);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_saving_refuses),
        cmocka_unit_test(test_a_long_name_is_cut),
        cmocka_unit_test(test_publishing_refuses_an_old_draft),
        cmocka_unit_test(test_each_failed_allocation),
    };
    return cmocka_run_group_tests_name("domain/policy/content_check", tests, NULL, NULL);
}
