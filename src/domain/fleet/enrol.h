/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Enrolment (API "Devices"; FLEET "Devices" 4): a machine asks, somebody approves that request, and
 * whoever holds its claim, and its key where it sent one, fetches the token. All on the writer.
 */
#ifndef DOMAIN_FLEET_ENROL_H
#define DOMAIN_FLEET_ENROL_H

#include "domain/fleet/enrolment_key.h"
#include "domain/fleet/fleet_lock.h"
#include "domain/fleet/requests.h"

struct enrol_init_in {
    str_t machine_id;
    struct device_words words;
    struct pubkey key; /* PUBKEY_NONE: it sent none */
    str_t idem;        /* Idempotency-Key; absent: none */
    str_t address;
    const struct fleet_rules *rules;
};

struct enrol_init_out {
    oid_t device_id;
    oid_t request_id;
    str_t code;
    oid_t user_id; /* proven by the caller's token; zero: nobody */
    struct token_text claim;
    struct challenge challenge;
    bool waits; /* a new request, which somebody has to decide about */
};

/*
 * Refusals in this order: E_DEVICE_REVOKED, E_DEVICE_BLOCKED, E_FLEET_LOCKED, E_ALREADY_KNOWN (the
 * key belongs to another machine), E_ALREADY_ENROLLED. Then E_CONFLICT (the idempotency key was
 * used with another body), E_RATE_LIMITED (too many requests of this machine), E_OVERLOADED (of the
 * organisation).
 */
err_t enrol_init(struct act *act, const struct enrol_init_in *in,
                 struct enrol_init_out *ret) MUST_USE;

struct enrol_confirm_in {
    oid_t device_id;
    str_t claim;
    str_t signature;                     /* absent: none */
    const struct challenge_proof *proof; /* of enrol_confirm_try; NULL: none */
    const struct fleet_rules *rules;
};

enum enrol_outcome {
    ENROL_WAITS, /* PENDING */
    ENROL_HAS_TOKEN,
    ENROL_SIGN,     /* a signature that fits is needed; the challenge says over what */
    ENROL_TOO_LATE, /* right, but over a nonce that is over: sign the fresh one */
};

struct enrol_confirm_out {
    enum enrol_outcome outcome;
    oid_t org; /* of the device: whoever confirms may not have said it */
    oid_t device_id;
    bool approved; /* this very call approved it, by its enrolment key */
    int64_t join_seq;
    struct token_text token;
    struct challenge challenge; /* but for ENROL_HAS_TOKEN */
};

/*
 * E_CLAIM_WRONG; E_CLAIM_USED: its token was used, or approval is 24 h ago; E_FORBIDDEN: refused;
 * E_CONFLICT: another request was approved; E_DEVICE_REVOKED, E_DEVICE_BLOCKED; of an enrolment key
 * that approves: E_FLEET_LOCKED, E_KEY_EXPIRED, E_KEY_EXHAUSTED. The outcomes that are not the
 * token may write a nonce: commit them too.
 */
err_t enrol_confirm(struct act *act, const struct enrol_confirm_in *in,
                    struct enrol_confirm_out *ret) MUST_USE;

/* Beforehand, in a read transaction: is the signature one? Says nothing of the claim, and nothing
 * that enrol_confirm would not find out by itself. */
err_t enrol_confirm_try(struct act *act, const struct enrol_confirm_in *in,
                        struct challenge_proof *ret) MUST_USE;

struct enrol_decide_in {
    oid_t device_id;
    oid_t request_id; /* zero: the only one */
    struct device_grants grants;
    str_t reason;
    const struct fleet_rules *rules;
};

/* Where several requests are open and none was named, nothing is done and they are listed. */
struct enrol_several {
    struct row_enrol_request *open;
    size_t n; /* 0: it was done */
};

/* E_NOT_FOUND, E_CONFLICT, E_FLEET_LOCKED, E_ALREADY_KNOWN, E_BAD_FIELD, E_FORBIDDEN. */
err_t enrol_approve(struct act *act, const struct enrol_decide_in *in,
                    struct enrol_several *ret) MUST_USE;
/* Ends one request; the device is REFUSED with its last one. */
err_t enrol_refuse(struct act *act, const struct enrol_decide_in *in,
                   struct enrol_several *ret) MUST_USE;

/* Requests that ran out, at most `limit`: a machine that was never in is gone with its last one, a
 * known one is UNINSTALLED again. `*ret_n` says how many there were. For a job. */
err_t enrol_expire(struct act *act, int64_t limit, size_t *ret_n) MUST_USE;

/* Inside: let this device in by this request. `key`: its enrolment key's row, NULL: without. */
struct enrol_admission {
    const struct row_device *device;
    const struct row_enrol_request *request;
    const struct device_grants *grants; /* NULL: none */
    const struct fleet_rules *rules;
    bool by_key; /* the enrolment key itself approves */
    str_t reason;
};
err_t enrol_admit(struct act *act, const struct enrol_admission *in) MUST_USE;

#endif
