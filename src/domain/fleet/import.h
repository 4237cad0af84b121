/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Machines of an older registry (FLEET "Devices" 8): statuses, revocations and tokens, the latter
 * as the hashes that they were, go on working. Bringing the same machine again changes nothing;
 * what this server has come to know of a machine since wins over the file.
 */
#ifndef DOMAIN_FLEET_IMPORT_H
#define DOMAIN_FLEET_IMPORT_H

#include "domain/fleet/agents.h"
#include "plat/crypto/crypto.h"

struct agent_import_in {
    str_t machine_id;
    enum device_status status; /* ENROLLED, UNINSTALLED or REVOKED */
    struct agent_words words;
    bool has_token;
    digest_t token; /* SHA-256 of the whole token, whatever it looks like */
    ts_t token_issued_at;
    ts_t enrolled_at;
    ts_t last_seen_at;
    ts_t ended_at; /* when it was uninstalled or revoked; absent: now */
    str_t reason;  /* of that */
    bool dry_run;  /* say what would happen, and write nothing */
};

enum import_outcome {
    IMPORT_CREATED,   /* it was not known here */
    IMPORT_UNCHANGED, /* it stands here as it does there */
    IMPORT_KEPT,      /* it stands here otherwise, and so it stays */
    IMPORT_OUTCOMES
};

struct agent_import_out {
    enum import_outcome outcome;
    oid_t id; /* zero: it would be created */
    enum device_status status;
    bool token_taken; /* the token belongs to somebody else here: this machine has none */
};

/* The actor holds device:approve and device:revoke. A machine that only asks, and was never in, is
 * replaced: nobody here has decided anything about it. */
err_t agent_import(struct act *act, const struct agent_import_in *in,
                   struct agent_import_out *ret) MUST_USE;

#endif
