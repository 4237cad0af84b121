/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the agent must not forget: state.json and, one generation older, state.json.prev, each one
 * line of JSON and its SHA-256 in hex. Written whole, fsynced, renamed; a newest file that is torn
 * or gone falls back to the older one.
 */
#ifndef AGENT_STORE_H
#define AGENT_STORE_H

#include "agent/rules.h"
#include "base/secret.h"

enum { AGENT_TEXT = 512, AGENT_FILE_MAX = 64 * 1024, AGENT_PATH_MAX = 1024 };

/* Texts are NUL-terminated; "" is absent. */
struct agent_store {
    int64_t generation;
    int64_t state; /* enum agent_state */
    char reason[AGENT_TEXT];
    char machine_id[AGENT_TEXT];
    char seed[AGENT_TEXT]; /* Ed25519, base64url: the first thing that is made */
    /* A request that stands. */
    char init_nonce[AGENT_TEXT]; /* Idempotency-Key; stored before it is sent */
    char device_id[AGENT_TEXT];
    char request_id[AGENT_TEXT];
    char code[AGENT_TEXT];
    char claim[AGENT_TEXT];
    char challenge_context[AGENT_TEXT];
    char challenge_nonce[AGENT_TEXT];
    /* The credential. */
    char token[AGENT_TEXT];
    int64_t join_seq;
    int64_t token_us;              /* since when */
    char rotate_nonce[AGENT_TEXT]; /* an exchange is under way; stored before it is asked for */
    /* What is in force. */
    char etag[AGENT_TEXT]; /* with its quotes */
    char version[AGENT_TEXT];
    int64_t confirmed_us; /* when the server last said that it is right */
    int64_t ack_owed;
    /* Whom to believe: pinned at enrolment. */
    char root[AGENT_TEXT]; /* Ed25519, base64url: signs key sets */
    char org[AGENT_TEXT];
    char keys[AGENT_TEXT]; /* verify_keys_write */
    int64_t keys_n;
    /* The lease that was accepted last. */
    int64_t lease_iat_s;
    int64_t lease_exp_s; /* 0: none yet */
    int64_t lease_grace_s;
    int64_t lease_mono_us;       /* CLOCK_MONOTONIC when it came */
    char lease_boot[AGENT_TEXT]; /* of the boot that this clock counts from */
    /* What must not go back. */
    char seen_device[AGENT_TEXT]; /* whose sequence it is */
    int64_t seen_seq;
    int64_t seen_iat_s;
    /* The answer that was refused last; absent once one was accepted. */
    char refused[AGENT_TEXT]; /* a word of refusals.def */
    char refused_etag[AGENT_TEXT];
    int64_t refused_us;
    int64_t wiped; /* revoked by a signed answer: key, token and configurations are gone */
};

void agent_store_wipe(struct agent_store *s);

/* E_NOT_FOUND: nothing was ever stored. E_CORRUPT: files are there, and none of them is whole. */
err_t agent_store_load(const char *dir, struct diag *why, struct agent_store *ret) MUST_USE;
/* The older generation is what was stored before. Raises `generation`. E_DISK_FULL, E_IO. */
err_t agent_store_save(const char *dir, struct agent_store *s, struct diag *why) MUST_USE;
/* Both generations, so that no fallback goes behind this one. */
err_t agent_store_save_both(const char *dir, struct agent_store *s, struct diag *why) MUST_USE;

/* Copy into one of the texts. E_BAD_FIELD: too long, or holds a NUL. */
err_t agent_text_set(char text[static AGENT_TEXT], str_t value) MUST_USE;
void agent_text_clear(char text[static AGENT_TEXT]);

#endif
