/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench-sqlite --data DIR --ms N --run TAG: the peer of durable enrolment. The rows of one
 * enrolment, in transactions of 64, by one thread that does nothing else: no parsing, no hashing,
 * no sockets. WAL and synchronous=FULL, checkpoints as SQLite makes them by itself.
 */
#include "rows.h"

#include "base/clock.h"
#include "base/num.h"
#include "base/rng.h"

#include <getopt.h>

enum { GROUP = 64, STMTS = 5 };

/* What /agents/enroll with a key leaves behind. */
static const char *const texts[STMTS] = {
    ("INSERT INTO device (id, org, machine_id, machine_key, status, known, imported, hostname,"
     " hostname_key, join_seq, enrol_key_id, token_issued_at, enrolled_at,"
     " last_seen_at, created_at, revision) VALUES ($id, $org, $machine, $machine, 2, 1, 0, "
     "'bench.example',"
     " 'bench.example', 1, $other, $now, $now, $now, $now, 1)"),
    ("INSERT INTO token (hash, id, org, principal_kind, principal, state, join_seq, created_at)"
     " VALUES ($hash, $other, $org, 3, $id, 0, 1, $now)"),
    "UPDATE enrolment_key SET used_n = used_n + 1 WHERE id = $org AND org = $org",
    "INSERT INTO audit_event (chain, seq, body, hash) VALUES ($org, $seq, $body, $hash)",
    "INSERT INTO audit_private (chain, seq, salt, private) VALUES ($org, $seq, $other, $private)",
};

/* The key that all of them use, with the organisation's id for its own. */
static const char key_text[] =
    "INSERT OR IGNORE INTO enrolment_key (id, org, name, used_n, expires_at, auto_approve,"
    " may_uninstall, adopt, created_by_kind, created_at, revision)"
    " SELECT id, id, 'bench', 0, 4102444800000000, 1, 0, 0, 5, 1, 1 FROM organisation"
    " WHERE slug = 'default'";
/* Once a group. */
static const char group_text[] = "UPDATE generation SET n = n + 1; COMMIT";

/* As long as the server's. */
#define BODY                                                                                       \
    "{\"at\":\"2026-01-01T00:00:00.000Z\",\"action\":\"agent.enrolled\",\"result\":\"ok\","        \
    "\"actor\":{\"kind\":\"enrollment-key\",\"id\":\"019a0000-0000-7000-8000-000000000000\"},"     \
    "\"target\":{\"kind\":\"device\",\"id\":\"019a0000-0000-7000-8000-000000000000\"},"            \
    "\"reason\":null,\"request_id\":\"019a0000-0000-7000-8000-000000000000\",\"detail_digest\":"   \
    "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}"
#define PRIVATE                                                                                    \
    "{\"actor_name\":\"bench\",\"target_name\":\"bench-0-000000000000\",\"ip\":\"127.0.0.1\"}"

/* What a statement may name, and where it does: looked up once. */
enum slot { SLOT_ID, SLOT_ORG, SLOT_OTHER, SLOT_HASH, SLOT_MACHINE, SLOT_NOW, SLOT_SEQ, SLOTS };
static const char *const slot_names[SLOTS] = { "$id",      "$org", "$other", "$hash",
                                               "$machine", "$now", "$seq" };

struct stmt {
    sqlite3_stmt *s;
    int at[SLOTS]; /* 0: it does not name it */
};

struct enrolment {
    oid_t id, other;
    uint8_t hash[32];
    char machine[64];
    int machine_n;
    int64_t now, seq;
};

static struct stmt stmt_make(struct rows *r, const char *text)
{
    struct stmt st = { .s = rows_prepare(r, text) };
    for (int i = 0; i < SLOTS; i++)
        st.at[i] = sqlite3_bind_parameter_index(st.s, slot_names[i]);
    if (sqlite3_bind_parameter_index(st.s, "$body") > 0)
        rows_bind_text(st.s, "$body", STR(BODY));
    if (sqlite3_bind_parameter_index(st.s, "$private") > 0)
        rows_bind_text(st.s, "$private", STR(PRIVATE));
    return st;
}

static void bytes_bind(const struct stmt *st, enum slot slot, const void *p, size_t n)
{
    if (st->at[slot] > 0)
        (void)sqlite3_bind_blob(st->s, st->at[slot], p, (int)n, SQLITE_STATIC);
}

static void row_write(const struct rows *r, const struct stmt *st, const struct enrolment *e)
{
    bytes_bind(st, SLOT_ID, e->id.b, sizeof e->id.b);
    bytes_bind(st, SLOT_ORG, r->org.b, sizeof r->org.b);
    bytes_bind(st, SLOT_OTHER, e->other.b, sizeof e->other.b);
    bytes_bind(st, SLOT_HASH, e->hash, sizeof e->hash);
    if (st->at[SLOT_MACHINE] > 0)
        (void)sqlite3_bind_text(st->s, st->at[SLOT_MACHINE], e->machine, e->machine_n,
                                SQLITE_STATIC);
    if (st->at[SLOT_NOW] > 0)
        (void)sqlite3_bind_int64(st->s, st->at[SLOT_NOW], e->now);
    if (st->at[SLOT_SEQ] > 0)
        (void)sqlite3_bind_int64(st->s, st->at[SLOT_SEQ], e->seq);
    rows_step(st->s);
}

static void enrolment_write(const struct rows *r, const struct stmt *stmts, const char *run,
                            int64_t n)
{
    int64_t now = clock_now().us;
    struct enrolment e = { .id = oid_make(), .other = oid_make(), .now = now, .seq = now };
    rng_bytes(e.hash, sizeof e.hash);
    e.machine_n = snprintf(e.machine, sizeof e.machine, "bare-%s-%012lld", run, (long long)n);
    for (size_t i = 0; i < STMTS; i++)
        row_write(r, &stmts[i], &e);
}

static int64_t loop(struct rows *r, const char *run, dur_t until)
{
    struct stmt stmts[STMTS];
    int64_t n = 0;
    for (size_t i = 0; i < STMTS; i++)
        stmts[i] = stmt_make(r, texts[i]);
    while (clock_mono().us < until.us) {
        rows_run(r, "BEGIN IMMEDIATE");
        for (int i = 0; i < GROUP; i++)
            enrolment_write(r, stmts, run, n++);
        rows_run(r, group_text);
    }
    for (size_t i = 0; i < STMTS; i++)
        (void)sqlite3_finalize(stmts[i].s);
    return n;
}

int main(int argc, char **argv)
{
    static const struct option names[] = {
        { "data", required_argument, NULL, 'd' },
        { "ms", required_argument, NULL, 'm' },
        { "run", required_argument, NULL, 'r' },
        { NULL, 0, NULL, 0 },
    };
    const char *dir = ".";
    const char *run = "0";
    uint64_t ms = 3000;
    for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        if (c == 'd')
            dir = optarg;
        else if (c == 'r')
            run = optarg;
        else if (c != 'm' || num_parse_u64(str_from_cz(optarg), &ms) != E_OK)
            return 2;
    }
    struct rows r;
    rows_open(&r, dir);
    rows_run(&r, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                 "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=1073741824");
    rows_run(&r, key_text);
    int64_t began = clock_mono().us;
    int64_t n = loop(&r, run, (dur_t){ began + (int64_t)ms * 1000 });
    double took = (double)(clock_mono().us - began) / 1e6;
    rows_close(&r);
    (void)printf("{\"requests\":%lld,\"seconds\":%.3f,\"rps\":%.1f}\n", (long long)n, took,
                 (double)n / took);
    return 0;
}
