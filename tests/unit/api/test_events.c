/* SPDX-License-Identifier: Apache-2.0 */
/* The table of events: in order, and it knows what every row of the contract writes down. */
#include "api/route.h"
#include "domain/events/event.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_the_table_is_in_order_and_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < event_kinds_n; i++) {
        str_t name = str_from_cz(event_kinds[i].name);
        if (i > 0 && str_cmp(str_from_cz(event_kinds[i - 1].name), name) >= 0)
            fail_msg("%s does not belong behind %s", event_kinds[i].name, event_kinds[i - 1].name);
        assert_ptr_equal(event_find(name), &event_kinds[i]);
    }
    assert_null(event_find(STR("device.enroll")));
    assert_null(event_find(STR("")));
    assert_null(event_find(STR("zzz")));
}

static void test_every_row_that_writes_has_its_event(void **state)
{
    (void)state;
    for (size_t part = 0; part < route_parts_n; part++) {
        for (size_t i = 0; i < route_parts[part]->n; i++) {
            const struct route *r = &route_parts[part]->rows[i];
            bool writes = r->tx == TX_WRITE || r->tx == TX_URGENT;
            if (writes && r->audit == NULL)
                fail_msg("%s writes and leaves no trace", r->path);
            if (r->audit != NULL && event_find(str_from_cz(r->audit)) == NULL)
                fail_msg("%s: nobody has said what %s is", r->path, r->audit);
        }
    }
}

/* A key for another time would keep a hash of the body, from which a short secret can be guessed.
 */
static void test_a_row_with_a_secret_keeps_nothing(void **state)
{
    (void)state;
    size_t n = 0;
    for (size_t part = 0; part < route_parts_n; part++) {
        for (size_t i = 0; i < route_parts[part]->n; i++) {
            const struct route *r = &route_parts[part]->rows[i];
            n += r->secret ? 1 : 0;
            if (r->secret && (r->idem || !r->no_store || r->hot != NULL))
                fail_msg("%s: .secret wants .no_store, and neither .idem nor .hot", r->path);
        }
    }
    assert_true(n >= 10); /* the mark is not lost */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_table_is_in_order_and_found),
        cmocka_unit_test(test_every_row_that_writes_has_its_event),
        cmocka_unit_test(test_a_row_with_a_secret_keeps_nothing),
    };
    return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
