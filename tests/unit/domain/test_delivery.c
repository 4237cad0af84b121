/* SPDX-License-Identifier: Apache-2.0 */
/* Deliveries: from the outbox through their attempts to the end; and what goes out is sealed anew
 * after its data key was replaced. */
#include "domain/hooks/webhook_send.h"

#include "domain/hooks/mail.h"
#include "domain/hooks/webhook_sealed.h"
#include "domain/signin/upstream.h"
#include "fault_loop.h"
#include "sql/store.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

static const struct webhook_retry retry = { .attempts = 3, .first = { INT64_C(10000000) } };
static const struct webhook_outcome good = { .ok = true, .status = 204 };
static const struct webhook_outcome bad = { .status = 500, .error = { "the answer was 500", 18 } };

static struct row_webhook hook_of(struct world *w, const char *name, const char *event)
{
    struct row_webhook row;
    str_t secret;
    const str_t events[] = { str_from_cz(event) };
    struct webhook_in in = { .name = str_from_cz(name),
                             .url = STR("https://ci.example/hook"),
                             .token = STR("t0p"),
                             .events = { events, 1, true } };
    assert_int_equal(ACT(w, webhook_create(&w->act, &in, &row, &secret)), E_OK);
    return row;
}

static err_t happens(struct world *w, oid_t org, const char *event)
{
    return sql_outbox_add(w->store.db, &(struct sql_outbox_add){ .id = oid_make(),
                                                                 .org = org,
                                                                 .event = str_from_cz(event),
                                                                 .body = STR("{\"data\":{}}"),
                                                                 .created_at = w->act.now });
}

static void happened(struct world *w, oid_t org, const char *event)
{
    bool more = true;
    assert_int_equal(ACT(w, happens(w, org, event)), E_OK);
    assert_int_equal(ACT(w, webhook_fan(&w->act, 10, &more)), E_OK);
    assert_false(more);
}

static struct row_delivery *deliveries(struct world *w, oid_t webhook, int64_t state, size_t *ret_n)
{
    struct row_delivery *rows = NULL;
    const struct delivery_ask ask = { .webhook = webhook, .state = state, .limit = 20000 };
    assert_int_equal(delivery_list(&w->act, &ask, &rows, ret_n), E_OK);
    return rows;
}

static struct row_delivery only_one(struct world *w, oid_t webhook)
{
    size_t n = 0;
    struct row_delivery *rows = deliveries(w, webhook, 0, &n);
    assert_int_equal(n, 1);
    return rows[0];
}

static size_t due(struct world *w)
{
    struct sql_delivery_due_row *rows = NULL;
    size_t n = 0;
    assert_int_equal(sql_delivery_due(w->store.db, w->act.arena,
                                      &(struct sql_delivery_due){ .now = w->act.now, .limit = 99 },
                                      &rows, &n),
                     E_OK);
    return n;
}

static bool attempted(struct world *w, oid_t webhook, const struct webhook_outcome *o)
{
    struct row_webhook hook;
    struct row_delivery d = only_one(w, webhook);
    bool begins = true;
    assert_int_equal(webhook_get(&w->act, webhook, &hook), E_OK);
    assert_int_equal(ACT(w, webhook_attempted(&w->act, &hook, &d, o, &retry, &begins)), E_OK);
    return begins;
}

static void test_an_event_reaches_who_wants_it(void **state)
{
    struct world *w = *state;
    size_t n = 0;
    struct row_webhook wants = hook_of(w, "wants", "user.*");
    struct row_webhook other = hook_of(w, "other", "device.*");
    struct row_webhook off = hook_of(w, "off", "user.*");
    struct row_webhook row;
    const struct webhook_in disabled = { .status = STR("disabled") };
    assert_int_equal(ACT(w, webhook_change(&w->act, &off, &disabled, &row)), E_OK);
    w->act.org = w->other_org;
    struct row_webhook stranger = hook_of(w, "stranger", "user.*");
    w->act.org = w->org;
    happened(w, w->org, "user.created");
    struct row_delivery d = only_one(w, wants.id);
    assert_true(str_eq(d.event, STR("user.created")));
    assert_int_equal(d.attempts, 0);
    (void)deliveries(w, other.id, 0, &n);
    assert_int_equal(n, 0);
    (void)deliveries(w, off.id, 0, &n);
    assert_int_equal(n, 0);
    w->act.org = w->other_org;
    (void)deliveries(w, stranger.id, 0, &n);
    assert_int_equal(n, 0);
    (void)deliveries(w, wants.id, 0, &n); /* nor is it shown there */
    assert_int_equal(n, 0);
    happened(w, w->org, "nobody.wants");
    assert_int_equal(due(w), 1);
}

static void test_the_outbox_is_emptied_in_slices(void **state)
{
    enum { EVENTS = 7, SLICE = 3 };
    struct world *w = *state;
    struct row_webhook hook = hook_of(w, "h", "*");
    size_t n = 0;
    for (int i = 0; i < EVENTS; i++)
        assert_int_equal(ACT(w, happens(w, w->org, "user.created")), E_OK);
    for (size_t done = SLICE; done <= EVENTS; done += SLICE) {
        bool more = false;
        assert_int_equal(ACT(w, webhook_fan(&w->act, SLICE, &more)), E_OK);
        assert_true(more);
        (void)deliveries(w, hook.id, 1, &n);
        assert_int_equal(n, done);
    }
    bool more = true;
    assert_int_equal(ACT(w, webhook_fan(&w->act, SLICE, &more)), E_OK);
    assert_false(more);
    struct row_delivery *rows = deliveries(w, hook.id, 1, &n);
    assert_int_equal(n, EVENTS);
    for (size_t i = 1; i < n; i++) /* the newest first */
        assert_true(memcmp(rows[i - 1].id.b, rows[i].id.b, sizeof rows[i].id.b) > 0);
}

static void test_beyond_what_may_wait_it_is_given_up(void **state)
{
    struct world *w = *state;
    struct row_webhook hook = hook_of(w, "h", "*");
    size_t n = 0;
    world_begin(w);
    for (int i = 0; i < WEBHOOK_WAITING_MAX - 1; i++)
        assert_int_equal(
            sql_delivery_add(w->store.db, &(struct sql_delivery_add){ .id = oid_make(),
                                                                      .org = w->org,
                                                                      .webhook_id = hook.id,
                                                                      .event = STR("user.created"),
                                                                      .body = STR("{}"),
                                                                      .now = w->act.now }),
            E_OK);
    assert_int_equal(world_end(w, E_OK), E_OK);
    happened(w, w->org, "user.created");
    (void)deliveries(w, hook.id, 3, &n);
    assert_int_equal(n, 0);
    happened(w, w->org, "user.created");
    struct row_delivery *rows = deliveries(w, hook.id, 3, &n);
    assert_int_equal(n, 1);
    assert_true(str_eq(rows[0].error, STR("too many wait")));
    (void)deliveries(w, hook.id, 1, &n);
    assert_int_equal(n, WEBHOOK_WAITING_MAX);
}

static void test_pauses_grow_to_a_most(void **state)
{
    const dur_t most = DUR_HOURS(10);
    (void)state;
    assert_int_equal(webhook_pause(&retry, 1).us, retry.first.us);
    assert_int_equal(webhook_pause(&retry, 2).us, 5 * retry.first.us);
    assert_int_equal(webhook_pause(&retry, 3).us, 25 * retry.first.us);
    for (int64_t n = 1; n < 100; n++) {
        assert_true(webhook_pause(&retry, n + 1).us >= webhook_pause(&retry, n).us);
        assert_true(webhook_pause(&retry, n).us <= most.us);
    }
    assert_int_equal(webhook_pause(&retry, INT64_MAX).us, most.us);
}

/* Administrators are told when a webhook begins to fail, not of each delivery after that. */
static void test_it_is_tried_again_and_given_up(void **state)
{
    struct world *w = *state;
    struct row_webhook hook = hook_of(w, "h", "*");
    happened(w, w->org, "user.created");
    for (int64_t i = 1; i < retry.attempts; i++) {
        int64_t pause = webhook_pause(&retry, i).us;
        assert_int_equal(due(w), 1);
        assert_false(attempted(w, hook.id, &bad));
        struct row_delivery d = only_one(w, hook.id);
        assert_int_equal(d.attempts, i);
        assert_int_equal(d.status.v, 500);
        assert_true(d.due_at.us - w->act.now.us >= pause * 4 / 5);
        assert_true(d.due_at.us - w->act.now.us <= pause * 6 / 5);
        assert_int_equal(due(w), 0);
        world_time(w, d.due_at);
    }
    assert_true(attempted(w, hook.id, &bad));
    assert_int_equal(only_one(w, hook.id).state, 3);
    assert_int_equal(due(w), 0);
    assert_int_equal(webhook_get(&w->act, hook.id, &hook), E_OK);
    assert_true(ts_is_set(hook.failing_since));

    struct row_delivery d = only_one(w, hook.id);
    struct row_delivery row;
    oid_t id = d.id;
    assert_int_equal(ACT(w, delivery_again(&w->act, w->org, id, &row)), E_NOT_FOUND);
    w->act.org = w->other_org;
    assert_int_equal(ACT(w, delivery_again(&w->act, hook.id, id, &row)), E_NOT_FOUND);
    w->act.org = w->org;
    assert_int_equal(ACT(w, delivery_again(&w->act, hook.id, id, &row)), E_OK);
    assert_true(oid_eq(row.id, id)); /* the receiver knows it again */
    assert_int_equal(row.attempts, 0);
    assert_int_equal(due(w), 1);
    for (int64_t i = 1; i < retry.attempts; i++)
        (void)attempted(w, hook.id, &bad);
    assert_false(attempted(w, hook.id, &bad)); /* it failed before */
    assert_int_equal(ACT(w, delivery_again(&w->act, hook.id, id, &row)), E_OK);
    assert_false(attempted(w, hook.id, &good));
    d = only_one(w, hook.id);
    assert_int_equal(d.state, 2);
    assert_int_equal(d.status.v, 204);
    assert_int_equal(webhook_get(&w->act, hook.id, &hook), E_OK);
    assert_false(ts_is_set(hook.failing_since));
}

/* What was decided while a call was under way stays decided. */
static void test_a_late_answer_changes_nothing(void **state)
{
    struct world *w = *state;
    struct row_webhook hook = hook_of(w, "h", "*");
    const struct webhook_retry once = { .attempts = 1, .first = retry.first };
    bool begins = true;
    happened(w, w->org, "user.created");
    struct row_delivery d = only_one(w, hook.id);
    assert_false(attempted(w, hook.id, &good));
    assert_int_equal(ACT(w, webhook_attempted(&w->act, &hook, &d, &bad, &once, &begins)), E_OK);
    assert_false(begins);
    assert_int_equal(ACT(w, webhook_attempted(&w->act, &hook, &d, &bad, &retry, &begins)), E_OK);
    assert_int_equal(only_one(w, hook.id).state, 2);
    assert_int_equal(ACT(w, webhook_delete(&w->act, hook.id)), E_OK);
    assert_int_equal(ACT(w, webhook_attempted(&w->act, &hook, &d, &good, &retry, &begins)), E_OK);
    assert_int_equal(due(w), 0);
}

/* A mail, a webhook and the secret of a provider, each with a word that is not to be seen. */
static struct row_provider provider_of(struct world *w)
{
    struct row_provider row;
    const struct provider_in in = { .name = STR("keycloak"),
                                    .issuer = STR("https://kc.example/realms/a"),
                                    .client_id = STR("seneschal"),
                                    .client_secret = STR("provider-secret") };
    assert_int_equal(ACT(w, provider_create(&w->act, &in, &row)), E_OK);
    return row;
}

static err_t post(struct world *w, str_t subject)
{
    const struct notice_text text = { subject, STR("mail-secret\n") };
    return mail_add(&w->act, STR("ann@example.org"), NOTICE_RECOVERY, &text);
}

static void opens_all(struct world *w, oid_t hook, oid_t provider)
{
    struct row_webhook h;
    struct row_provider p;
    struct mail_due mail;
    struct json *open = NULL;
    str_t secret = STR_NONE;
    assert_int_equal(webhook_get(&w->act, hook, &h), E_OK);
    assert_int_equal(webhook_unseal(&w->act, &h, &open), E_OK);
    assert_true(str_eq(json_string(json_member(open, STR("token"))), STR("t0p")));
    json_free(open);
    assert_int_equal(provider_get(&w->act, provider, &p), E_OK);
    assert_int_equal(provider_secret(&w->act, &p, &secret), E_OK);
    assert_true(str_eq(secret, STR("provider-secret")));
    assert_int_equal(mail_next(&w->act, &mail), E_OK);
    assert_true(str_eq(mail.text.text, STR("mail-secret\n")));
}

static int64_t only_epoch(struct world *w)
{
    struct data_key_line *keys = NULL;
    size_t n = 0;
    assert_int_equal(data_key_list(&w->act, STR(DATA_KEY_OUTGOING), &keys, &n), E_OK);
    assert_int_equal(n, 1);
    return keys[0].epoch;
}

static err_t rotated(struct world *w)
{
    struct data_key key;
    return data_key_add(&w->act, STR(DATA_KEY_OUTGOING), &key);
}

static void test_what_was_sealed_before_is_sealed_anew(void **state)
{
    enum { MAILS = 5, SLICE = 4 };
    struct world *w = *state;
    struct data_resealed done = { .n = 99 };
    assert_int_equal(ACT(w, hook_reseal(&w->act, SLICE, &done)), E_OK); /* nothing is there */
    assert_int_equal(done.n + done.retired_n, 0);
    const struct row_webhook hook = hook_of(w, "h", "*");
    const struct row_provider provider = provider_of(w);
    for (int i = 0; i < MAILS; i++)
        assert_int_equal(ACT(w, post(w, STR("hello"))), E_OK);
    assert_int_equal(ACT(w, rotated(w)), E_OK);
    assert_int_equal(ACT(w, rotated(w)), E_OK); /* again, before the job has come */
    opens_all(w, hook.id, provider.id);
    const struct row_webhook late = hook_of(w, "late", "*");
    assert_int_equal(late.epoch, 3);
    assert_int_equal(ACT(w, hook_reseal(&w->act, SLICE, &done)), E_OK);
    assert_int_equal(done.n, SLICE);
    assert_int_equal(done.retired_n, 0);
    opens_all(w, hook.id, provider.id);
    assert_int_equal(ACT(w, hook_reseal(&w->act, SLICE, &done)), E_OK);
    assert_int_equal(done.n, MAILS + 2 - SLICE);
    assert_int_equal(done.retired_n, 2);
    assert_int_equal(done.retired[0], 1);
    assert_int_equal(done.retired[1], 2);
    assert_int_equal(only_epoch(w), 3);
    opens_all(w, hook.id, provider.id);
    opens_all(w, late.id, provider.id);
    struct row_webhook h;
    struct row_provider p;
    assert_int_equal(webhook_get(&w->act, hook.id, &h), E_OK);
    assert_int_equal(h.epoch, 3);
    assert_int_equal(h.revision, hook.revision); /* sealing anew is no change */
    assert_false(oid_eq(h.key_id, hook.key_id));
    assert_int_equal(provider_get(&w->act, provider.id, &p), E_OK);
    assert_int_equal(p.epoch.v, 3);
    assert_int_equal(p.revision, provider.revision);
}

/* Two rows changed about are found, and the old key stays until somebody has looked. */
static void test_a_row_that_was_tampered_with_stops_it(void **state)
{
    struct world *w = *state;
    struct data_resealed done = { .n = 99 };
    struct row_webhook a = hook_of(w, "a", "*");
    struct row_webhook b = hook_of(w, "b", "*");
    assert_int_equal(
        ACT(w, sql_webhook_reseal(w->store.db, &(struct sql_webhook_reseal){ .id = b.id,
                                                                             .epoch = a.epoch,
                                                                             .key_id = a.key_id,
                                                                             .sealed = a.sealed })),
        E_OK);
    assert_int_equal(ACT(w, rotated(w)), E_OK);
    assert_int_equal(ACT(w, hook_reseal(&w->act, 10, &done)), E_CORRUPT);
    assert_int_equal(done.n, 99);
    assert_int_equal(webhook_get(&w->act, a.id, &a), E_OK);
    assert_int_equal(a.epoch, 1);
    assert_int_equal(ACT(w, webhook_delete(&w->act, b.id)), E_OK);
    assert_int_equal(ACT(w, hook_reseal(&w->act, 10, &done)), E_OK);
    assert_int_equal(done.retired_n, 1);
}

static struct row_webhook known; /* of the fault loops */
static struct row_delivery waiting;

static err_t fan_it(struct world *w, void *ret)
{
    return webhook_fan(&w->act, 10, ret);
}

static err_t fail_it(struct world *w, void *ret)
{
    return webhook_attempted(&w->act, &known, &waiting, &bad, &retry, ret);
}

static err_t give_up_it(struct world *w, void *ret)
{
    const struct webhook_retry once = { .attempts = 1, .first = retry.first };
    return webhook_attempted(&w->act, &known, &waiting, &bad, &once, ret);
}

static err_t deliver_it(struct world *w, void *ret)
{
    return webhook_attempted(&w->act, &known, &waiting, &good, &retry, ret);
}

static err_t again_it(struct world *w, void *ret)
{
    return delivery_again(&w->act, known.id, waiting.id, ret);
}

static err_t list_it(struct world *w, void *ret)
{
    size_t n;
    const struct delivery_ask ask = { .webhook = known.id, .limit = 10 };
    return delivery_list(&w->act, &ask, ret, &n);
}

static err_t reseal_it(struct world *w, void *ret)
{
    return hook_reseal(&w->act, 10, ret);
}

static void test_each_step_may_fail(void **state)
{
    static const struct fault_case cases[] = {
        { "fan", fan_it, sizeof(bool) },
        { "a failed attempt", fail_it, sizeof(bool) },
        { "giving up", give_up_it, sizeof(bool) },
        { "a good attempt", deliver_it, sizeof(bool) },
        { "again", again_it, sizeof(struct row_delivery) },
        { "list", list_it, sizeof(struct row_delivery *) },
        { "sealing anew", reseal_it, sizeof(struct data_resealed) },
    };
    struct world *w = *state;
    known = hook_of(w, "h", "*");
    happened(w, w->org, "user.created");
    waiting = only_one(w, known.id);
    assert_int_equal(ACT(w, happens(w, w->org, "user.created")), E_OK);
    const struct row_provider provider = provider_of(w);
    assert_int_equal(ACT(w, post(w, STR("hello"))), E_OK);
    assert_int_equal(ACT(w, rotated(w)), E_OK);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        fails_whole(w, &cases[i]);
    opens_all(w, known.id, provider.id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_event_reaches_who_wants_it),
        TEST(test_the_outbox_is_emptied_in_slices),
        TEST(test_beyond_what_may_wait_it_is_given_up),
        TEST(test_pauses_grow_to_a_most),
        TEST(test_it_is_tried_again_and_given_up),
        TEST(test_a_late_answer_changes_nothing),
        TEST(test_what_was_sealed_before_is_sealed_anew),
        TEST(test_a_row_that_was_tampered_with_stops_it),
        TEST(test_each_step_may_fail),
    };
    return cmocka_run_group_tests_name("delivery", tests, NULL, NULL);
}
