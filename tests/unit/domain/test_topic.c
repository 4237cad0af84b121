/* SPDX-License-Identifier: Apache-2.0 */
/* What changed: every event has its topics, and a room hears of its own after COMMIT alone. */
#include "base/fault.h"
#include "domain/audit/topic.h"
#include "domain/events/event.h"
#include "store.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void every_event_has_its_topics(void **state)
{
    (void)state;
    for (size_t i = 0; i < event_kinds_n; i++) {
        uint32_t bits;
        if (!topics_of(str_from_cz(event_kinds[i].name), &bits))
            fail_msg("%s: say in src/domain/audit/topic.c which topics it moves",
                     event_kinds[i].name);
        assert_true(bits >> TOPIC_COUNT == 0);
    }
    uint32_t bits = 0;
    assert_false(topics_of(STR("nothing.happened"), &bits));
}

static void rights_open_topics(void **state)
{
    (void)state;
    for (int t = 0; t < TOPIC_COUNT; t++)
        assert_false(topic_may((enum topic)t, role_perms(ROLE_USER)));
    assert_true(topic_may(TOPIC_DEVICES, role_perms(ROLE_ENROLLER)));
    assert_false(topic_may(TOPIC_PEOPLE, role_perms(ROLE_ENROLLER)));
    assert_false(topic_may(TOPIC_NOTICES, perms_all())); /* a person's own */
}

static uint32_t count(const struct topic_room *room, enum topic t)
{
    struct topic_counts now;
    topics_read(room, &now);
    return now.of[t];
}

static void rooms_hear_after_commit(void **state)
{
    (void)state;
    struct store s;
    struct topics *t = NULL;
    struct topic_room *here = NULL;
    struct topic_room *there = NULL;
    struct topic_room *own = NULL;
    struct audit_event e = { .org = oid_make(), .action = STR("group.created") };
    e.actor_id = oid_make();
    store_open(&s);
    assert_int_equal(topics_new(&t), E_OK);
    assert_int_equal(topics_enter(t, e.org, 1, &here), E_OK);
    assert_int_equal(topics_enter(t, oid_make(), 1, &there), E_OK);
    assert_int_equal(topics_enter(t, e.actor_id, 1, &own), E_OK);
    assert_int_equal(topics_note(t, s.db, s.a, &e), E_OK);
    assert_int_equal(count(here, TOPIC_PEOPLE), 0);
    topics_end(t, false);
    topics_end(t, true);
    assert_int_equal(count(here, TOPIC_PEOPLE), 0);
    assert_int_equal(topics_note(t, s.db, s.a, &e), E_OK);
    topics_end(t, true);
    assert_int_equal(count(here, TOPIC_PEOPLE), 1);
    assert_int_equal(count(here, TOPIC_AUDIT), 1);
    assert_int_equal(count(own, TOPIC_PEOPLE), 1);
    for (int i = 0; i < TOPIC_COUNT; i++)
        assert_int_equal(count(there, (enum topic)i), 0);
    topics_tell(t, e.actor_id, TOPIC_NOTICES);
    assert_int_equal(count(own, TOPIC_NOTICES), 1);
    assert_int_equal(count(here, TOPIC_NOTICES), 0);
    topics_leave(t, here);
    topics_leave(t, there);
    topics_leave(t, own);
    topics_free(t);
    store_close(&s);
}

static void a_room_holds_so_many(void **state)
{
    (void)state;
    struct topics *t = NULL;
    struct topic_room *rooms[3] = { NULL };
    oid_t id = oid_make();
    assert_int_equal(topics_new(&t), E_OK);
    assert_int_equal(topics_enter(t, id, 2, &rooms[0]), E_OK);
    assert_int_equal(topics_enter(t, id, 2, &rooms[1]), E_OK);
    assert_ptr_equal(rooms[0], rooms[1]);
    assert_int_equal(topics_enter(t, id, 2, &rooms[2]), E_OVERLOADED);
    assert_null(rooms[2]);
    topics_leave(t, rooms[1]);
    assert_int_equal(topics_enter(t, id, 2, &rooms[2]), E_OK);
    topics_leave(t, rooms[0]);
    topics_leave(t, rooms[2]);
    topics_free(t);
}

static struct topic_counts counts(const struct topic_room *room)
{
    struct topic_counts now;
    topics_read(room, &now);
    return now;
}

/* Who was cut off and comes back soon sees what has moved meanwhile; later the room is another. */
static void an_empty_room_counts_for_a_while(void **state)
{
    (void)state;
    struct topics *t = NULL;
    struct topic_room *room = NULL;
    oid_t id = oid_make();
    clock_freeze((ts_t){ 1000000 }, DUR_S(1000));
    assert_int_equal(topics_new(&t), E_OK);
    assert_int_equal(topics_enter(t, id, 1, &room), E_OK);
    struct topic_counts first = counts(room);
    topics_leave(t, room);
    topics_tell(t, id, TOPIC_DEVICES);
    clock_freeze((ts_t){ 1000000 }, (dur_t){ DUR_S(1000).us + TOPIC_LINGER.us - 1 });
    assert_int_equal(topics_enter(t, id, 1, &room), E_OK);
    struct topic_counts again = counts(room);
    assert_int_equal(again.born, first.born);
    assert_int_equal(again.of[TOPIC_DEVICES], first.of[TOPIC_DEVICES] + 1);
    topics_leave(t, room);
    clock_freeze((ts_t){ 1000000 }, DUR_S(2000));
    assert_int_equal(topics_enter(t, oid_make(), 1, &room), E_OK); /* who comes sweeps */
    topics_leave(t, room);
    topics_tell(t, id, TOPIC_DEVICES);
    assert_int_equal(topics_enter(t, id, 1, &room), E_OK);
    struct topic_counts other = counts(room);
    assert_true(other.born > first.born);
    assert_int_equal(other.of[TOPIC_DEVICES], 0);
    topics_leave(t, room);
    topics_free(t);
    clock_release();
}

static void who_looks_goes_before_who_may_come_back(void **state)
{
    (void)state;
    struct topics *t = NULL;
    struct topic_room *room = NULL;
    struct topic_room *kept = NULL;
    clock_freeze((ts_t){ 1000000 }, DUR_S(1000));
    assert_int_equal(topics_new(&t), E_OK);
    assert_int_equal(topics_enter(t, oid_make(), 1, &kept), E_OK);
    uint64_t born = counts(kept).born;
    for (int i = 0; i < 2 * TOPIC_ROOMS_MAX; i++) {
        assert_int_equal(topics_enter(t, oid_make(), 1, &room), E_OK);
        topics_leave(t, room);
    }
    assert_int_equal(counts(kept).born, born);
    topics_leave(t, kept);
    topics_free(t);
    clock_release();
}

static void failed_allocation(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        fault_arm(n);
        struct topics *t = NULL;
        struct topic_room *room = NULL;
        err_t e = topics_new(&t);
        if (e == E_OK)
            e = topics_enter(t, oid_make(), 1, &room);
        bool fired = fault_used();
        if (fired)
            assert_true(e == E_NO_MEMORY && room == NULL);
        else
            assert_true(e == E_OK && room != NULL);
        if (room != NULL)
            topics_leave(t, room);
        topics_free(t);
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_has_its_topics),
        cmocka_unit_test(rights_open_topics),
        cmocka_unit_test(rooms_hear_after_commit),
        cmocka_unit_test(a_room_holds_so_many),
        cmocka_unit_test(an_empty_room_counts_for_a_while),
        cmocka_unit_test(who_looks_goes_before_who_may_come_back),
        cmocka_unit_test(failed_allocation),
    };
    return cmocka_run_group_tests_name("domain/audit/topic", tests, NULL, NULL);
}
