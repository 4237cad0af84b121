/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing in on another machine (RFC 8628): a client without a browser asks and shows a short code,
 * a person types it in where he is signed in, looks at who asks, and decides; meanwhile the client
 * asks again and again.
 */
#ifndef DOMAIN_OAUTH_DEVICE_CODE_H
#define DOMAIN_OAUTH_DEVICE_CODE_H

#include "domain/identity/keys.h"
#include "domain/live/act.h"
#include "domain/oauth/user_code.h"
#include "plat/crypto/crypto.h"
#include "sql/machine.h"

enum {
    DEVICE_CODE_INTERVAL_S =
        5,                    /* between two polls; so much longer after each that came too soon */
    DEVICE_CODES_MAX = 10000, /* open ones, of all organisations */
    DEVICE_CODE_AGENT_MAX = 200, /* of what the client calls itself, bytes */
};
#define DEVICE_CODE_LIFE  DUR_S(600)
#define DEVICE_CODE_SLACK DUR_MS(500) /* a poll that was under way: networks are no clocks */

enum device_code_state { DEVICE_ASKED = 1, DEVICE_APPROVED, DEVICE_DENIED, DEVICE_USED };

struct device_code_in {
    oid_t org; /* of the application */
    oid_t application;
    str_t scope;
    str_t resource;
    str_t dpop_jkt; /* absent: not bound */
    str_t ip;
    str_t agent;
};
struct device_code_made {
    struct token_text text; /* "sen_v_": the caller wipes it */
    struct user_code code;
};
/* E_OVERLOADED: too many are open. */
err_t device_code_make(struct act *act, const struct device_code_in *in,
                       struct device_code_made *ret) MUST_USE;

/* One that waits for a person. E_NOT_FOUND. */
err_t device_code_find(struct act *act, const struct user_code *code,
                       struct row_device_code *ret) MUST_USE;
/* Somebody of act->org decides; `amr`: how he has signed in. E_NOT_FOUND: it is decided or over. */
err_t device_code_decide(struct act *act, oid_t id, bool approve, oid_t user, int64_t amr) MUST_USE;

enum device_poll {
    DEVICE_POLL_GOOD, /* spent: whoever comes now gets nothing */
    DEVICE_POLL_PENDING,
    DEVICE_POLL_SLOW, /* this and the one before are changes, and must be committed */
    DEVICE_POLL_DENIED,
    DEVICE_POLL_EXPIRED,
};
/* The client polls. E_INVALID_GRANT: not known, another client's, or used. */
err_t device_code_poll(struct act *act, str_t text, oid_t application, enum device_poll *ret_poll,
                       struct row_device_code *ret) MUST_USE;

err_t device_codes_expire(struct act *act, int64_t limit) MUST_USE;

#endif
