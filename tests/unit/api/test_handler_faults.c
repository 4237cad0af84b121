/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers that do much in one call, while memory or the store fails: nothing is half answered, and
 * a fault of ours is told as ours. */
#include "../domain/fault_loop.h"
#include "../domain/fleet.h"
#include "api/handlers_fleet.h"
#include "api/handlers_operation.h"
#include "api/services.h"
#include "api/shapes_bulk.h"
#include "api/shapes_stats.h"
#include "mcp/hub.h"

#include <stdlib.h>

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
enum { DEVICES = 3 };

static struct services services;
static struct settings settings;
static char ids[DEVICES + 1][OID_TEXT];
static str_t device_ids[DEVICES + 1];
static const void *in;
static const void *query;

static int setup(void **state)
{
    static const char *const machines[DEVICES] = { "one", "two", "three" };
    const struct mcp_hub_cfg hub = { .ports = { 0 } };
    int failed = world_setup(state);
    struct world *w = *state;
    for (size_t i = 0; i <= DEVICES; i++) {
        oid_t id = i < DEVICES ? asked(w, str_from_cz(machines[i])).device_id : oid_make();
        oid_format(id, ids[i]);
        device_ids[i] = str_of(ids[i], OID_TEXT);
    }
    as_admin(w);
    settings = (struct settings){ .enrol_open = 100, .enrol_open_per_machine = 10 };
    services.settings = &settings;
    services.dir = w->store.dir;
    services.default_org = w->org;
    assert_int_equal(mcp_hub_new(&hub, NULL, &services.mcp), E_OK);
    return failed;
}

static int teardown(void **state)
{
    mcp_hub_free(services.mcp);
    return world_teardown(state);
}

/* One call as the writer makes it, from the same inputs each time. */
static err_t call(struct world *w, handler_f *handler)
{
    CLEANUP(audit_freep) struct audit *audit = NULL;
    struct request rq = { .act = w->act, .services = &services, .in = in, .query = query };
    TRY(audit_new(&audit));
    services.audit = audit;
    err_t e = handler(&rq);
    services.audit = NULL;
    check(e != E_OK || (rq.reply.status == 200 && rq.reply.body != NULL),
          "answered where it went well");
    return e;
}

static err_t bulk(struct world *w, void *ret)
{
    (void)ret;
    return call(w, devices_bulk);
}

/* One of four is not there: refused by itself, and said. */
static void test_a_move_of_many(void **state)
{
    static const struct fault_case one = { "bulk", bulk, 0 };
    static const char *const actions[] = { "approve", "refuse", "revoke" };
    for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
        const struct device_bulk_in body = {
            .action = str_from_cz(actions[i]),
            .device_ids = { device_ids, DEVICES + 1 },
            .reason = STR("a test"),
        };
        in = &body;
        fails_whole(*state, &one);
        in = NULL;
    }
    struct world *w = *state;
    oid_t id;
    check(oid_parse(device_ids[0], &id) == E_OK, "its id");
    check(device_now(w, id).status == DEVICE_PENDING, "nothing of all that has stayed");
}

/* What one device is refused costs the others nothing, however the call ends. */
static void test_what_is_refused_is_told(void **state)
{
    struct world *w = *state;
    const struct device_bulk_in body = { .action = STR("approve"),
                                         .device_ids = { device_ids, DEVICES + 1 } };
    CLEANUP(audit_freep) struct audit *audit = NULL;
    struct request rq = { .services = &services, .in = &body };
    check(audit_new(&audit) == E_OK, "the record");
    services.audit = audit;
    world_begin(w);
    rq.act = w->act;
    check(world_end(w, devices_bulk(&rq)) == E_OK, "done");
    const struct device_bulk_out *out = rq.reply.body;
    const struct device_bulk_result *results = out->results.v;
    check(out->done == DEVICES && out->results.n == DEVICES + 1, "three of four");
    check(!results[DEVICES].ok && str_eq(results[DEVICES].code, STR("not-found")),
          "one is not there");
}

static err_t stats(struct world *w, void *ret)
{
    (void)ret;
    return call(w, stats_get);
}

static err_t series(struct world *w, void *ret)
{
    (void)ret;
    return call(w, stats_series);
}

static void test_figures(void **state)
{
    static const struct fault_case counts = { "counts", stats, 0 };
    static const struct fault_case lines = { "over time", series, 0 };
    const struct series_query asked_for = { .name = STR("requests,memory_bytes") };
    struct world *w = *state;
    fails_whole(w, &counts); /* of the whole server too */
    w->act.actor.org = w->other_org;
    w->act.actor.perms = (perms_t){ 0 };
    fails_whole(w, &counts);
    as_admin(w);
    query = &asked_for;
    fails_whole(w, &lines);
    query = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = { TEST(test_a_move_of_many),
                                        TEST(test_what_is_refused_is_told), TEST(test_figures) };
    return cmocka_run_group_tests_name("handler_faults", tests, NULL, NULL);
}
