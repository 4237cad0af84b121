/* SPDX-License-Identifier: Apache-2.0 */
/* The record: appended, followed, signed, and every change of it found. */
#include "base/enc.h"
#include "base/fault.h"
#include "base/num.h"
#include "base/rng.h"
#include "domain/audit/audit.h"
#include "domain/audit/audit_verify.h"
#include "store.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>

#include <cmocka.h>

struct fixture {
    struct store store;
    struct audit *log;
    struct write_follower follow;
    secret_t seed;
    oid_t org;
};

struct found { /* the last finding of a run */
    const char *what;
    int64_t seq;
    int64_t tails;
};

static void found_say(void *arg, const struct audit_finding *f)
{
    struct found *found = arg;
    if (!f->fault) {
        found->tails += f->n;
        return;
    }
    found->what = f->what;
    found->seq = f->seq;
}

static void raw(struct fixture *f, const char *sql)
{
    char path[128];
    sqlite3 *db = NULL;
    (void)snprintf(path, sizeof path, "%s/seneschal.db", f->store.dir);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    char *why = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", sql, why);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int setup(void **state)
{
    static struct fixture f;
    memset(&f, 0, sizeof f);
    store_open(&f.store);
    assert_int_equal(audit_new(&f.log), E_OK);
    f.follow = audit_follower(f.log);
    f.seed.n = ED25519_SEED;
    rng_bytes(f.seed.b, f.seed.n);
    uint8_t public[ED25519_PUBLIC];
    char hex[2 * ED25519_PUBLIC + 1] = { 0 };
    char sql[256];
    ed25519_public(&f.seed, public);
    hex_encode(public, sizeof public, hex);
    (void)snprintf(sql, sizeof sql,
                   "INSERT INTO sealed_key VALUES (x'00', 'audit', 1, x'', x'', x'%s', 1)", hex);
    raw(&f, sql);
    f.org = oid_make();
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    audit_free(f->log);
    store_close(&f->store);
    return 0;
}

static struct audit_event event_of(oid_t org)
{
    return (struct audit_event){ .org = org,
                                 .action = STR("device.enrolled"),
                                 .actor_kind = ACTOR_USER,
                                 .actor_id = oid_make(),
                                 .actor_name = STR("Ada \"the first\" \xc3\xa9"),
                                 .target_kind = STR("device"),
                                 .target_id = oid_make(),
                                 .target_name = STR("mac-17"),
                                 .reason = STR("moved to another desk"),
                                 .request_id = oid_make(),
                                 .ip = STR("192.0.2.7"),
                                 .details = STR("{\"join_seq\":1}") };
}

static err_t append(struct fixture *f, oid_t org)
{
    struct audit_event e = event_of(org);
    return audit_append(f->log, f->store.db, f->store.a, &e);
}

static void append_group(struct fixture *f, oid_t org, int n)
{
    arena_reset(f->store.a);
    assert_int_equal(db_tx_begin(f->store.db), E_OK);
    for (int i = 0; i < n; i++) {
        f->follow.mark(f->follow.arg);
        assert_int_equal(append(f, org), E_OK);
    }
    assert_int_equal(db_tx_commit(f->store.db), E_OK);
    f->follow.commit(f->follow.arg);
}

static str_t sign(struct fixture *f)
{
    str_t line = STR_NONE;
    arena_reset(f->store.a);
    assert_int_equal(db_tx_begin(f->store.db), E_OK);
    f->follow.mark(f->follow.arg);
    assert_int_equal(audit_checkpoint(f->log, f->store.db, f->store.a, &f->seed, &line), E_OK);
    assert_int_equal(db_tx_commit(f->store.db), E_OK);
    f->follow.commit(f->follow.arg);
    return line;
}

static struct audit_report verify(struct fixture *f, struct found *found)
{
    struct audit_report report = { .say = found_say, .arg = found };
    struct db *db = NULL;
    struct diag why = { 0 };
    assert_int_equal(db_open(f->store.dir, DB_READER, &why, &db), E_OK);
    assert_int_equal(audit_verify(db, &report), E_OK);
    db_close(db);
    return report;
}

static int64_t verify_against(struct fixture *f, str_t line, struct found *found)
{
    struct audit_report report = { .say = found_say, .arg = found };
    struct db *db = NULL;
    struct diag why = { 0 };
    assert_int_equal(db_open(f->store.dir, DB_READER, &why, &db), E_OK);
    assert_int_equal(audit_verify_against(db, line, &report), E_OK);
    db_close(db);
    return report.faults;
}

static void test_a_record_that_nobody_touched_verifies(void **state)
{
    struct fixture *f = *state;
    append_group(f, f->org, 40);
    append_group(f, (oid_t){ 0 }, 3);
    (void)sign(f);
    append_group(f, f->org, 2);
    struct found found = { 0 };
    struct audit_report r = verify(f, &found);
    assert_int_equal(r.faults, 0);
    assert_int_equal(r.chains, 2);
    assert_int_equal(r.events,
                     1 + 40 + 1 + 3 + 1 + 2); /* each chain begins with an event of its own */
    assert_int_equal(r.checkpoints, 1);
    assert_int_equal(found.tails, 2);
}

static void test_heads_follow_the_fate_of_their_transaction(void **state)
{
    struct fixture *f = *state;
    append_group(f, f->org, 1);
    assert_int_equal(db_tx_begin(f->store.db),
                     E_OK); /* a whole group is lost, a new chain with it */
    f->follow.mark(f->follow.arg);
    assert_int_equal(append(f, f->org), E_OK);
    f->follow.mark(f->follow.arg);
    assert_int_equal(append(f, (oid_t){ 0 }), E_OK);
    db_tx_rollback(f->store.db);
    f->follow.abort(f->follow.arg);
    append_group(f, (oid_t){ 0 }, 1);
    append_group(f, f->org, 1);

    assert_int_equal(db_tx_begin(f->store.db), E_OK); /* one job is rolled back, the next goes on */
    f->follow.mark(f->follow.arg);
    assert_int_equal(append(f, f->org), E_OK);
    f->follow.mark(f->follow.arg);
    struct audit_event huge = event_of(f->org);
    char *text = arena_alloc(f->store.a, 100000);
    memset(text, 'x', 100000);
    huge.reason = str_of(text, 100000);
    assert_int_equal(audit_append(f->log, f->store.db, f->store.a, &huge), E_TOO_BIG);
    f->follow.rewind(f->follow.arg);
    f->follow.mark(f->follow.arg);
    assert_int_equal(append(f, f->org), E_OK);
    assert_int_equal(db_tx_commit(f->store.db), E_OK);
    f->follow.commit(f->follow.arg);

    struct found found = { 0 };
    struct audit_report r = verify(f, &found);
    assert_int_equal(r.faults, 0);
    assert_int_equal(r.events, 1 + 4 + 1 + 1);
}

static void test_a_chain_goes_on_after_a_restart(void **state)
{
    struct fixture *f = *state;
    append_group(f, f->org, 3);
    audit_free(f->log);
    assert_int_equal(audit_new(&f->log), E_OK);
    f->follow = audit_follower(f->log);
    append_group(f, f->org, 3);
    struct found found = { 0 };
    struct audit_report r = verify(f, &found);
    assert_int_equal(r.faults, 0);
    assert_int_equal(r.events, 7);
}

static void test_nothing_new_needs_no_checkpoint(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(audit_unsigned(f->log), 1); /* the last run may have left a tail */
    append_group(f, f->org, 4);
    assert_int_equal(audit_unsigned(f->log), 1 + 1 + 4);
    assert_non_null(sign(f).p);
    assert_int_equal(audit_unsigned(f->log), 0);
    assert_null(sign(f).p);
}

static void test_an_erased_person_leaves_the_chain_whole(void **state)
{
    struct fixture *f = *state;
    append_group(f, f->org, 5);
    (void)sign(f);
    raw(f, "DELETE FROM audit_private WHERE seq = 3");
    struct found found = { 0 };
    struct audit_report r = verify(f, &found);
    assert_int_equal(r.faults, 0);
    assert_int_equal(r.erased, 1);
}

/* The order of rows: org chain has opened + 6 events; system chain opened + checkpoint. */
static const struct {
    const char *name;
    const char *sql;
    const char *want;
} tampers[] = {
    { "an event removed", "DELETE FROM audit_event WHERE seq = 4", "head-differs|changed|gap" },
    { "an event removed with its details",
      "DELETE FROM audit_event WHERE seq = 4; DELETE FROM audit_private WHERE seq = 4",
      "changed|gap" },
    { "two events swapped",
      "UPDATE audit_event SET seq = -1 WHERE seq = 3; UPDATE audit_event SET seq = 3 WHERE seq = 4;"
      "UPDATE audit_event SET seq = 4 WHERE seq = -1",
      "changed|details-changed" },
    { "a body changed", "UPDATE audit_event SET body = replace(body, 'desk', 'room') WHERE seq = 3",
      "changed" },
    { "a hash changed", "UPDATE audit_event SET hash = randomblob(32) WHERE seq = 3", "changed" },
    { "a name changed",
      "UPDATE audit_private SET private = replace(private, 'mac-17', 'mac-18') WHERE seq = 3",
      "details-changed" },
    { "a salt changed", "UPDATE audit_private SET salt = randomblob(16) WHERE seq = 3",
      "details-changed" },
    { "details moved to nowhere", "UPDATE audit_private SET seq = 99 WHERE seq = 3",
      "stray-details" },
    { "details of no chain", "UPDATE audit_private SET chain = randomblob(16) WHERE seq = 3",
      "stray-details" },
    { "a checkpoint erased", "DELETE FROM audit_private WHERE private LIKE '%signature%'",
      "checkpoint-erased" },
    { "another key", "UPDATE sealed_key SET public = randomblob(32)", "checkpoint-key" },
    { "a chain given to another",
      "UPDATE audit_chain SET org = randomblob(16) WHERE org <> zeroblob(16)", "chain-changed" },
    { "a chain without an owner", "DELETE FROM audit_chain WHERE org <> zeroblob(16)",
      "chain-changed" },
    { "a signed end cut off",
      "DELETE FROM audit_private WHERE seq = 7; DELETE FROM audit_event WHERE seq = 7",
      "head-missing" },
    { "a whole chain removed",
      "DELETE FROM audit_private WHERE chain IN (SELECT id FROM audit_chain WHERE org <> "
      "zeroblob(16));"
      "DELETE FROM audit_event WHERE chain IN (SELECT id FROM audit_chain WHERE org <> "
      "zeroblob(16))",
      "head-missing" },
};

static void test_every_kind_of_change_is_found(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(tampers); i++) {
        if (i > 0)
            assert_int_equal(setup(state), 0);
        struct fixture *f = *state;
        append_group(f, f->org, 6);
        (void)sign(f);
        raw(f, tampers[i].sql);
        struct found found = { 0 };
        struct audit_report r = verify(f, &found);
        if (r.faults == 0 || strstr(tampers[i].want, found.what) == NULL)
            fail_msg("%s: %lld faults, the last is %s", tampers[i].name, (long long)r.faults,
                     found.what);
        if (i + 1 < ARRAY_LEN(tampers))
            assert_int_equal(teardown(state), 0);
    }
}

/* Flip one random bit of column `c` of the n-th row; a number gets another one, an empty text a
 * letter. */
static void flip(struct fixture *f, const char *table, const char *keys, const char *column, int n)
{
    char path[128];
    char sql[512];
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    (void)snprintf(path, sizeof path, "%s/seneschal.db", f->store.dir);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    (void)snprintf(sql, sizeof sql, "SELECT %s FROM %s ORDER BY %s LIMIT 1 OFFSET %d", column,
                   table, keys, n);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    int type = sqlite3_column_type(st, 0);
    int size = sqlite3_column_bytes(st, 0);
    unsigned char bytes[4096] = { 'x' };
    assert_in_range(size, 0, sizeof bytes);
    if (size > 0)
        memcpy(bytes, sqlite3_column_blob(st, 0), (size_t)size);
    if (size > 0)
        bytes[rng_below((uint64_t)size)] ^= (unsigned char)(1U << rng_below(7));
    (void)sqlite3_finalize(st);
    (void)snprintf(sql, sizeof sql,
                   type == SQLITE_INTEGER
                       ? "UPDATE %s SET %s = %s + 1000 WHERE (%s) = (SELECT %s FROM %s ORDER BY"
                         " %s LIMIT 1 OFFSET %d)"
                       : "UPDATE %s SET %s = ?1 WHERE '%s' <> '' AND (%s) = (SELECT %s FROM %s"
                         " ORDER BY %s LIMIT 1 OFFSET %d)",
                   table, column, column, keys, keys, table, keys, n);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
    if (type == SQLITE_TEXT)
        (void)sqlite3_bind_text(st, 1, (const char *)bytes, size > 0 ? size : 1, SQLITE_STATIC);
    else if (type == SQLITE_BLOB)
        (void)sqlite3_bind_blob(st, 1, bytes, size, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(st), SQLITE_DONE);
    assert_int_equal(sqlite3_changes(db), 1);
    (void)sqlite3_finalize(st);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_any_edit_of_any_row_is_found(void **state)
{
    static const struct {
        const char *table;
        const char *keys;
        const char *column;
        int rows;
    } places[] = {
        { "audit_event", "chain, seq", "body", 38 },
        { "audit_event", "chain, seq", "hash", 38 },
        { "audit_event", "chain, seq", "chain", 38 },
        { "audit_event", "chain, seq", "seq", 38 },
        { "audit_private", "chain, seq", "salt", 38 },
        { "audit_private", "chain, seq", "private", 38 },
        { "audit_private", "chain, seq", "chain", 38 },
        { "audit_private", "chain, seq", "seq", 38 },
        { "audit_chain", "id", "id", 2 },
        { "audit_chain", "id", "org", 2 },
        { "audit_chain", "id", "node", 2 },
    };
    struct fixture *f = *state;
    append_group(f, f->org, 30);
    (void)sign(f);
    append_group(f, f->org, 5);
    rng_seed_for_test(17);
    for (int round = 0; round < 300; round++) {
        size_t at = rng_below(ARRAY_LEN(places));
        const char *table = places[at].table;
        int row = (int)rng_below((uint64_t)places[at].rows);
        char sql[256];
        (void)snprintf(sql, sizeof sql, "CREATE TABLE undo AS SELECT * FROM %s", table);
        raw(f, sql);
        flip(f, table, places[at].keys, places[at].column, row);
        struct found found = { 0 };
        if (verify(f, &found).faults == 0)
            fail_msg("round %d: a change of %s.%s, row %d, was not found", round, table,
                     places[at].column, row);
        (void)snprintf(sql, sizeof sql,
                       "DELETE FROM %s; INSERT INTO %s SELECT * FROM undo; DROP TABLE undo", table,
                       table);
        raw(f, sql);
    }
    rng_seed_for_test(0);
    struct found found = { 0 };
    assert_int_equal(verify(f, &found).faults, 0);
}

static void test_checkpoints_kept_elsewhere_find_a_cut_tail(void **state)
{
    struct fixture *f = *state;
    append_group(f, f->org, 6);
    str_t line = sign(f);
    char *kept = strndup(line.p, line.n);
    char *logged = NULL;
    assert_true(asprintf(&logged, "{\"event\":\"audit.checkpoint\",\"level\":\"info\"}") > 0);
    struct found found = { 0 };
    assert_int_equal(verify_against(f, str_from_cz(kept), &found), 0);
    assert_int_equal(verify_against(f, str_from_cz(logged), &found),
                     0); /* another line of the log */
    assert_int_equal(verify_against(f, STR("not JSON at all"), &found), 0);

    /* Cut both chains where no checkpoint is left: the store alone looks fine. */
    raw(f, "DELETE FROM audit_private WHERE seq > 5 OR private LIKE '%signature%';"
           "DELETE FROM audit_event WHERE seq > 5 OR body LIKE '%audit.checkpoint%'");
    assert_int_equal(verify(f, &found).faults, 0);
    assert_int_equal(verify_against(f, str_from_cz(kept), &found), 1);
    assert_string_equal(found.what, "head-missing");

    char *digit = strstr(kept, "\"seq\":") + 6;
    *digit = *digit == '2' ? '3' : '2';
    assert_int_equal(verify_against(f, str_from_cz(kept), &found), 1);
    assert_string_equal(found.what, "checkpoint-changed");
    free(kept);
    free(logged);
}

static void test_a_failed_step_fails_the_act_and_leaves_the_chain_whole(void **state)
{
    struct fixture *f = *state;
    append_group(f, f->org, 1);
    for (long n = 0;; n++) {
        arena_reset(f->store.a);
        assert_int_equal(db_tx_begin(f->store.db), E_OK);
        f->follow.mark(f->follow.arg);
        str_t line = STR_NONE;
        fault_arm(n);
        err_t e = append(f, f->org);
        if (e == E_OK)
            e = append(f, (oid_t){ 0 });
        if (e == E_OK)
            e = audit_checkpoint(f->log, f->store.db, f->store.a, &f->seed, &line);
        bool fired = fault_used();
        fault_disarm();
        assert_true(fired ? e != E_OK && line.p == NULL : e == E_OK && line.p != NULL);
        if (!fired) {
            assert_int_equal(db_tx_commit(f->store.db), E_OK);
            f->follow.commit(f->follow.arg);
            break;
        }
        db_tx_rollback(f->store.db);
        f->follow.abort(f->follow.arg);
    }
    struct found found = { 0 };
    struct audit_report r = verify(f, &found);
    assert_int_equal(r.faults, 0);
    assert_int_equal(r.events, 3 + 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_record_that_nobody_touched_verifies, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_heads_follow_the_fate_of_their_transaction, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_chain_goes_on_after_a_restart, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_new_needs_no_checkpoint, setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_erased_person_leaves_the_chain_whole, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_every_kind_of_change_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(test_any_edit_of_any_row_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(test_checkpoints_kept_elsewhere_find_a_cut_tail, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_failed_step_fails_the_act_and_leaves_the_chain_whole,
                                        setup, teardown),
    };
    return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
