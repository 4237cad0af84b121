/* SPDX-License-Identifier: Apache-2.0 */
/* From an event to a call, and what comes of it. */
#ifndef DOMAIN_HOOKS_WEBHOOK_SEND_H
#define DOMAIN_HOOKS_WEBHOOK_SEND_H

#include "domain/hooks/webhook.h"

enum { WEBHOOK_LINES_MAX = WEBHOOK_HEADERS_MAX + 8 };

struct webhook_request {
    const char *url;
    const char *lines[WEBHOOK_LINES_MAX]; /* "Name: value"; secrets among them */
    size_t lines_n;
    str_t body; /* may hold a value: a secret */
};

/* `id` is the same at each attempt, the time is that of this one. Lives in the arena. E_CORRUPT. */
err_t webhook_request_make(struct act *act, const struct row_webhook *hook, oid_t id, str_t event,
                           str_t body, struct webhook_request *ret) MUST_USE;

/* On the writer: what waits in the outbox becomes deliveries. `more`: there is more. */
err_t webhook_fan(struct act *act, int64_t limit, bool *ret_more) MUST_USE;

/* How retries go (settings webhooks.*). */
struct webhook_retry {
    int64_t attempts; /* then it is given up */
    dur_t first;      /* about the first pause; each later one is longer */
};
struct webhook_outcome {
    bool ok;
    int64_t status; /* 0: no answer */
    str_t error;
};
/* On the writer, after an attempt. *ret_given_up: the webhook begins to fail: administrators are to
 * know. */
err_t webhook_attempted(struct act *act, const struct row_webhook *hook,
                        const struct row_delivery *d, const struct webhook_outcome *o,
                        const struct webhook_retry *retry, bool *ret_given_up) MUST_USE;
/* The pause after the n-th failure, without chance. */
dur_t webhook_pause(const struct webhook_retry *retry, int64_t n);

#endif
