/* SPDX-License-Identifier: Apache-2.0 */
/* Each job of the server with something to do, while memory or the store fails: its slice is done
 * whole or not at all, and a fault of ours is told as ours. */
#include "../domain/fault_loop.h"
#include "../domain/fleet.h"
#include "app/job_kinds.h"
#include "app/sampler.h"
#include "domain/audit/refusals.h"
#include "domain/identity/service.h"
#include "domain/oauth/issuer_keys.h"
#include "domain/series/series.h"
#include "sql/audit.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static struct services services;
static struct settings settings;
static oid_t device;
static const struct job_kind *kind;
static int64_t written; /* events of the record that the job has written */

/* Rows that each of them finds when it comes round. */
static void make_work(struct world *w)
{
    const str_t roles[] = { STR("operator") };
    const struct service_in in = { .name = STR("robot"),
                                   .roles = { roles, ARRAY_LEN(roles), true } };
    struct row_service_account account;
    struct row_token row;
    struct token_text text;
    device = asked(w, STR("late")).device_id;
    as_admin(w);
    assert_int_equal(ACT(w, service_create(&w->act, &in, &account)), E_OK);
    assert_int_equal(ACT(w, service_token_create(&w->act, account.id, STR("soon"),
                                                 ts_add(world_start, DUR_DAYS(9)), &row, &text)),
                     E_OK);
    world_time(w, ts_add(world_start, DUR_DAYS(8)));
}

static void note_refusals(struct world *w)
{
    static const uint8_t ip[16] = { [15] = 1 };
    const struct actor who = { .kind = ACTOR_DEVICE, .id = device, .org = w->org };
    const struct refusal what = { .principal = device, .row = "/users", .reason = E_FORBIDDEN };
    refusal_count(services.refusals, "/auth/login", E_UNAUTHENTICATED, ip);
    refusal_count_known(services.refusals, &what, &who, "192.0.2.1", w->act.now);
}

static int setup(void **state)
{
    const struct live_cfg live = { .principals_max = 64,
                                   .tokens_max = 64,
                                   .scopes_max = 64,
                                   .effectives_max = 64,
                                   .signers_max = 64 };
    int failed = world_setup(state);
    struct world *w = *state;
    services = (struct services){ .dir = w->store.dir, .default_org = w->org, .keys = w->keys };
    settings = (struct settings){ .history_days = 1, .log_days = 1 };
    services.settings = &settings;
    assert_int_equal(live_new(&live, &services.live), E_OK);
    assert_int_equal(refusals_new(&services.refusals), E_OK);
    assert_int_equal(sampler_new(&services, &services.sampler), E_OK);
    clock_guard_init(&services.clock, world_start);
    make_work(w);
    note_refusals(w);
    return failed;
}

static int teardown(void **state)
{
    sampler_free(services.sampler);
    refusals_free(services.refusals);
    live_free(services.live);
    return world_teardown(state);
}

/* As jobs.c begins each: from nothing. */
static err_t run_kind(struct world *w, void *ret)
{
    CLEANUP(audit_freep) struct audit *audit = NULL;
    struct sql_audit_sums_row sums;
    (void)ret;
    TRY(audit_new(&audit));
    services.audit = audit;
    struct job_task task = { .kind = kind, .services = &services, .act = w->act };
    err_t e = kind->run(&task);
    services.audit = NULL;
    TRY(e);
    TRY(sql_audit_sums(w->store.db, w->act.arena, &sums));
    written = sums.events;
    return E_OK;
}

static void test_each_is_done_whole(void **state)
{
    for (size_t i = 0; i < JOB_KINDS; i++) {
        kind = &job_kinds[i];
        const struct fault_case one = { kind->name, run_kind, 0 };
        fails_whole(*state, &one);
    }
}

static int64_t events_of(struct world *w, const char *name)
{
    for (size_t i = 0; i < JOB_KINDS; i++) {
        if (strcmp(job_kinds[i].name, name) == 0)
            kind = &job_kinds[i];
    }
    check(ACT(w, run_kind(w, NULL)) == E_OK, name);
    return written;
}

/* They were not idle above: these leave traces. */
static void test_they_had_something_to_do(void **state)
{
    struct world *w = *state;
    struct row_device d;
    int64_t before = events_of(w, "store-vacuum");
    check(events_of(w, "refusal-summary") == before + 2, "nobody's and a device's");
    check(events_of(w, "credential-expiry") == before + 3, "a token that ends");
    check(events_of(w, "request-expiry") == before + 3, "no event");
    check(device_get(&w->act, device, &d) == E_NOT_FOUND,
          "who was not let in in time is forgotten");
}

int main(void)
{
    const struct CMUnitTest tests[] = { TEST(test_each_is_done_whole),
                                        TEST(test_they_had_something_to_do) };
    return cmocka_run_group_tests_name("job_kinds", tests, NULL, NULL);
}
