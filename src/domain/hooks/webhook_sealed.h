/* SPDX-License-Identifier: Apache-2.0 */
/* Inside domain/hooks: what is secret of a webhook. */
#ifndef DOMAIN_HOOKS_WEBHOOK_SEALED_H
#define DOMAIN_HOOKS_WEBHOOK_SEALED_H

#include "domain/hooks/hook_seal.h"
#include "domain/hooks/webhook.h"
#include "plat/json/json.h"

/* One JSON object: secret, previous, previous_until (microseconds), token, headers, values. */
err_t webhook_unseal(struct act *act, const struct row_webhook *row, struct json **ret) MUST_USE;
/* A header that a webhook may have: a token of RFC 9110, printable ASCII, none of ours. */
bool webhook_header_obeys(str_t name, str_t value);
/* A template must be JSON, its {{...}} must name what there is. `values` may be NULL. */
err_t webhook_template_check(struct act *act, str_t template, const struct json *values) MUST_USE;
/* `event`: the payload; `id`: of the delivery. */
struct webhook_fill {
    const struct json *event;
    const struct json *values; /* may be NULL */
    str_t id;
};
/* The template with every {{...}} replaced, escaped as JSON. What an event does not have is empty.
 */
err_t webhook_template_fill(struct buf *b, str_t template,
                            const struct webhook_fill *from) MUST_USE;

/* The key of a "whsec_..." text. E_CORRUPT. */
err_t webhook_secret_read(str_t text, secret_t *ret) MUST_USE;

#endif
