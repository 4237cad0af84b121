/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to enrol as rows: what is approved is a request, with its key, claim and address, never
 * a name. */
#ifndef DOMAIN_FLEET_REQUESTS_H
#define DOMAIN_FLEET_REQUESTS_H

#include "domain/fleet/device.h"
#include "plat/crypto/crypto.h"

enum enrol_state {
    ENROL_OPEN,     /* waits for a decision */
    ENROL_APPROVED, /* its claim gives the token */
    ENROL_USED,     /* that token was used */
    ENROL_REFUSED,
    ENROL_ENDED, /* another request was approved, or the device went another way */
};

enum {
    ENROL_OPEN_PER_DEVICE = 8,
    ENROL_OPEN_PER_ORG = 10000,
    ENROL_CODE_TEXT = 8,
};

#define ENROL_OPEN_TTL  DUR_DAYS(7)   /* an open request */
#define ENROL_CLAIM_TTL DUR_HOURS(24) /* from approval to the token's first use */
#define ENROL_NONCE_TTL DUR_S(600)

/* A challenge as it stands in an answer (API "confirm"). */
struct challenge {
    str_t nonce;
    str_t context;
    ts_t expires_at;
};

/* The machine's own words. */
struct device_words {
    str_t hostname;
    str_t kind;
    str_t os;
    str_t client_version;
    str_t fingerprint;
    str_t user_hint;
    str_t labels;   /* JSON object of texts */
    str_t metadata; /* JSON object */
};

/* The open ones that have not run out. */
err_t requests_open(struct act *act, oid_t device, struct row_enrol_request **ret,
                    size_t *ret_n) MUST_USE;

/* End all of a device: the open ones, and with ENROL_APPROVED those whose claim still gives a token
 * too. */
err_t requests_end(struct act *act, oid_t device, enum enrol_state upto) MUST_USE;

/* One open request less in the organisation's count. */
err_t requests_closed(struct act *act, int64_t n) MUST_USE;

/* A new nonce for this request, written; the one before is remembered as spent. */
err_t challenge_renew(struct act *act, struct row_enrol_request *rq,
                      struct challenge *ret) MUST_USE;
/* The nonce that stands, or a new one where it has run out (or has less than `least` to go). */
err_t challenge_current(struct act *act, struct row_enrol_request *rq,
                        struct challenge *ret) MUST_USE;
/* A nonce for a request that is not written yet. */
err_t challenge_first(struct act *act, struct challenge *ret) MUST_USE;

enum challenge_check { CHALLENGE_RIGHT, CHALLENGE_LATE, CHALLENGE_WRONG };

/* What a worker found out beforehand: does the signature fit these nonces under this key? */
enum { CHALLENGE_TRIED_MAX = 2 };
struct challenge_proof {
    str_t key; /* DER SubjectPublicKeyInfo */
    struct {
        str_t nonce;
        bool fits;
    } tried[CHALLENGE_TRIED_MAX];
    size_t n;
};
/* Reads only: what takes as long as a whole transaction is done outside of it. */
err_t challenge_try(struct act *act, const struct row_enrol_request *rq, str_t signature,
                    struct challenge_proof *ret) MUST_USE;

/* `signature`: base64url, 64 bytes; `proof`: NULL, or of this signature. RIGHT spends the nonce.
 * LATE: right, but over a nonce that is over. */
err_t challenge_verify(struct act *act, struct row_enrol_request *rq, str_t signature,
                       const struct challenge_proof *proof, enum challenge_check *ret) MUST_USE;

/* What is signed: context \0 device id \0 nonce \0 SHA-256 of the SubjectPublicKeyInfo. For clients
 * and tests too. */
err_t challenge_message(struct arena *a, const struct challenge *c, oid_t device,
                        const struct pubkey *key, str_t *ret) MUST_USE;

/* The 8 characters that a machine shows: no 0 O 1 I L U. */
void enrol_code(char out[static ENROL_CODE_TEXT]);

#endif
