/* SPDX-License-Identifier: Apache-2.0 */
/* What the record knows of refusals: which of them count as what, of which day, and who comes
 * first. */
#include "base/fault.h"
#include "check.h"
#include "domain/audit/audit.h"
#include "domain/audit/audit_refused.h"
#include "store.h"

#include <sqlite3.h>

static const ts_t now = { INT64_C(1790000000000000) };

struct record {
    struct store store;
    struct audit *log;
    struct write_follower follow;
    oid_t org;
};

static int setup(void **state)
{
    static struct record r;
    memset(&r, 0, sizeof r);
    store_open(&r.store);
    assert_int_equal(audit_new(&r.log), E_OK);
    r.follow = audit_follower(r.log);
    r.org = oid_make();
    *state = &r;
    return 0;
}

static int teardown(void **state)
{
    struct record *r = *state;
    fault_disarm();
    clock_release();
    audit_free(r->log);
    store_close(&r->store);
    return 0;
}

static void raw(struct record *r, const char *sql)
{
    char path[128];
    sqlite3 *db = NULL;
    (void)snprintf(path, sizeof path, "%s/seneschal.db", r->store.dir);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void append(struct record *r, dur_t ago, struct audit_event e)
{
    clock_freeze((ts_t){ now.us - ago.us }, (dur_t){ 0 });
    arena_reset(r->store.a);
    e.actor_kind = e.actor_name.n > 0 ? ACTOR_USER : ACTOR_NONE;
    assert_int_equal(db_tx_begin(r->store.db), E_OK);
    r->follow.mark(r->follow.arg);
    assert_int_equal(audit_append(r->log, r->store.db, r->store.a, &e), E_OK);
    assert_int_equal(db_tx_commit(r->store.db), E_OK);
    r->follow.commit(r->follow.arg);
}

static void refuse(struct record *r, dur_t ago, const char *action, const char *reason)
{
    append(r, ago,
           (struct audit_event){ .org = r->org,
                                 .action = str_from_cz(action),
                                 .result = AUDIT_REFUSED,
                                 .actor_name = STR("Ada"),
                                 .target_name = STR("grace"),
                                 .ip = STR("192.0.2.7"),
                                 .reason = str_from_cz(reason) });
}

static struct refused_sums sums_of(struct record *r)
{
    struct refused_sums sums;
    arena_reset(r->store.a);
    assert_int_equal(audit_refused(r->store.db, r->store.a, now, &sums), E_OK);
    return sums;
}

static void nothing_was_refused(void **state)
{
    struct record *r = *state;
    append(r, DUR_S(0), (struct audit_event){ .org = r->org, .action = STR("user.created") });
    struct refused_sums s = sums_of(r);
    check(s.complete, "all of it was looked at");
    check(s.addresses_n == 0 && s.names_n == 0, "nobody");
    for (size_t i = 0; i < REFUSED_DAYS; i++)
        check(s.days[i].failures + s.days[i].locks + s.days[i].denials == 0, "no day");
    check(s.days[REFUSED_DAYS - 1].day.us <= now.us &&
              now.us < s.days[REFUSED_DAYS - 1].day.us + DUR_DAYS(1).us,
          "the last day is today");
}

static void each_refusal_counts_as_what_it_is(void **state)
{
    struct record *r = *state;
    refuse(r, DUR_S(5), "session.refused", "wrong");
    refuse(r, DUR_S(4), "session.factor-refused", "wrong");
    refuse(r, DUR_S(3), "session.refused", "too-early");
    refuse(r, DUR_S(2), "user.created", "forbidden");
    append(r, DUR_S(1),
           (struct audit_event){ .org = r->org,
                                 .action = STR("request.refused"),
                                 .result = AUDIT_REFUSED,
                                 .details = STR("{\"block\":\"198.51.100.0/24\",\"count\":41,"
                                                "\"row\":\"/auth/login\"}") });
    append(r, DUR_S(1),
           (struct audit_event){ .org = r->org,
                                 .action = STR("request.refused"),
                                 .result = AUDIT_REFUSED,
                                 .actor_kind = ACTOR_USER,
                                 .actor_name = STR("Ada"),
                                 .ip = STR("192.0.2.7"),
                                 .details = STR("{\"count\":3,\"row\":\"/users\"}") });
    struct refused_sums s = sums_of(r);
    const struct refused_day *today = &s.days[REFUSED_DAYS - 1];
    check(today->failures == 2, "a password and a second factor");
    check(today->locks == 1, "too early");
    check(today->denials == 45, "a right that is lacking, and what was summed up");
    check(s.addresses_n == 2, "two of them");
    check(str_eq(s.addresses[0].name, STR("198.51.100.0/24")) && s.addresses[0].n == 41, "most");
    check(str_eq(s.addresses[1].name, STR("192.0.2.7")) && s.addresses[1].n == 7, "then");
    check(s.names_n == 2, "two names");
    check(str_eq(s.names[0].name, STR("Ada")) && s.names[0].n == 4, "who was refused");
    check(str_eq(s.names[1].name, STR("grace")) && s.names[1].n == 3, "whose account was tried");
}

static void days_and_what_is_older(void **state)
{
    struct record *r = *state;
    refuse(r, DUR_DAYS(31), "user.created", "forbidden");
    refuse(r, DUR_DAYS(29), "user.created", "forbidden");
    refuse(r, DUR_DAYS(1), "user.created", "forbidden");
    refuse(r, DUR_DAYS(-2), "user.created", "forbidden"); /* the clock was set back since */
    struct refused_sums s = sums_of(r);
    check(s.days[0].denials == 1, "the first of thirty days");
    check(s.days[REFUSED_DAYS - 2].denials == 1, "yesterday");
    check(s.days[REFUSED_DAYS - 1].denials == 1, "later than now: today");
    check(s.addresses[0].n == 3, "what is older is not counted");
}

/* Names and addresses may be erased from the record: the number stays. */
static void what_was_erased_has_no_name(void **state)
{
    struct record *r = *state;
    refuse(r, DUR_S(1), "session.refused", "wrong");
    append(r, DUR_S(1),
           (struct audit_event){ .org = r->org,
                                 .action = STR("request.refused"),
                                 .result = AUDIT_REFUSED,
                                 .details = STR("{\"block\":\"198.51.100.0/24\",\"count\":41}") });
    raw(r, "DELETE FROM audit_private");
    struct refused_sums s = sums_of(r);
    check(s.days[REFUSED_DAYS - 1].failures == 1, "counted");
    check(s.days[REFUSED_DAYS - 1].denials == 1, "how many it summed up is erased too");
    check(s.addresses_n == 0 && s.names_n == 0, "of nobody, from nowhere");
}

static void the_ten_with_most(void **state)
{
    struct record *r = *state;
    for (int i = 0; i < 15; i++) {
        char ip[32];
        (void)snprintf(ip, sizeof ip, "192.0.2.%d", i);
        for (int k = 0; k <= i; k++)
            append(r, DUR_S(1),
                   (struct audit_event){ .org = r->org,
                                         .action = STR("user.created"),
                                         .result = AUDIT_REFUSED,
                                         .actor_name = STR("Ada"),
                                         .ip = str_from_cz(ip) });
    }
    struct refused_sums s = sums_of(r);
    check(s.addresses_n == REFUSED_TOP, "ten of fifteen");
    for (size_t i = 0; i < REFUSED_TOP; i++)
        check(s.addresses[i].n == 15 - (int64_t)i, "most first");
    check(s.names_n == 1 && s.names[0].n == 120, "all of one person");
}

static void each_step_may_fail(void **state)
{
    struct record *r = *state;
    bool fired = true;
    refuse(r, DUR_S(1), "session.refused", "wrong");
    for (long n = 0; fired; n++) {
        struct refused_sums sums = { .names_n = 77 };
        fault_arm(n);
        struct arena *a = arena_new(MIB(1));
        err_t e = a == NULL ? E_NO_MEMORY : audit_refused(r->store.db, a, now, &sums);
        fired = fault_used();
        fault_disarm();
        arena_free(a);
        check(fired ? (e != E_OK && sums.names_n == 77) : (e == E_OK && sums.names_n == 1),
              "fails whole");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_was_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(each_refusal_counts_as_what_it_is, setup, teardown),
        cmocka_unit_test_setup_teardown(days_and_what_is_older, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_erased_has_no_name, setup, teardown),
        cmocka_unit_test_setup_teardown(the_ten_with_most, setup, teardown),
        cmocka_unit_test_setup_teardown(each_step_may_fail, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
