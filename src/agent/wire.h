/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent sends and how it reads the answers (API.md, Devices and Configuration); no
 * network, no disk. */
#ifndef AGENT_WIRE_H
#define AGENT_WIRE_H

#include "agent/rules.h"
#include "agent/store.h"
#include "agent/verify.h"
#include "base/buf.h"
#include "plat/http/client.h"

/* What an answer says. Texts are borrowed from the arena. */
struct agent_news {
    enum agent_event event;
    str_t slug;            /* problem code of a refusal; absent: none of ours */
    int64_t retry_after_s; /* 0: not said */
    bool later;            /* 429 or 5xx: the same question may be answered another time */
    /* AGENT_INITED, AGENT_WAITING, AGENT_CHALLENGED, AGENT_ENROLLED: as far as the answer has them
     */
    str_t device_id, request_id, code, claim;
    str_t challenge_context, challenge_nonce;
    str_t token;
    int64_t join_seq;
    /* AGENT_ENROLLED, AGENT_PINNED: absent when the server says none */
    struct pubkey root;
    str_t org;
    /* AGENT_CONFIGURED */
    str_t etag, version, body;
    bool enabled;
    /* AGENT_CONFIGURED, AGENT_CONFIRMED, AGENT_WIPED, AGENT_BLOCKED: what was signed; exp_s 0:
     * nothing was. AGENT_REJECTED: why. Nothing of it is set by agent_read. */
    struct verify_lease lease;
    enum verify_refusal refusal;
};

struct agent_host {
    const char *machine_id;
    const char *hostname;
    const char *os;
    const char *version; /* of this program */
};

/* `"` 64 hex digits `"`: what the server names bytes by (API.md), and that of these bytes. */
bool agent_etag_is(str_t etag);
err_t agent_etag_make(struct arena *a, str_t bytes, str_t *ret) MUST_USE;

err_t agent_seed_read(const struct agent_store *s, secret_t *ret) MUST_USE;

void agent_body_init(struct buf *b, const secret_t *seed, const struct agent_host *host);
/* With the signature over the challenge that the store holds. */
err_t agent_body_confirm(struct arena *a, struct buf *b, const secret_t *seed,
                         const struct agent_store *s) MUST_USE;
void agent_body_rotate(struct buf *b, const struct agent_store *s);
/* How it went with the configuration of this ETag, and what the adapters have to say. */
struct agent_ack {
    str_t etag;
    str_t version; /* empty: there is no policy */
    str_t failure; /* absent: it is in force, and `note` says what of it could not be written */
    str_t note;
    str_t drift; /* a JSON array; absent: nobody changed a file */
    int64_t drift_n;
    ts_t drifted_at;
};
void agent_body_ack(struct buf *b, const struct agent_ack *ack);
void agent_body_reject(struct buf *b, str_t etag, const char *reason);
void agent_body_heartbeat(struct buf *b, const struct agent_host *host);

/* Anything that is not an answer of ours gives AGENT_UNREACHED. What an answer says is not yet what
 * the server says: nothing is verified here (trust.c). E_NO_MEMORY. */
err_t agent_read(struct arena *a, enum agent_ask ask, const struct http_answer *answer,
                 struct agent_news *ret) MUST_USE;

#endif
