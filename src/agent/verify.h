/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is an answer the server's own, for this device, and current? (FLEET.md, Signing and leases.) No
 * network, no disk, no clock: what is known and what time it is are given. Functions fail with
 * E_NO_MEMORY only; that an answer is refused is their result.
 */
#ifndef AGENT_VERIFY_H
#define AGENT_VERIFY_H

#include "base/clock.h"
#include "plat/jose/jws.h"

enum verify_refusal {
    VERIFY_GOOD,
#define REFUSAL(code, word, text) VERIFY_##code,
#include "agent/refusals.def"
#undef REFUSAL
    VERIFY_REFUSALS
};
const char *verify_word(enum verify_refusal r); /* "" for VERIFY_GOOD */
const char *verify_text(enum verify_refusal r);

enum {
    VERIFY_KEYS_MAX = 4,  /* two during a rotation */
    VERIFY_LEEWAY_S = 60, /* between two clocks that are right */
};

/* The keys that may sign for an organisation. */
struct verify_keys {
    int64_t n; /* generation; 0: none were seen */
    size_t count;
    struct verify_key {
        struct pubkey key;
        char kid[JWS_KID];
    } key[VERIFY_KEYS_MAX];
};

/* What was pinned at enrolment, and may not change any more. */
struct verify_pin {
    struct pubkey root; /* signs key sets and nothing else */
    str_t org;
};

/*
 * A key set with its signature: KEY_SET_INVALID unless the pinned root has signed these bytes, they
 * are of the pinned organisation, and their generation is not below `newest`.
 */
struct verify_set {
    str_t body;
    str_t signature; /* absent where it is */
};
err_t verify_key_set(struct arena *a, const struct verify_pin *pin, int64_t newest,
                     const struct verify_set *in, enum verify_refusal *ret_refusal,
                     struct verify_keys *ret) MUST_USE;
/* How the store keeps them: the x of each, newest first, with blanks between. E_CORRUPT. */
void verify_keys_write(struct buf *b, const struct verify_keys *keys);
err_t verify_keys_read(struct arena *a, int64_t n, str_t text, struct verify_keys *ret) MUST_USE;

enum verify_status { VERIFY_ENROLLED, VERIFY_REVOKED, VERIFY_BLOCKED, VERIFY_STATUSES };

struct verify_lease {
    enum verify_status status;
    int64_t seq;
    int64_t iat_s;
    int64_t exp_s;
    int64_t grace_s;
};

/* What an answer is held against. */
struct verify_trust {
    const struct verify_keys *keys;
    str_t device;
    int64_t seq;   /* the greatest of a lease that was accepted; 0: none was */
    int64_t iat_s; /* of the newest one */
    ts_t now;      /* of the wall clock, as it stands */
};

struct verify_result {
    enum verify_refusal refusal;
    str_t kid; /* VERIFY_KEY_UNKNOWN: which; in the arena */
    struct verify_lease lease;
};

/* Header fields; absent where they are. */
struct verify_answer {
    str_t body;
    str_t etag;
    str_t signature;
    str_t lease;
};

/* A configuration: signature over the bytes, and a lease for them. */
err_t verify_config(struct arena *a, const struct verify_trust *t, const struct verify_answer *in,
                    struct verify_result *ret) MUST_USE;
/* A lease alone: it must say `status`, and name `etag`, or none when that is absent. */
err_t verify_lease(struct arena *a, const struct verify_trust *t, str_t text,
                   enum verify_status status, str_t etag, struct verify_result *ret) MUST_USE;

/* Does the wall clock stand before the newest lease, by more than the leeway? */
bool verify_clock_is_back(int64_t iat_s, ts_t now);

#endif
