/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet.h"

#include "base/buf.h"
#include "domain/fleet/device_list.h"
#include "domain/fleet/seen.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

/* Machines in this order of making; every second one is approved. */
static const char *const machines[] = { "alpha", "Beta-1", "beta-2", "gamma", "alphabet" };

static void fill(struct world *w)
{
    for (size_t i = 0; i < ARRAY_LEN(machines); i++) {
        struct enrol_init_out request = asked(w, str_from_cz(machines[i]));
        struct device_grants labels = { .labels = STR("{\"site\":\"paris\"}") };
        if (i % 2 == 1)
            continue;
        assert_int_equal(ACT(w, approve(w, request.device_id, (oid_t){ 0 })), E_OK);
        assert_int_equal(ACT(w, device_patch(&w->act, request.device_id, &labels)), E_OK);
    }
}

static const struct {
    const char *name;
    struct device_filter filter;
    const char *want; /* in order, a blank behind each */
} cases[] = {
    { "all, newest first", { .sort = SORT_NEWEST }, "alphabet gamma beta-2 Beta-1 alpha " },
    { "all, oldest first", { .sort = SORT_OLDEST }, "alpha Beta-1 beta-2 gamma alphabet " },
    { "by machine", { .sort = SORT_MACHINE }, "alpha alphabet Beta-1 beta-2 gamma " },
    { "by machine, back", { .sort = SORT_MACHINE_BACK }, "gamma beta-2 Beta-1 alphabet alpha " },
    { "never seen", { .sort = SORT_SEEN }, "alpha Beta-1 beta-2 gamma alphabet " },
    { "never seen, back", { .sort = SORT_SEEN_BACK }, "alphabet gamma beta-2 Beta-1 alpha " },
    { "pending", { .statuses = 1 << DEVICE_PENDING, .sort = SORT_OLDEST }, "Beta-1 gamma " },
    { "enrolled, newest", { .statuses = 1 << DEVICE_ENROLLED }, "alphabet beta-2 alpha " },
    { "pending or enrolled",
      { .statuses = 1 << DEVICE_PENDING | 1 << DEVICE_ENROLLED, .sort = SORT_OLDEST },
      "alpha Beta-1 beta-2 gamma alphabet " },
    { "pending or blocked",
      { .statuses = 1 << DEVICE_PENDING | 1 << DEVICE_BLOCKED },
      "gamma Beta-1 " },
    { "by hostname: none has one", { .sort = SORT_HOST }, "alpha Beta-1 beta-2 gamma alphabet " },
    { "by hostname, back", { .sort = SORT_HOST_BACK }, "alphabet gamma beta-2 Beta-1 alpha " },
    { "by status", { .sort = SORT_STATUS }, "Beta-1 gamma alpha beta-2 alphabet " },
    { "by status, back", { .sort = SORT_STATUS_BACK }, "alphabet beta-2 alpha gamma Beta-1 " },
    { "enrolled by machine",
      { .statuses = 1 << DEVICE_ENROLLED, .sort = SORT_MACHINE },
      "alpha alphabet beta-2 " },
    { "a prefix in any case", { .search = { "BETA", 4 }, .sort = SORT_OLDEST }, "Beta-1 beta-2 " },
    { "not in the middle", { .search = { "eta", 3 } }, "" },
    { "wildcards are letters", { .search = { "%", 1 } }, "" },
    { "a label", { .label = { "site=paris", 10 }, .sort = SORT_OLDEST }, "alpha beta-2 alphabet " },
    { "a label's name", { .label = { "site", 4 }, .sort = SORT_OLDEST }, "alpha beta-2 alphabet " },
    { "another value", { .label = { "site:lyon", 9 } }, "" },
    { "a group that is not there", { .group = { "nobody", 6 } }, "" },
    { "two filters",
      { .search = { "alpha", 5 }, .statuses = 1 << DEVICE_ENROLLED },
      "alphabet alpha " },
};

/* From any row on, the rest of the same list; and its next page goes on there. */
static void check_jumps(struct world *w, const struct device_filter *f, str_t all, size_t total)
{
    for (size_t first = 0; first <= total; first++) {
        struct device_page page;
        struct device_page next = { 0 };
        assert_int_equal(device_jump(&w->act, f, (int64_t)first, 1, &page), E_OK);
        assert_int_equal(page.n, first < total ? 1 : 0);
        if (page.n == 0)
            break;
        assert_true(str_starts(all, page.rows[0].machine_id));
        all = str_sub(all, page.rows[0].machine_id.n + 1, all.n);
        assert_int_equal(page.next.p != NULL, first + 1 < total);
        if (page.next.p == NULL)
            break;
        assert_int_equal(device_list(&w->act, f, page.next, 1, &next), E_OK);
        assert_int_equal(next.n, 1);
        assert_true(str_starts(all, next.rows[0].machine_id));
    }
}

static void test_every_filter_and_order(void **state)
{
    struct world *w = *state;
    fill(w);
    as_admin(w);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf got;
        struct device_page page = { .next = STR_NONE };
        int64_t count;
        size_t total = 0;
        buf_init(&got, KIB(1));
        do { /* pages of one or two rows, also cut ones, so that every cursor is used */
            const struct device_filter *f = &cases[i].filter;
            int64_t limit = 1 + (int64_t)(i % 3);
            assert_int_equal(device_list(&w->act, f, page.next, limit, &page), E_OK);
            if (page.n > 2)
                assert_int_equal(device_page_cut(&w->act, f->sort, 2, &page), E_OK);
            assert_true(page.n <= 2);
            for (size_t r = 0; r < page.n; r++) {
                buf_add(&got, page.rows[r].machine_id);
                BUF_ADD(&got, " ");
            }
            total += page.n;
        } while (page.next.p != NULL);
        if (!str_eq(buf_str(&got), str_from_cz(cases[i].want)))
            fail_msg("%s: got %.*s", cases[i].name, STR_ARG(buf_str(&got)));
        assert_int_equal(device_count(&w->act, &cases[i].filter, &count), E_OK);
        assert_int_equal(count, total);
        check_jumps(w, &cases[i].filter, buf_str(&got), total);
        buf_fini(&got);
    }
}

static void test_pages_stay_right_while_machines_come(void **state)
{
    struct world *w = *state;
    struct device_filter f = { .sort = SORT_NEWEST };
    struct device_page page;
    fill(w);
    as_admin(w);
    assert_int_equal(device_list(&w->act, &f, STR_NONE, 2, &page), E_OK);
    (void)asked(w, STR("later"));
    as_admin(w);
    assert_int_equal(device_list(&w->act, &f, page.next, 10, &page), E_OK);
    assert_int_equal(page.n, 3);
    assert_true(str_eq(page.rows[0].machine_id, STR("beta-2")));
    assert_null(page.next.p);
}

static void test_last_seen_is_written_when_it_moved_by_a_minute(void **state)
{
    struct world *w = *state;
    struct token_text token;
    struct device_seen seen = { .org = w->org, .at = world_start };
    seen.device = enrolled(w, STR("pc"), &token);
    struct device_seen rows[] = { { .org = w->org, .device = oid_make(), .at = world_start },
                                  seen };
    assert_int_equal(ACT(w, device_seen_batch(&w->act, rows, 2)), E_OK);
    assert_int_equal(device_now(w, seen.device).last_seen_at.us, world_start.us);
    seen.at = ts_add(world_start, DUR_S(59));
    assert_int_equal(ACT(w, device_seen_batch(&w->act, &seen, 1)), E_OK);
    assert_int_equal(device_now(w, seen.device).last_seen_at.us, world_start.us);
    seen.at = ts_add(world_start, DUR_S(60));
    assert_int_equal(ACT(w, device_seen_batch(&w->act, &seen, 1)), E_OK);
    assert_int_equal(device_now(w, seen.device).last_seen_at.us, seen.at.us);
    assert_int_equal(ACT(w, device_heartbeat(&w->act, seen.device, STR("2.0"), STR("{\"cpu\":1}"))),
                     E_OK);
    assert_int_equal(ACT(w, device_heartbeat(&w->act, seen.device, STR_NONE, STR("{\"cpu\":2}"))),
                     E_OK);
    struct row_device d = device_now(w, seen.device);
    assert_true(str_eq(d.client_version, STR("2.0")));
    assert_true(str_eq(d.metrics, STR("{\"cpu\":1}")));
    assert_int_equal(d.status, DEVICE_ENROLLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_filter_and_order),
        TEST(test_pages_stay_right_while_machines_come),
        TEST(test_last_seen_is_written_when_it_moved_by_a_minute),
    };
    return cmocka_run_group_tests_name("device_list", tests, NULL, NULL);
}
