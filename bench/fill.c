/* SPDX-License-Identifier: Apache-2.0 */
/* bench-fill --data DIR --devices N: N enrolled devices with the tokens of tokens.h.
 * bench-fill --token I: the token of device number I. */
#include "rows.h"
#include "tokens.h"

#include "base/clock.h"
#include "base/num.h"
#include "plat/crypto/crypto.h"

#include <getopt.h>

/* enum device_status and enum actor_kind of the server. */
enum { STATUS_ENROLLED = 2, ACTOR_DEVICE = 3, TOKEN_CURRENT = 1 };

static const char device_text[] =
    "INSERT INTO device (id, org, machine_id, machine_key, status, known, imported, join_seq,"
    " token_issued_at, enrolled_at, last_seen_at, created_at, revision)"
    " VALUES ($id, $org, $machine, $machine, $status, 1, 0, 1, $now, $now, $now, $now, 1)";
static const char token_text[] =
    "INSERT INTO token (hash, id, org, principal_kind, principal, state, join_seq, created_at,"
    " used_at) VALUES ($hash, $token, $org, $kind, $id, $state, 1, $now, $now)";

static void device_add(struct rows *r, sqlite3_stmt *device, sqlite3_stmt *token, uint64_t i)
{
    char text[BENCH_TOKEN];
    char machine[32];
    bench_token(i, text);
    int n = snprintf(machine, sizeof machine, "fill-%012llu", (unsigned long long)i);
    digest_t hash = sha256_of(str_of(text, sizeof text));
    oid_t id = oid_make();
    oid_t token_id = oid_make();
    int64_t now = clock_now().us;
    rows_bind_id(device, "$id", &id);
    rows_bind_id(device, "$org", &r->org);
    rows_bind_text(device, "$machine", str_of(machine, (size_t)n));
    rows_bind_int(device, "$status", STATUS_ENROLLED);
    rows_bind_int(device, "$now", now);
    rows_step(device);
    rows_bind_bytes(token, "$hash", hash.b, sizeof hash.b);
    rows_bind_id(token, "$token", &token_id);
    rows_bind_id(token, "$org", &r->org);
    rows_bind_int(token, "$kind", ACTOR_DEVICE);
    rows_bind_id(token, "$id", &id);
    rows_bind_int(token, "$state", TOKEN_CURRENT);
    rows_bind_int(token, "$now", now);
    rows_step(token);
}

/* Nothing to lose yet: no fsync, and the whole in one transaction. */
static void fill(const char *dir, uint64_t devices)
{
    struct rows r;
    rows_open(&r, dir);
    rows_run(&r, "PRAGMA synchronous=OFF; PRAGMA cache_size=-524288; BEGIN IMMEDIATE");
    sqlite3_stmt *device = rows_prepare(&r, device_text);
    sqlite3_stmt *token = rows_prepare(&r, token_text);
    for (uint64_t i = 0; i < devices; i++)
        device_add(&r, device, token, i);
    (void)sqlite3_finalize(device);
    (void)sqlite3_finalize(token);
    rows_run(&r, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE); ANALYZE");
    rows_close(&r);
}

int main(int argc, char **argv)
{
    static const struct option names[] = {
        { "data", required_argument, NULL, 'd' },
        { "devices", required_argument, NULL, 'n' },
        { "token", required_argument, NULL, 't' },
        { NULL, 0, NULL, 0 },
    };
    const char *dir = NULL;
    uint64_t devices = 0;
    uint64_t number = UINT64_MAX;
    for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        if (c == 'd')
            dir = optarg;
        else if (c == '?' ||
                 num_parse_u64(str_from_cz(optarg), c == 'n' ? &devices : &number) != E_OK)
            return 2;
    }
    if (number != UINT64_MAX) {
        char text[BENCH_TOKEN];
        bench_token(number, text);
        (void)printf("%.*s\n", (int)sizeof text, text);
        return 0;
    }
    if (dir == NULL || crypto_init() != E_OK)
        return 2;
    fill(dir, devices);
    return 0;
}
