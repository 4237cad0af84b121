/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Webhooks: calls that tell other programs what happened here. All in act->org. What is secret of
 * one (signing secrets, token, headers, values) is sealed, and never shown again.
 */
#ifndef DOMAIN_HOOKS_WEBHOOK_H
#define DOMAIN_HOOKS_WEBHOOK_H

#include "domain/identity/account.h"
#include "sql/hooks.h"

enum webhook_format {
    WEBHOOK_STANDARD = 1, /* Standard Webhooks: payload and signature */
    WEBHOOK_SLACK,
    WEBHOOK_NTFY,
    WEBHOOK_GITHUB, /* repository_dispatch; with `ref`, workflow_dispatch */
    WEBHOOK_TEMPLATE,
    WEBHOOK_FORMATS
};

enum {
    WEBHOOK_ORG_MAX = 100,
    WEBHOOK_NAME_MAX = 64,
    WEBHOOK_EVENTS_MAX = 32,
    WEBHOOK_EVENT_MAX = 64,
    WEBHOOK_TOKEN_MAX = 1024,
    WEBHOOK_TEMPLATE_MAX = 16 * 1024,
    WEBHOOK_MAP_MAX = 16 * 1024, /* of `headers` and of `values`, as JSON */
    WEBHOOK_HEADERS_MAX = 16,
    WEBHOOK_WAITING_MAX = 10000, /* deliveries of one webhook; later events are given up at once */
};
#define WEBHOOK_SECRET_OVERLAP                                                                     \
    DUR_HOURS(24) /* for which the secret before the newest signs too                              \
                   */

const char *webhook_format_name(enum webhook_format f); /* "standard" ... */

struct webhook_in { /* in a change: absent leaves it as it is, empty text clears it */
    str_t name;
    str_t description;
    str_t url; /* checked by the caller (outbound_url_check) */
    str_t format;
    str_t status; /* active, disabled */
    struct names events;
    oid_t group_id;
    oid_t application_id;
    bool any_group;       /* in a change: of any group again */
    bool any_application; /* likewise */
    str_t event_type;
    str_t ref;
    str_t priority;
    str_t tags;
    str_t template;
    str_t token;   /* sent as Authorization: Bearer */
    str_t headers; /* a JSON object of texts */
    str_t values;  /* the same: {{value.NAME}} of a template */
};

/* On the writer. *ret_secret: "whsec_…", a secret, shown once. E_BAD_FIELD, E_CONFLICT. */
err_t webhook_create(struct act *act, const struct webhook_in *in, struct row_webhook *ret,
                     str_t *ret_secret) MUST_USE;
err_t webhook_get(struct act *act, oid_t id, struct row_webhook *ret) MUST_USE;
err_t webhook_change(struct act *act, const struct row_webhook *old, const struct webhook_in *in,
                     struct row_webhook *ret) MUST_USE;
/* A new secret; the one before signs too for WEBHOOK_SECRET_OVERLAP. */
err_t webhook_rotate(struct act *act, const struct row_webhook *old, struct row_webhook *ret,
                     str_t *ret_secret) MUST_USE;
/* With its deliveries. */
err_t webhook_delete(struct act *act, oid_t id) MUST_USE;
err_t webhook_list(struct act *act, oid_t after, int64_t limit, struct row_webhook **ret,
                   size_t *ret_n) MUST_USE;

struct delivery_ask {
    oid_t webhook;
    int64_t state; /* 0: any */
    oid_t before;  /* zero: from the newest */
    int64_t limit;
};
/* The newest first. */
err_t delivery_list(struct act *act, const struct delivery_ask *ask, struct row_delivery **ret,
                    size_t *ret_n) MUST_USE;
/* Send it again, with the same id. E_NOT_FOUND. */
err_t delivery_again(struct act *act, oid_t webhook, oid_t id, struct row_delivery *ret) MUST_USE;

#endif
