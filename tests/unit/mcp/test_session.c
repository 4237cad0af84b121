/* SPDX-License-Identifier: Apache-2.0 */
/* The table of sessions: whose they are, how many there may be, what they ask. */
#include "mcp/session.h"

#include "base/fault.h"

#include "../../check.h"

enum { MAX = 3 };

static struct mcp_in in_of(uint8_t person)
{
    return (struct mcp_in){
        .who.actor = { .kind = ACTOR_USER, .id = { { person } }, .org = { { 9 } } },
        .face = FACE_ALL,
    };
}

static struct session *made(struct sessions *all, uint8_t person)
{
    const struct mcp_in in = in_of(person);
    struct session *s = NULL;
    assert_int_equal(session_new(all, &in, MAX, &s), E_OK);
    assert_int_equal(session_agree(s, STR(""), STR("{}"), STR_NONE), E_OK);
    return s;
}

static str_t id_of(const struct session *s)
{
    return str_of(s->id, SESSION_ID);
}

static void it_is_his_alone(void **state)
{
    struct sessions all = { .n = 0 };
    (void)state;
    assert_int_equal(sessions_init(&all), E_OK);
    struct session *s = made(&all, 1);
    struct mcp_in asks = in_of(1);
    check(session_find(&all, &asks, id_of(s)) == s, "he finds it");
    check(session_find(&all, &asks, str_sub(id_of(s), 0, SESSION_ID - 1)) == NULL, "whole names");
    asks.who.actor.id.b[0] = 2;
    check(session_find(&all, &asks, id_of(s)) == NULL, "another person");
    asks = in_of(1);
    asks.who.actor.org.b[0] = 8;
    check(session_find(&all, &asks, id_of(s)) == NULL, "another organisation");
    asks = in_of(1);
    asks.who.actor.kind = ACTOR_SERVICE;
    check(session_find(&all, &asks, id_of(s)) == NULL, "another kind of principal");
    asks = in_of(1);
    asks.who.actor.client.b[0] = 1;
    check(session_find(&all, &asks, id_of(s)) == NULL, "another application of his");
    asks = in_of(1);
    asks.face = FACE_ONE;
    check(session_find(&all, &asks, id_of(s)) == NULL, "another door");
    sessions_fini(&all);
}

static void the_oldest_makes_room(void **state)
{
    struct sessions all = { .n = 0 };
    struct session *s[MAX];
    struct session *more = NULL;
    const struct mcp_in in = in_of(1);
    (void)state;
    assert_int_equal(sessions_init(&all), E_OK);
    for (int i = 0; i < MAX; i++)
        s[i] = made(&all, 1);
    char gone[SESSION_ID];
    memcpy(gone, s[1]->id, SESSION_ID);
    session_touch(&all, s[0], (dur_t){ 5 });
    check(session_oldest(&all) == s[1], "who was not used for longest");
    assert_int_equal(session_new(&all, &in, MAX, &more), E_OK);
    check(session_find(&all, &in, str_of(gone, SESSION_ID)) == NULL, "it is gone");
    check(session_find(&all, &in, id_of(s[0])) == s[0], "the one in use is there");
    struct session *old = session_oldest(&all);
    old->calls = (struct call *)(void *)old; /* something of it is under way */
    more = NULL;
    check(session_new(&all, &in, MAX, &more) == E_OVERLOADED && more == NULL, "none is pushed out");
    old->calls = NULL;
    sessions_fini(&all);
}

static void what_it_asks(void **state)
{
    struct sessions all = { .n = 0 };
    struct call *first = (struct call *)(void *)&all;
    struct call *second = (struct call *)(void *)state;
    struct call *whose = NULL;
    uint64_t ask = 0;
    assert_int_equal(sessions_init(&all), E_OK);
    struct session *s = made(&all, 1);
    uint64_t a = session_ask(s, first, 7);
    uint64_t b = session_ask(s, second, 8);
    check(a != 0 && b != 0 && a != b, "each has a number of its own");
    check(session_answered(s, a, &whose, &ask) && whose == first && ask == 7, "an answer");
    check(!session_answered(s, a, &whose, &ask), "counts once");
    session_forget(s, second);
    check(!session_answered(s, b, &whose, &ask), "whose call is over waits for none");
    for (int i = 0; i < SESSION_ASKS_MAX; i++)
        check(session_ask(s, first, 1) != 0, "so many");
    check(session_ask(s, first, 1) == 0, "and no more");
    sessions_fini(&all);
}

static void no_memory(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct sessions all = { .n = 0 };
        struct session *s = NULL;
        const struct mcp_in in = in_of(1);
        fault_arm(n);
        err_t e = sessions_init(&all);
        if (e == E_OK)
            e = session_new(&all, &in, MAX, &s);
        if (e == E_OK)
            e = session_agree(s, STR("x"), STR("{}"), STR("{}"));
        bool fired = fault_used();
        fault_disarm();
        check(fired ? e == E_NO_MEMORY : e == E_OK, "a failed step is told");
        sessions_fini(&all);
        if (!fired)
            break;
        check(n < 1000, "it ends");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_his_alone),
        cmocka_unit_test(the_oldest_makes_room),
        cmocka_unit_test(what_it_asks),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
