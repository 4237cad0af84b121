/* SPDX-License-Identifier: Apache-2.0 */
/* Machines that enrol, step by step: for the tests of the fleet. */
#ifndef TESTS_DOMAIN_FLEET_H
#define TESTS_DOMAIN_FLEET_H

#include "domain/fleet/agents.h"
#include "domain/fleet/enrol.h"
#include "domain/fleet/rotate.h"
#include "fleet_world.h"

static inline err_t ask(struct world *w, str_t machine, const struct pubkey *key, str_t idem,
                        struct enrol_init_out *ret)
{
    struct enrol_init_in in = {
        .machine_id = machine, .idem = idem, .address = STR("192.0.2.1"), .rules = &w->rules
    };
    if (key != NULL)
        in.key = *key;
    return enrol_init(&w->act, &in, ret);
}

static inline struct enrol_init_out asked(struct world *w, str_t machine)
{
    struct enrol_init_out out;
    as_nobody(w);
    assert_int_equal(ACT(w, ask(w, machine, NULL, STR_NONE, &out)), E_OK);
    return out;
}

static inline err_t approve(struct world *w, oid_t device, oid_t request)
{
    struct enrol_several several;
    struct enrol_decide_in in = { .device_id = device, .request_id = request, .rules = &w->rules };
    as_admin(w);
    return enrol_approve(&w->act, &in, &several);
}

static inline err_t fetch(struct world *w, const struct enrol_init_out *request, str_t signature,
                          struct enrol_confirm_out *ret)
{
    struct enrol_confirm_in in = { .device_id = request->device_id,
                                   .claim = str_of(request->claim.p, request->claim.n),
                                   .signature = signature,
                                   .rules = &w->rules };
    as_nobody(w);
    return enrol_confirm(&w->act, &in, ret);
}

static inline enum settle settled(struct world *w, const struct token_text *token)
{
    digest_t hash = sha256_of(str_of(token->p, token->n));
    oid_t device;
    enum settle outcome;
    assert_int_equal(ACT(w, device_token_settle(&w->act, &hash, &device, &outcome)), E_OK);
    return outcome;
}

/* In by the lobby, its token used once. */
static inline oid_t enrolled(struct world *w, str_t machine, struct token_text *ret_token)
{
    struct enrol_init_out request = asked(w, machine);
    struct enrol_confirm_out out;
    assert_int_equal(ACT(w, approve(w, request.device_id, (oid_t){ 0 })), E_OK);
    assert_int_equal(ACT(w, fetch(w, &request, STR_NONE, &out)), E_OK);
    assert_int_equal(settled(w, &out.token), SETTLE_GOOD);
    *ret_token = out.token;
    return request.device_id;
}

static inline struct row_device device_now(struct world *w, oid_t id)
{
    struct row_device d = { 0 };
    w->act.org = w->org;
    assert_int_equal(device_get(&w->act, id, &d), E_OK);
    return d;
}

static inline oid_t key_made(struct world *w, struct enrolment_key_in in)
{
    struct row_enrolment_key row;
    struct token_text text;
    in.name = STR("key");
    as_admin(w);
    assert_int_equal(ACT(w, enrolment_key_make(&w->act, &in, &row, &text)), E_OK);
    return row.id;
}

static inline struct pubkey public_of(const secret_t *seed)
{
    uint8_t raw[ED25519_PUBLIC];
    struct pubkey key;
    ed25519_public(seed, raw);
    assert_int_equal(pubkey_from_raw(PUBKEY_ED25519, str_of(raw, sizeof raw), STR_NONE, &key),
                     E_OK);
    return key;
}

#endif
