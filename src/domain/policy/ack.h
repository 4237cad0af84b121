/* SPDX-License-Identifier: Apache-2.0 */
/* What a device says it did with a configuration. */
#ifndef DOMAIN_POLICY_ACK_H
#define DOMAIN_POLICY_ACK_H

#include "domain/live/act.h"

struct config_ack {
    oid_t device;
    str_t etag; /* as the server gave it: 64 hex digits, with or without quotes */
    str_t version;
    str_t result; /* "applied" "failed" "rejected" */
    str_t reason;
    ts_t applied_at;
};

/* What others changed in the files that its agent keeps, and when. */
struct config_drift {
    oid_t device;
    str_t places; /* a JSON array of texts */
    int64_t count;
    ts_t at;
};
/* *ret_new is false when it was reported before: the same device, the same moment. */
err_t config_drift(struct act *act, const struct config_drift *in, bool *ret_new) MUST_USE;

/*
 * Keep it as the newest word of the device. *ret_new is false when the device said the same before
 * (idempotent by device and etag). E_NOT_FOUND: no such device here. E_BAD_FIELD: no ETag.
 */
err_t config_ack(struct act *act, const struct config_ack *in, bool *ret_new) MUST_USE;

#endif
