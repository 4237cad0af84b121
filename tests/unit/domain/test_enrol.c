/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/assignment.h"
#include "domain/policy/policy.h"
#include "fleet.h"

#include "base/enc.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

static str_t text_of(const struct token_text *t)
{
    return str_of(t->p, t->n);
}

static void test_the_same_claim_gives_the_same_token_until_it_is_used(void **state)
{
    struct world *w = *state;
    struct enrol_init_out request = asked(w, STR("pc"));
    struct enrol_confirm_out first;
    assert_int_equal(ACT(w, fetch(w, &request, STR_NONE, &first)), E_OK);
    assert_int_equal(first.outcome, ENROL_WAITS);
    assert_int_equal(ACT(w, approve(w, request.device_id, (oid_t){ 0 })), E_OK);
    assert_int_equal(ACT(w, fetch(w, &request, STR_NONE, &first)), E_OK);
    assert_int_equal(first.outcome, ENROL_HAS_TOKEN);
    for (int i = 0; i < 19; i++) {
        struct enrol_confirm_out again;
        assert_int_equal(ACT(w, fetch(w, &request, STR_NONE, &again)), E_OK);
        assert_true(str_eq(text_of(&first.token), text_of(&again.token)));
        assert_int_equal(again.join_seq, 1);
    }
    assert_int_equal(settled(w, &first.token), SETTLE_GOOD);
    assert_int_equal(settled(w, &first.token), SETTLE_CURRENT);
    struct enrol_confirm_out late;
    assert_int_equal(ACT(w, fetch(w, &request, STR_NONE, &late)), E_CLAIM_USED);
    assert_int_equal(device_now(w, request.device_id).join_seq, 1);
}

static void test_a_claim_ends_a_day_after_its_approval(void **state)
{
    struct world *w = *state;
    struct enrol_init_out request = asked(w, STR("pc"));
    struct enrol_confirm_out out;
    assert_int_equal(ACT(w, approve(w, request.device_id, (oid_t){ 0 })), E_OK);
    world_time(w, ts_add(world_start, (dur_t){ ENROL_CLAIM_TTL.us - 1 }));
    assert_int_equal(ACT(w, fetch(w, &request, STR_NONE, &out)), E_OK);
    world_time(w, ts_add(world_start, ENROL_CLAIM_TTL));
    assert_int_equal(ACT(w, fetch(w, &request, STR_NONE, &out)), E_CLAIM_USED);
}

static void test_twenty_inits_of_one_machine_are_one_device(void **state)
{
    struct world *w = *state;
    struct enrol_init_out first = asked(w, STR("pc"));
    for (int i = 1; i < 20; i++) {
        struct enrol_init_out out;
        err_t e = ACT(w, ask(w, STR("pc"), NULL, STR_NONE, &out));
        assert_int_equal(e, i < ENROL_OPEN_PER_DEVICE ? E_OK : E_RATE_LIMITED);
        assert_true(e != E_OK || oid_eq(out.device_id, first.device_id));
    }
}

static void test_a_stranger_gets_nothing_when_the_right_one_is_approved(void **state)
{
    struct world *w = *state;
    struct enrol_init_out right = asked(w, STR("pc"));
    struct enrol_init_out stranger = asked(w, STR("pc"));
    struct enrol_decide_in in = { .device_id = right.device_id, .rules = &w->rules };
    struct enrol_several several;
    as_admin(w);
    assert_int_equal(ACT(w, enrol_approve(&w->act, &in, &several)), E_OK);
    assert_int_equal(several.n, 2);
    assert_int_equal(device_now(w, right.device_id).status, DEVICE_PENDING);
    assert_int_equal(ACT(w, approve(w, right.device_id, right.request_id)), E_OK);
    struct enrol_confirm_out out;
    assert_int_equal(ACT(w, fetch(w, &stranger, STR_NONE, &out)), E_CONFLICT);
    assert_int_equal(ACT(w, fetch(w, &right, STR_NONE, &out)), E_OK);
    struct token_text wrong = right.claim;
    wrong.p[wrong.n - 1] = wrong.p[wrong.n - 1] == 'A' ? 'B' : 'A';
    right.claim = wrong;
    assert_int_equal(ACT(w, fetch(w, &right, STR_NONE, &out)), E_CLAIM_WRONG);
    right.device_id = oid_make();
    assert_int_equal(ACT(w, fetch(w, &right, STR_NONE, &out)), E_CLAIM_WRONG);
}

static void test_an_idempotency_key_finds_its_request_again(void **state)
{
    struct world *w = *state;
    const str_t nonce = STR("0123456789abcdefghijkl");
    struct enrol_init_out a;
    struct enrol_init_out b;
    as_nobody(w);
    assert_int_equal(ACT(w, ask(w, STR("pc"), NULL, nonce, &a)), E_OK);
    assert_int_equal(ACT(w, ask(w, STR("pc"), NULL, nonce, &b)), E_OK);
    assert_true(oid_eq(a.request_id, b.request_id));
    assert_true(str_eq(text_of(&a.claim), text_of(&b.claim)));
    assert_true(str_eq(a.code, b.code));
    assert_false(str_eq(a.challenge.nonce, b.challenge.nonce));
    assert_int_equal(ACT(w, ask(w, STR("pc-2"), NULL, nonce, &b)), E_CONFLICT);
}

static str_t signature_of(struct world *w, const secret_t *seed,
                          const struct enrol_init_out *request, const struct challenge *c)
{
    struct pubkey key = public_of(seed);
    uint8_t raw[ED25519_SIG];
    str_t message;
    str_t text;
    assert_int_equal(challenge_message(w->store.a, c, request->device_id, &key, &message), E_OK);
    ed25519_sign(seed, message, raw);
    assert_int_equal(base64url_make(w->store.a, raw, sizeof raw, &text), E_OK);
    return text;
}

static void test_a_key_must_sign_and_a_nonce_is_good_once(void **state)
{
    struct world *w = *state;
    const secret_t seed = { .b = { 7 }, .n = ED25519_SEED };
    const secret_t thief = { .b = { 8 }, .n = ED25519_SEED };
    struct pubkey key = public_of(&seed);
    struct enrol_init_out request;
    struct enrol_confirm_out out;
    as_nobody(w);
    assert_int_equal(ACT(w, ask(w, STR("pc"), &key, STR_NONE, &request)), E_OK);
    assert_int_equal(ACT(w, approve(w, request.device_id, (oid_t){ 0 })), E_OK);
    assert_int_equal(ACT(w, fetch(w, &request, STR_NONE, &out)), E_OK);
    assert_int_equal(out.outcome, ENROL_SIGN);
    assert_int_equal(
        ACT(w, fetch(w, &request, signature_of(w, &thief, &request, &out.challenge), &out)), E_OK);
    assert_int_equal(out.outcome, ENROL_SIGN);
    str_t right = signature_of(w, &seed, &request, &out.challenge);
    assert_int_equal(ACT(w, fetch(w, &request, right, &out)), E_OK);
    assert_int_equal(out.outcome, ENROL_HAS_TOKEN);
    struct token_text token = out.token;
    assert_int_equal(ACT(w, fetch(w, &request, right, &out)), E_OK);
    assert_int_equal(out.outcome, ENROL_TOO_LATE);
    world_time(w, ts_add(w->act.now, ENROL_NONCE_TTL));
    right = signature_of(w, &seed, &request, &out.challenge);
    assert_int_equal(ACT(w, fetch(w, &request, right, &out)), E_OK);
    assert_int_equal(out.outcome, ENROL_TOO_LATE); /* ten minutes are over */
    assert_int_equal(
        ACT(w, fetch(w, &request, signature_of(w, &seed, &request, &out.challenge), &out)), E_OK);
    assert_true(str_eq(text_of(&token), text_of(&out.token)));
}

/* The worker's look at a signature counts only for the nonce and key that it was made with. */
static void test_a_signature_is_looked_at_beforehand(void **state)
{
    struct world *w = *state;
    const secret_t seed = { .b = { 7 }, .n = ED25519_SEED };
    struct pubkey key = public_of(&seed);
    struct enrol_init_out request;
    struct enrol_confirm_out out;
    struct challenge_proof proof;
    as_nobody(w);
    assert_int_equal(ACT(w, ask(w, STR("pc"), &key, STR_NONE, &request)), E_OK);
    assert_int_equal(ACT(w, approve(w, request.device_id, (oid_t){ 0 })), E_OK);
    struct enrol_confirm_in in = { .device_id = request.device_id,
                                   .claim = text_of(&request.claim),
                                   .signature =
                                       signature_of(w, &seed, &request, &request.challenge),
                                   .proof = &proof,
                                   .rules = &w->rules };
    as_nobody(w);
    oid_t org = w->act.org = w->other_org;
    assert_int_equal(enrol_confirm_try(&w->act, &in, &proof), E_OK);
    assert_true(oid_eq(w->act.org, org));
    assert_int_equal(proof.n, 1);
    assert_true(proof.tried[0].fits);
    proof.tried[0].fits = false; /* it is believed */
    assert_int_equal(ACT(w, enrol_confirm(&w->act, &in, &out)), E_OK);
    assert_int_equal(out.outcome, ENROL_SIGN);
    proof.tried[0].fits = true;
    proof.tried[0].nonce = STR("another"); /* and then looked at anew */
    assert_int_equal(ACT(w, enrol_confirm(&w->act, &in, &out)), E_OK);
    assert_int_equal(out.outcome, ENROL_HAS_TOKEN);
    proof.tried[0].nonce = request.challenge.nonce;
    assert_int_equal(ACT(w, enrol_confirm(&w->act, &in, &out)), E_OK);
    assert_int_equal(out.outcome,
                     ENROL_TOO_LATE); /* a nonce is good once, whoever vouches for it */
    in.claim = STR("sen_c_wrong");
    assert_int_equal(enrol_confirm_try(&w->act, &in, &proof), E_OK);
    assert_int_equal(proof.n, 0);
    assert_int_equal(ACT(w, enrol_confirm(&w->act, &in, &out)), E_CLAIM_WRONG);
}

static void test_a_machine_that_lost_its_state_comes_back_with_its_key(void **state)
{
    struct world *w = *state;
    const secret_t seed = { .b = { 7 }, .n = ED25519_SEED };
    struct pubkey key = public_of(&seed);
    struct enrol_init_out request;
    struct enrol_confirm_out out;
    as_nobody(w);
    assert_int_equal(ACT(w, ask(w, STR("pc"), &key, STR_NONE, &request)), E_OK);
    assert_int_equal(ACT(w, approve(w, request.device_id, (oid_t){ 0 })), E_OK);
    assert_int_equal(
        ACT(w, fetch(w, &request, signature_of(w, &seed, &request, &request.challenge), &out)),
        E_OK);
    struct token_text old = out.token;
    assert_int_equal(settled(w, &old), SETTLE_GOOD);
    as_nobody(w);
    assert_int_equal(ACT(w, ask(w, STR("pc"), NULL, STR_NONE, &request)), E_ALREADY_ENROLLED);
    assert_int_equal(ACT(w, ask(w, STR("pc-2"), &key, STR_NONE, &request)), E_ALREADY_KNOWN);
    assert_int_equal(ACT(w, ask(w, STR("pc"), &key, STR_NONE, &request)), E_OK);
    assert_int_equal(device_now(w, request.device_id).status, DEVICE_ENROLLED);
    assert_int_equal(ACT(w, fetch(w, &request, STR_NONE, &out)), E_OK);
    assert_int_equal(out.outcome, ENROL_SIGN);
    assert_int_equal(
        ACT(w, fetch(w, &request, signature_of(w, &seed, &request, &out.challenge), &out)), E_OK);
    assert_int_equal(out.join_seq, 2);
    assert_int_equal(settled(w, &out.token), SETTLE_GOOD);
    assert_int_equal(settled(w, &old), SETTLE_CLONE);
}

static void test_a_machine_with_a_key_is_not_reactivated_without_it(void **state)
{
    struct world *w = *state;
    const secret_t seed = { .b = { 7 }, .n = ED25519_SEED };
    struct pubkey key = public_of(&seed);
    struct enrol_init_out request;
    as_nobody(w);
    assert_int_equal(ACT(w, ask(w, STR("pc"), &key, STR_NONE, &request)), E_OK);
    assert_int_equal(ACT(w, approve(w, request.device_id, (oid_t){ 0 })), E_OK);
    assert_int_equal(ACT(w, device_change(&w->act, request.device_id, MOVE_UNINSTALL, STR_NONE)),
                     E_OK);
    struct enrol_init_out stranger = asked(w, STR("pc"));
    assert_int_equal(ACT(w, approve(w, stranger.device_id, stranger.request_id)), E_ALREADY_KNOWN);
    as_nobody(w);
    assert_int_equal(ACT(w, ask(w, STR("pc"), &key, STR_NONE, &request)), E_OK);
    assert_int_equal(ACT(w, approve(w, request.device_id, request.request_id)), E_OK);
}

static void test_an_organisation_has_room_for_so_many(void **state)
{
    struct world *w = *state;
    struct enrol_init_out out;
    struct enrol_init_out first = asked(w, STR("pc-0"));
    w->rules.open_most = 2;
    (void)asked(w, STR("pc-1"));
    assert_int_equal(ACT(w, ask(w, STR("pc-2"), NULL, STR_NONE, &out)), E_OVERLOADED);
    assert_int_equal(ACT(w, approve(w, first.device_id, (oid_t){ 0 })), E_OK);
    (void)asked(w, STR("pc-2"));
    assert_int_equal(ACT(w, ask(w, STR("pc-3"), NULL, STR_NONE, &out)), E_OVERLOADED);
}

static void test_requests_are_gone_after_a_week(void **state)
{
    struct world *w = *state;
    struct token_text token;
    struct enrol_init_out fresh = asked(w, STR("fresh"));
    (void)asked(w, STR("fresh"));
    oid_t known = enrolled(w, STR("known"), &token);
    as_admin(w);
    assert_int_equal(ACT(w, device_change(&w->act, known, MOVE_UNINSTALL, STR("update"))), E_OK);
    (void)asked(w, STR("known"));
    assert_int_equal(device_now(w, known).status, DEVICE_PENDING);
    struct row_policy_info policy;
    struct row_assignment assignment;
    as_admin(w);
    assert_int_equal(
        ACT(w, policy_create(&w->act, &(struct policy_words){ .name = STR("p") }, &policy)), E_OK);
    struct assignment_in assign = { .policy_id = policy.id,
                                    .scope = SCOPE_DEVICE,
                                    .target_id = fresh.device_id };
    assert_int_equal(ACT(w, assignment_create(&w->act, &assign, &assignment)), E_OK);
    assert_int_equal(ACT(w, policy_delete(&w->act, policy.id)), E_CONFLICT);
    size_t n;
    assert_int_equal(ACT(w, enrol_expire(&w->act, 100, &n)), E_OK);
    assert_int_equal(n, 0);
    world_time(w, ts_add(world_start, DUR_DAYS(-5))); /* a clock that was set back ends nothing */
    assert_int_equal(ACT(w, enrol_expire(&w->act, 100, &n)), E_OK);
    assert_int_equal(n, 0);
    world_time(w,
               ts_add(world_start, DUR_DAYS(30))); /* ids of earlier tests ran ahead of the clock */
    assert_int_equal(ACT(w, enrol_expire(&w->act, 100, &n)), E_OK);
    struct row_device d;
    w->act.org = w->org;
    assert_int_equal(device_get(&w->act, fresh.device_id, &d), E_NOT_FOUND);
    assert_int_equal(ACT(w, policy_delete(&w->act, policy.id)), E_OK);
    assert_int_equal(device_now(w, known).status, DEVICE_UNINSTALLED);
    w->rules.open_most = 1; /* the count came down with them */
    (void)asked(w, STR("another"));
}

static void test_refusals_stand_in_their_order(void **state)
{
    struct world *w = *state;
    struct token_text token;
    struct enrol_init_out out;
    oid_t id = enrolled(w, STR("pc"), &token);
    as_nobody(w);
    assert_int_equal(ACT(w, ask(w, STR("pc"), NULL, STR_NONE, &out)), E_ALREADY_ENROLLED);
    w->rules.locked = true;
    assert_int_equal(ACT(w, ask(w, STR("pc"), NULL, STR_NONE, &out)), E_ALREADY_ENROLLED);
    assert_int_equal(ACT(w, ask(w, STR("new"), NULL, STR_NONE, &out)), E_FLEET_LOCKED);
    as_admin(w);
    assert_int_equal(ACT(w, device_change(&w->act, id, MOVE_BLOCK, STR_NONE)), E_OK);
    assert_int_equal(ACT(w, ask(w, STR("pc"), NULL, STR_NONE, &out)), E_DEVICE_BLOCKED);
    assert_int_equal(ACT(w, device_change(&w->act, id, MOVE_REVOKE, STR_NONE)), E_OK);
    assert_int_equal(ACT(w, ask(w, STR("pc"), NULL, STR_NONE, &out)), E_DEVICE_REVOKED);
}

static void test_another_organisation_has_none_of_it(void **state)
{
    struct world *w = *state;
    struct token_text token;
    struct row_device d;
    oid_t id = enrolled(w, STR("pc"), &token);
    as_admin(w);
    w->act.org = w->other_org;
    assert_int_equal(device_get(&w->act, id, &d), E_NOT_FOUND);
    assert_int_equal(device_by_machine_id(&w->act, STR("pc"), &d), E_NOT_FOUND);
    assert_int_equal(ACT(w, device_change(&w->act, id, MOVE_REVOKE, STR_NONE)), E_NOT_FOUND);
    assert_int_equal(ACT(w, device_delete(&w->act, id)), E_NOT_FOUND);
    struct enrol_init_out out;
    assert_int_equal(ACT(w, ask(w, STR("pc"), NULL, STR_NONE, &out)), E_OK);
    assert_false(oid_eq(out.device_id, id));
    assert_int_equal(device_now(w, id).status, DEVICE_ENROLLED);
}

/* The whole way, each step in its own transaction: where one fails, nothing of it stays, and it can
 * be done again. */
static void test_a_failure_at_any_step_can_be_repeated(void **state)
{
    struct world *w = *state;
    for (long n = 0;; n++) {
        struct enrol_init_out request;
        struct enrol_confirm_out out;
        char name[32];
        (void)snprintf(name, sizeof name, "pc-%ld", n);
        arena_reset(w->store.a);
        as_nobody(w);
        bool fired = false;
#define AGAIN(call)                                                                                \
    do {                                                                                           \
        world_begin(w);                                                                            \
        fault_arm(n);                                                                              \
        err_t e = call;                                                                            \
        bool now = fault_used();                                                                   \
        fault_disarm();                                                                            \
        fired = fired || now;                                                                      \
        assert_true(now || e == E_OK);                                                             \
        if (world_end(w, e) != E_OK)                                                               \
            assert_int_equal(ACT(w, call), E_OK);                                                  \
    } while (0)
        AGAIN(ask(w, str_from_cz(name), NULL, STR("0123456789abcdefghijkl"), &request));
        AGAIN(approve(w, request.device_id, (oid_t){ 0 }));
        AGAIN(fetch(w, &request, STR_NONE, &out));
        digest_t hash = sha256_of(text_of(&out.token));
        enum settle outcome;
        oid_t device;
        AGAIN(device_token_settle(&w->act, &hash, &device, &outcome));
        assert_int_equal(outcome, SETTLE_GOOD);
        as_admin(w);
        AGAIN(device_change(&w->act, device, MOVE_REVOKE, STR("lost")));
        AGAIN(device_change(&w->act, device, MOVE_REINSTATE, STR_NONE));
        AGAIN(device_delete(&w->act, device));
#undef AGAIN
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_same_claim_gives_the_same_token_until_it_is_used),
        TEST(test_a_claim_ends_a_day_after_its_approval),
        TEST(test_twenty_inits_of_one_machine_are_one_device),
        TEST(test_a_stranger_gets_nothing_when_the_right_one_is_approved),
        TEST(test_an_idempotency_key_finds_its_request_again),
        TEST(test_a_key_must_sign_and_a_nonce_is_good_once),
        TEST(test_a_signature_is_looked_at_beforehand),
        TEST(test_a_machine_that_lost_its_state_comes_back_with_its_key),
        TEST(test_a_machine_with_a_key_is_not_reactivated_without_it),
        TEST(test_an_organisation_has_room_for_so_many),
        TEST(test_requests_are_gone_after_a_week),
        TEST(test_refusals_stand_in_their_order),
        TEST(test_another_organisation_has_none_of_it),
        TEST(test_a_failure_at_any_step_can_be_repeated),
    };
    return cmocka_run_group_tests_name("enrol", tests, NULL, NULL);
}
