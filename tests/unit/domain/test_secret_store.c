/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets in a real store: which one a device gets, that nothing of a value stands in the file, and
 * that they are sealed anew. */
#include "base/fault.h"
#include "domain/identity/data_key.h"
#include "domain/policy/secret_store.h"
#include "sql/fleet.h"
#include "sql/identity.h"
#include "store.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const ts_t noon = { INT64_C(1795348800) * 1000000 };

struct world {
    struct store store;
    struct act act;
    struct keys keys;
    oid_t org;
    oid_t other; /* organisation */
    oid_t user;
    oid_t device;
    oid_t g_low;
    oid_t g_high;
};

static oid_t add_org(struct world *w, const char *slug)
{
    oid_t id = oid_make();
    str_t s = str_from_cz(slug);
    struct sql_organisation_add row = { .id = id, .slug = s, .name = s, .status = 1, .now = noon };
    assert_int_equal(sql_organisation_add(w->store.db, &row), E_OK);
    return id;
}

static oid_t add_group(struct world *w, const char *name, int64_t priority)
{
    oid_t id = oid_make();
    str_t n = str_from_cz(name);
    struct sql_group_add row = {
        .id = id, .org = w->org, .name = n, .name_key = n, .priority = priority, .now = noon
    };
    struct sql_member_add member = { .group_id = id, .kind = ACTOR_DEVICE, .member_id = w->device };
    assert_int_equal(sql_group_add(w->store.db, &row), E_OK);
    assert_int_equal(sql_member_add(w->store.db, &member), E_OK);
    return id;
}

static oid_t add_device(struct world *w, oid_t org, oid_t user, const char *name)
{
    oid_t id = oid_make();
    str_t n = str_from_cz(name);
    struct sql_device_add row = { .id = id,
                                  .org = org,
                                  .machine_id = n,
                                  .machine_key = n,
                                  .status = 2,
                                  .user_id = user,
                                  .now = noon };
    assert_int_equal(sql_device_add(w->store.db, &row), E_OK);
    return id;
}

static int setup(void **state)
{
    static struct world w;
    w = (struct world){ 0 };
    store_open(&w.store);
    assert_int_equal(db_tx_begin(w.store.db), E_OK);
    struct master_key_cfg cfg = { .dir = w.store.dir };
    struct diag why = { 0 };
    assert_int_equal(keys_open(w.store.db, w.store.a, &cfg, &why, &w.keys), E_OK);
    w.act = (struct act){ .arena = w.store.a, .db = w.store.db, .now = noon, .keys = &w.keys };
    w.act.actor.perms = perms_all();
    effects_init(&w.act.effects);
    w.org = w.act.org = add_org(&w, "default");
    w.other = add_org(&w, "other");
    w.user = oid_make();
    struct sql_user_add user = { .id = w.user,
                                 .org = w.org,
                                 .username = STR("u"),
                                 .username_key = STR("u"),
                                 .email = STR("u@example.org"),
                                 .email_key = STR("u@example.org"),
                                 .status = 1,
                                 .now = noon };
    assert_int_equal(sql_user_add(w.store.db, &user), E_OK);
    w.device = add_device(&w, w.org, w.user, "m-1");
    w.g_high = add_group(&w, "high", 200);
    w.g_low = add_group(&w, "low", 10);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    keys_fini(&w->keys);
    db_tx_rollback(w->store.db);
    store_close(&w->store);
    return 0;
}

static err_t set(struct world *w, enum scope_kind scope, oid_t target, const char *value)
{
    struct secret_in in = { .at = { STR("api-key"), scope, target }, .value = str_from_cz(value) };
    struct row_secret_line row;
    bool created;
    diag_clear(&w->act.why);
    return secret_set(&w->act, &in, &row, &created);
}

static err_t plan_of(struct world *w, oid_t device, struct config_plan *ret)
{
    return config_plan(&w->act, &(struct config_ask){ .device = device }, ret);
}

/* What the device gets; "" for nothing. */
static const char *given(struct world *w, oid_t org, oid_t device)
{
    struct config_plan plan;
    struct row_secret row;
    str_t value = STR_NONE;
    oid_t own = w->act.org;
    w->act.org = org;
    assert_int_equal(plan_of(w, device, &plan), E_OK);
    w->act.org = own;
    err_t e = secret_for_plan(&w->act, &plan, STR("api-key"), &row);
    if (e == E_NOT_FOUND)
        return "";
    assert_int_equal(e, E_OK);
    assert_int_equal(secret_open(&w->act, &row, &value), E_OK);
    return str_cz(w->store.a, value);
}

static void test_the_most_specific_wins_and_of_groups_the_last(void **state)
{
    struct world *w = *state;
    oid_t none = { 0 };
    const struct {
        enum scope_kind scope;
        oid_t target;
        const char *value;
    } steps[] = {
        { SCOPE_GLOBAL, none, "global" }, { SCOPE_ORG, none, "org" },
        { SCOPE_GROUP, w->g_low, "low" }, { SCOPE_GROUP, w->g_high, "high" },
        { SCOPE_USER, w->user, "user" },  { SCOPE_DEVICE, w->device, "device" },
    };
    assert_string_equal(given(w, w->org, w->device), "");
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        assert_int_equal(set(w, steps[i].scope, steps[i].target, steps[i].value), E_OK);
        assert_string_equal(given(w, w->org, w->device), steps[i].value);
    }
    /* A group that applies earlier does not take the place of one that applies later. */
    assert_int_equal(set(w, SCOPE_GROUP, w->g_low, "low again"), E_OK);
    for (size_t i = ARRAY_LEN(steps); i > 0; i--) {
        struct secret_at at = { STR("api-key"), steps[i - 1].scope, steps[i - 1].target };
        struct row_secret_line row;
        const char *want = i == 4 ? "high" : i == 3 ? "low again" : steps[i - 1].value;
        assert_string_equal(given(w, w->org, w->device), want);
        assert_int_equal(secret_get(&w->act, &at, &row), E_OK);
        assert_int_equal(secret_delete(&w->act, &row), E_OK);
    }
    assert_string_equal(given(w, w->org, w->device), "");
}

static void test_another_tenant_gets_the_global_one_only(void **state)
{
    struct world *w = *state;
    oid_t theirs = add_device(w, w->other, (oid_t){ 0 }, "m-1");
    assert_int_equal(set(w, SCOPE_ORG, (oid_t){ 0 }, "ours"), E_OK);
    assert_string_equal(given(w, w->other, theirs), "");
    assert_int_equal(set(w, SCOPE_GLOBAL, (oid_t){ 0 }, "everybody's"), E_OK);
    assert_string_equal(given(w, w->other, theirs), "everybody's");
    assert_string_equal(given(w, w->org, w->device), "ours");
    w->act.org = w->other;
    assert_int_equal(set(w, SCOPE_GROUP, w->g_low, "x"), E_NOT_FOUND);
    assert_int_equal(set(w, SCOPE_DEVICE, w->device, "x"), E_NOT_FOUND);
    assert_int_equal(set(w, SCOPE_GLOBAL, (oid_t){ 0 }, "x"), E_BAD_FIELD);
    struct row_secret_line *rows;
    size_t n;
    assert_int_equal(secret_list(&w->act, &(struct secret_at){ 0 }, (oid_t){ 0 }, 10, &rows, &n),
                     E_OK);
    assert_int_equal(n, 0);
    w->act.org = w->org;
    w->act.actor.perms = (perms_t){ 0 };
    assert_int_equal(set(w, SCOPE_GLOBAL, (oid_t){ 0 }, "x"), E_FORBIDDEN);
}

static void test_what_is_no_secret_is_refused(void **state)
{
    struct world *w = *state;
    static char long_value[SECRET_VALUE_MAX + 1];
    memset(long_value, 'x', sizeof long_value);
    const struct {
        const char *name;
        str_t value;
        err_t want;
    } cases[] = {
        { "api-key", { "v", 1 }, E_OK },
        { "a.b_c-9", { long_value, SECRET_VALUE_MAX }, E_OK },
        { "api-key", { "", 0 }, E_BAD_FIELD },
        { "api-key", { long_value, sizeof long_value }, E_BAD_FIELD },
        { "", { "v", 1 }, E_BAD_FIELD },
        { "API", { "v", 1 }, E_BAD_FIELD },
        { "vault:x", { "v", 1 }, E_BAD_FIELD },
        { "a/b", { "v", 1 }, E_BAD_FIELD },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct secret_in in = { .at.name = str_from_cz(cases[i].name), .value = cases[i].value };
        struct row_secret_line row;
        bool created;
        diag_clear(&w->act.why);
        if (secret_set(&w->act, &in, &row, &created) != cases[i].want)
            fail_msg("%s with %zu bytes", cases[i].name, cases[i].value.n);
    }
}

static void test_a_change_moves_revision_and_scope(void **state)
{
    struct world *w = *state;
    struct secret_at at = { STR("api-key"), SCOPE_GROUP, w->g_low };
    struct row_secret_line row;
    struct config_plan before;
    struct config_plan after;
    assert_int_equal(set(w, SCOPE_GROUP, w->g_low, "one"), E_OK);
    assert_int_equal(plan_of(w, w->device, &before), E_OK);
    assert_int_equal(set(w, SCOPE_GROUP, w->g_low, "two"), E_OK);
    assert_int_equal(secret_get(&w->act, &at, &row), E_OK);
    assert_int_equal(row.revision, 2);
    assert_int_equal(plan_of(w, w->device, &after), E_OK);
    assert_true(after.seq > before.seq);
    assert_memory_equal(after.digest.b, before.digest.b, sizeof after.digest.b);
    assert_int_equal(secret_delete(&w->act, &row), E_OK);
    assert_int_equal(plan_of(w, w->device, &before), E_OK);
    assert_true(before.seq > after.seq);
}

static void test_a_delivery_is_due_once_an_hour_and_revision(void **state)
{
    struct world *w = *state;
    struct config_plan plan;
    struct row_secret row;
    bool due = false;
    assert_int_equal(set(w, SCOPE_ORG, (oid_t){ 0 }, "one"), E_OK);
    assert_int_equal(plan_of(w, w->device, &plan), E_OK);
    assert_int_equal(secret_for_plan(&w->act, &plan, STR("api-key"), &row), E_OK);
    assert_int_equal(secret_delivery_is_due(&w->act, &row, w->device, &due), E_OK);
    assert_true(due);
    assert_int_equal(secret_delivery_note(&w->act, &row, w->device), E_OK);
    w->act.now = ts_add(noon, DUR_S(3599));
    assert_int_equal(secret_delivery_is_due(&w->act, &row, w->device, &due), E_OK);
    assert_false(due);
    w->act.now = ts_add(noon, DUR_S(3600));
    assert_int_equal(secret_delivery_is_due(&w->act, &row, w->device, &due), E_OK);
    assert_true(due);
    w->act.now = noon;
    assert_int_equal(set(w, SCOPE_ORG, (oid_t){ 0 }, "two"), E_OK);
    assert_int_equal(secret_for_plan(&w->act, &plan, STR("api-key"), &row), E_OK);
    assert_int_equal(secret_delivery_is_due(&w->act, &row, w->device, &due), E_OK);
    assert_true(due);
    assert_int_equal(secret_forget_device(&w->act, w->device), E_OK);
}

static void test_rows_cannot_be_swapped(void **state)
{
    struct world *w = *state;
    struct config_plan plan;
    struct row_secret org;
    struct row_secret device;
    str_t value;
    assert_int_equal(plan_of(w, w->device, &plan), E_OK);
    assert_int_equal(set(w, SCOPE_ORG, (oid_t){ 0 }, "org"), E_OK);
    assert_int_equal(secret_for_plan(&w->act, &plan, STR("api-key"), &org), E_OK);
    assert_int_equal(set(w, SCOPE_DEVICE, w->device, "device"), E_OK);
    assert_int_equal(secret_for_plan(&w->act, &plan, STR("api-key"), &device), E_OK);
    struct row_secret swapped = device;
    swapped.sealed = org.sealed;
    assert_int_equal(secret_open(&w->act, &swapped, &value), E_CORRUPT);
    swapped = device;
    swapped.key_id = oid_make();
    assert_int_equal(secret_open(&w->act, &swapped, &value), E_CORRUPT);
    swapped = device;
    swapped.epoch++;
    assert_int_equal(secret_open(&w->act, &swapped, &value), E_CORRUPT);
}

static void test_rotation_seals_anew_in_slices_and_drops_the_old_keys(void **state)
{
    enum { ROWS = 25, SLICE = 10 };
    struct world *w = *state;
    struct data_resealed done = { 0 };
    struct data_key_line *keys;
    struct data_key key = { .epoch = 0 };
    size_t n = 0;
    assert_int_equal(secret_reseal(&w->act, SLICE, &done), E_OK); /* nothing there yet */
    assert_int_equal(done.n + done.retired_n, 0);
    for (int i = 0; i < ROWS; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "s-%d", i);
        struct secret_in in = { .at.name = str_from_cz(name), .value = str_from_cz(name) };
        struct row_secret_line row;
        bool created = false;
        assert_int_equal(secret_set(&w->act, &in, &row, &created), E_OK);
        assert_true(created);
        if (i == 5)
            assert_int_equal(data_key_add(&w->act, STR(DATA_KEY_SECRETS), &key), E_OK);
        if (i == 10) /* a key that nothing was ever sealed with goes too */
            assert_int_equal(data_key_add(&w->act, STR(DATA_KEY_SECRETS), &key), E_OK);
    }
    assert_int_equal(data_key_add(&w->act, STR(DATA_KEY_SECRETS), &key), E_OK);
    assert_int_equal(key.epoch, 4);
    assert_int_equal(secret_reseal(&w->act, SLICE, &done), E_OK);
    assert_int_equal(done.n, SLICE);
    assert_int_equal(done.retired_n, 0);
    assert_int_equal(set(w, SCOPE_ORG, (oid_t){ 0 }, "written meanwhile"), E_OK);
    assert_int_equal(secret_reseal(&w->act, SLICE, &done), E_OK);
    assert_int_equal(secret_reseal(&w->act, SLICE, &done), E_OK);
    assert_int_equal(done.n, ROWS - 2 * SLICE);
    assert_int_equal(done.retired_n, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(done.retired[i], i + 1);
    assert_int_equal(data_key_list(&w->act, STR(DATA_KEY_SECRETS), &keys, &n), E_OK);
    assert_int_equal(n, 1);
    assert_int_equal(keys[0].epoch, 4);
    assert_string_equal(given(w, w->org, w->device), "written meanwhile");
    for (int i = 0; i < ROWS; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "s-%d", i);
        struct sql_secret_sealed_at at = {
            .org = w->org, .name = str_from_cz(name), .scope = SCOPE_ORG, .target = w->org
        };
        struct row_secret row;
        str_t value;
        assert_int_equal(sql_secret_sealed_at(w->store.db, w->store.a, &at, &row), E_OK);
        assert_int_equal(row.epoch, 4);
        assert_int_equal(row.revision, 1); /* sealing anew is no change of the value */
        assert_int_equal(secret_open(&w->act, &row, &value), E_OK);
        assert_true(str_eq(value, str_from_cz(name)));
    }
}

static void test_each_step_may_fail(void **state)
{
    struct world *w = *state;
    struct secret_in in = { .at.name = STR("api-key"), .value = STR("v") };
    assert_int_equal(set(w, SCOPE_ORG, (oid_t){ 0 }, "old"), E_OK);
    struct act act = w->act;
    assert_int_equal(db_tx_commit(w->store.db), E_OK);
    for (long n = 0;; n++) {
        assert_int_equal(db_tx_begin(w->store.db), E_OK);
        struct row_secret_line row = { .revision = -1 };
        struct data_resealed done = { .n = 99 };
        bool created = false;
        struct data_key key;
        effects_init(&act.effects); /* those of the step before lay in its arena */
        fault_arm(n);
        CLEANUP(arena_freep) struct arena *a = arena_new(MIB(4));
        act.arena = a;
        err_t e = a == NULL ? E_NO_MEMORY : data_key_add(&act, STR(DATA_KEY_SECRETS), &key);
        if (e == E_OK)
            e = secret_set(&act, &in, &row, &created);
        if (e == E_OK)
            e = secret_reseal(&act, 10, &done);
        bool fired = fault_used();
        fault_disarm();
        assert_true(fired ? e != E_OK : e == E_OK && row.revision > 1 && !created);
        if (!fired)
            break;
        db_tx_rollback(w->store.db);
    }
    assert_string_equal(given(w, w->org, w->device), "v");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_most_specific_wins_and_of_groups_the_last, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_another_tenant_gets_the_global_one_only, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_what_is_no_secret_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_change_moves_revision_and_scope, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_delivery_is_due_once_an_hour_and_revision, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_rows_cannot_be_swapped, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rotation_seals_anew_in_slices_and_drops_the_old_keys,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_each_step_may_fail, setup, teardown),
    };
    return cmocka_run_group_tests_name("secret_store", tests, NULL, NULL);
}
