/* SPDX-License-Identifier: Apache-2.0 */
/* What streams have carried: in order, by their own ids, within every bound. */
#include "base/fault.h"
#include "base/rng.h"
#include "check.h"
#include "mcp/replay.h"

static const str_t NAME = { "0123abcd", 8 };

enum { LAWS = 200, STEPS = 400, SESSIONS = 3 };

static void add(struct reel *reel, size_t size)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    CLEANUP(buf_fini) struct buf message = { 0 };
    buf_init(&message, MIB(64));
    buf_init(&b, MIB(64));
    char *p = buf_reserve(&message, size + 1);
    check(p != NULL, "memory of the test");
    memset(p, 'm', size);
    message.n = size;
    reel_add(reel, NAME, buf_str(&message), &b);
    check(b.err == E_OK && b.n > size, "the event is there to be sent");
}

static struct reel *make(struct replay *r)
{
    struct reel *reel = NULL;
    check(reel_new(r, false, &reel) == E_OK, "a stream");
    return reel;
}

/* Everything after `n`, in order and without a gap; how many there are. */
static size_t count_after(const struct reel *reel, uint64_t n)
{
    const struct replay_event *e;
    size_t count = 0;
    while ((e = reel_after(reel, n)) != NULL) {
        check(e->n == n + 1 && e->reel == reel, "the next one of this stream");
        n = e->n;
        count++;
    }
    return count;
}

static void test_event(void **state)
{
    struct replay_all all = { 0 };
    struct replay r = { .all = &all };
    struct reel *reel = make(&r);
    CLEANUP(buf_fini) struct buf b = { 0 };
    (void)state;
    buf_init(&b, KIB(1));
    reel_add(reel, NAME, STR("{\"a\":\n1}"), &b);
    check(str_eq(buf_str(&b), STR("event: message\nid: 0123abcd-1-1\ndata: {\"a\":\ndata: 1}\n\n")),
          "as it goes over the wire");
    const struct replay_event *e = reel_after(reel, 0);
    check(e != NULL && str_eq(str_of(e->bytes, e->size), buf_str(&b)), "kept as it went");
    check(reel_after(reel, 1) == NULL, "the last one");
    replay_fini(&r);
    check(all.bytes == 0 && all.oldest == NULL && all.youngest == NULL, "nothing is left");
}

static const struct {
    const char *name;
    const char *id;
    bool known;
    uint64_t number;
    uint64_t n;
} ids[] = {
    { "the beginning of a stream", "0123abcd-1-0", true, 1, 0 },
    { "its last event", "0123abcd-1-2", true, 1, 2 },
    { "of another stream", "0123abcd-2-0", true, 2, 0 },
    { "of what comes outside of requests", "0123abcd-0-0", true, 0, 0 },
    { "more than it has had", "0123abcd-1-3", false, 0, 0 },
    { "no such stream", "0123abcd-3-0", false, 0, 0 },
    { "of another session", "0123abce-1-0", false, 0, 0 },
    { "a name that is cut", "0123abc-1-0", false, 0, 0 },
    { "too few parts", "0123abcd-1", false, 0, 0 },
    { "too many parts", "0123abcd-1-0-0", false, 0, 0 },
    { "one that ends in a dash", "0123abcd-1-0-", false, 0, 0 },
    { "a sign", "0123abcd-1-+1", false, 0, 0 },
    { "minus", "0123abcd--1-0", false, 0, 0 },
    { "past 64 bits", "0123abcd-1-18446744073709551616", false, 0, 0 },
    { "empty", "", false, 0, 0 },
    { "only dashes", "--", false, 0, 0 },
};

static void test_ids(void **state)
{
    struct replay_all all = { 0 };
    struct replay r = { .all = &all };
    struct reel *standing;
    (void)state;
    add(make(&r), 3);
    add(r.reels, 3);
    (void)make(&r);
    check(reel_new(&r, true, &standing) == E_OK && standing->number == 0, "the one that stands");
    struct reel *same = NULL;
    check(reel_new(&r, true, &same) == E_OK && same == standing, "it is made once");
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        struct reel *reel = NULL;
        uint64_t n = 77;
        err_t e = replay_find(&r, NAME, str_from_cz(ids[i].id), &reel, &n);
        check(e == (ids[i].known ? E_OK : E_NOT_FOUND), ids[i].name);
        check(ids[i].known ? reel->number == ids[i].number && n == ids[i].n
                           : reel == NULL && n == 77,
              ids[i].name);
    }
    replay_fini(&r);
}

static void test_count(void **state)
{
    struct replay_all all = { 0 };
    struct replay r = { .all = &all };
    struct reel *a = make(&r);
    struct reel *b = make(&r);
    (void)state;
    add(a, 1);
    for (size_t i = 0; i < REPLAY_EVENTS; i++)
        add(b, 1);
    check(r.events == REPLAY_EVENTS && a->lost == 1 && b->lost == 0, "the oldest went");
    add(a, 1);
    check(r.events == REPLAY_EVENTS && a->lost == 1 && b->lost == 1, "whosever it is");
    check(count_after(a, 1) == 1 && count_after(b, 1) == REPLAY_EVENTS - 1, "the others stay");
    replay_fini(&r);
}

static void test_bytes(void **state)
{
    struct replay_all all = { 0 };
    struct replay r = { .all = &all };
    struct reel *a = make(&r);
    (void)state;
    for (size_t i = 0; i < 5; i++)
        add(a, REPLAY_BYTES / 4);
    check(r.bytes <= REPLAY_BYTES && r.events == 3 && a->lost == 2, "four quarters are too many");
    add(a, (size_t)REPLAY_BYTES * 3);
    check(r.events == 1 && a->lost == 5 && count_after(a, 5) == 1, "a large one is kept alone");
    add(a, 1);
    check(r.events == 1 && a->lost == 6 && a->made == 7, "until the next one");
    add(a, REPLAY_ALL_BYTES);
    check(a->made == 8 && a->lost == 8 && reel_after(a, 8) == NULL, "larger than all: a hole");
    add(a, 1);
    check(count_after(a, 8) == 1, "after it the stream goes on");
    replay_fini(&r);
    check(all.bytes == 0, "nothing is left");
}

static void test_all(void **state)
{
    struct replay_all all = { 0 };
    struct replay rs[48] = { 0 };
    struct reel *first;
    (void)state;
    for (size_t i = 0; i < 48; i++) {
        rs[i].all = &all;
        add(make(&rs[i]), REPLAY_BYTES - KIB(1));
    }
    first = rs[0].reels;
    check(all.bytes <= REPLAY_ALL_BYTES && all.bytes > REPLAY_ALL_BYTES - REPLAY_BYTES, "in all");
    check(first->lost == 1 && rs[0].events == 0, "the oldest of all went");
    check(rs[47].reels->lost == 0 && rs[47].events == 1, "the newest is there");
    for (size_t i = 0; i < 48; i++)
        replay_fini(&rs[i]);
    check(all.bytes == 0 && all.oldest == NULL, "nothing is left");
}

static void test_time(void **state)
{
    struct replay_all all = { 0 };
    struct replay r = { .all = &all };
    const ts_t day = { INT64_C(1000000) };
    (void)state;
    clock_freeze(day, DUR_S(1000));
    struct reel *a = make(&r);
    struct reel *b = make(&r);
    add(a, 1);
    reel_end(a);
    clock_freeze(day, DUR_S(1100));
    add(b, 1);
    replay_expire(&all, DUR_S(1000 + 300));
    check(r.events == 2, "so long and no longer");
    replay_expire(&all, DUR_S(1000 + 301));
    check(r.events == 1 && r.reels == b && b->next == NULL,
          "with its last event an ended one goes");
    replay_expire(&all, DUR_S(5000));
    check(r.events == 0 && r.reels == b && b->lost == 1, "one that has not ended stays");
    reel_end(b);
    reel_let_go(b);
    check(r.reels == NULL, "until it does");
    clock_release();
}

/* An ended stream that somebody still carries stays with its last event, and without. */
static void test_carried(void **state)
{
    struct replay_all all = { 0 };
    struct replay r = { .all = &all };
    struct reel *a = make(&r);
    char talk;
    (void)state;
    add(a, 1);
    reel_end(a);
    a->out = (struct talk *)(void *)&talk;
    check(replay_is_read(&r), "somebody reads");
    replay_expire(&all, (dur_t){ INT64_MAX / 2 });
    check(r.reels == a && a->first == NULL && a->lost == 1, "nobody frees it below him");
    a->out = NULL;
    check(!replay_is_read(&r), "nobody reads");
    reel_let_go(a);
    check(r.reels == NULL, "now it goes");
}

static void step(struct replay *r)
{
    struct reel *reel = r->reels == NULL || rng_below(20) == 0 ? make(r) : r->reels;
    size_t most = rng_below(50) == 0 ? REPLAY_BYTES + KIB(64) : 64;
    if (reel->next != NULL && rng_below(2) == 0)
        reel = reel->next;
    if (!reel->ended)
        add(reel, (size_t)rng_below(most));
    if (rng_below(30) == 0) {
        reel_end(reel);
        reel_let_go(reel);
    }
}

static void check_session(const struct replay *r)
{
    size_t events = 0;
    for (const struct reel *reel = r->reels; reel != NULL; reel = reel->next) {
        size_t n = count_after(reel, reel->lost);
        check(reel->lost + n == reel->made, "the newest part, to its end");
        events += n;
    }
    check(events == r->events && events <= REPLAY_EVENTS, "events");
    check(r->bytes <= REPLAY_BYTES || events == 1, "bytes of a session");
}

/* Whatever is added and ended in whatever order: what is kept of a stream is its newest part,
 * without a gap, and every count is what it counts. */
static void test_laws(void **state)
{
    (void)state;
    rng_seed_for_test(11);
    for (int law = 0; law < LAWS; law++) {
        struct replay_all all = { 0 };
        struct replay rs[SESSIONS] = { { .all = &all }, { .all = &all }, { .all = &all } };
        size_t sum = 0;
        for (int i = 0; i < STEPS; i++)
            step(&rs[rng_below(SESSIONS)]);
        for (size_t i = 0; i < SESSIONS; i++) {
            check_session(&rs[i]);
            sum += rs[i].bytes;
        }
        check(sum == all.bytes && sum <= REPLAY_ALL_BYTES, "bytes of all");
        for (size_t i = 0; i < SESSIONS; i++)
            replay_fini(&rs[i]);
        check(all.bytes == 0 && all.oldest == NULL && all.youngest == NULL, "nothing is left");
    }
    rng_seed_for_test(0);
}

#ifdef SENESCHAL_FAULTS
static void test_faults(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct replay_all all = { 0 };
        struct replay r = { .all = &all };
        struct reel *reel = NULL;
        struct buf b = { 0 };
        buf_init(&b, KIB(1));
        fault_arm(n);
        err_t e = reel_new(&r, false, &reel);
        if (e == E_OK)
            reel_add(reel, NAME, STR("{}"), &b);
        bool fired = fault_used();
        fault_disarm();
        check(e == E_OK || (fired && reel == NULL && r.reels == NULL), "no stream");
        check(e != E_OK || reel->made == 1, "the event counts, kept or not");
        check(e != E_OK || fired == (reel->lost == 1 && r.events == 0),
              "where memory was short, a hole");
        if (e == E_OK) {
            add(reel, 1);
            check(count_after(reel, reel->lost) == reel->made - reel->lost, "and it goes on");
        }
        replay_fini(&r);
        buf_fini(&b);
        if (!fired)
            break;
    }
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_event),   cmocka_unit_test(test_ids),  cmocka_unit_test(test_count),
        cmocka_unit_test(test_bytes),   cmocka_unit_test(test_all),  cmocka_unit_test(test_time),
        cmocka_unit_test(test_carried), cmocka_unit_test(test_laws),
#ifdef SENESCHAL_FAULTS
        cmocka_unit_test(test_faults),
#endif
    };
    return cmocka_run_group_tests_name("mcp/replay", tests, NULL, NULL);
}
