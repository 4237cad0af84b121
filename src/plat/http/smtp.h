/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sending one mail through the mail server of the configuration (libcurl, RFC 5321). smtps: speaks
 * TLS from the start, smtp: begins it by STARTTLS (RFC 3207) and sends nothing without, but on
 * loopback. The server is the administrator's word: rule 10 of outbound.h is not for it.
 */
#ifndef PLAT_HTTP_SMTP_H
#define PLAT_HTTP_SMTP_H

#include "base/clock.h"

#include <stdatomic.h>

struct smtp_cfg {
    const char *url;         /* smtp://[USER@]HOST[:PORT], smtps://...; NULL: there is none */
    const char *password;    /* NULL: none */
    const char *from;        /* an address */
    const char *ca_file;     /* PEM; NULL: the system's */
    const atomic_bool *stop; /* true: ends with E_CLOSED within about a second; may be NULL */
};

/* E_BAD_FIELD, saying what it should be. */
err_t smtp_url_check(struct arena *a, const char *url, struct diag *why) MUST_USE;

/* `message`: RFC 5322 with CRLF. E_FORBIDDEN: the server refuses it for good (5xx). E_IO: not now.
 * E_TIMEOUT. E_CLOSED. */
err_t smtp_send(struct arena *a, const struct smtp_cfg *cfg, const char *recipient, str_t message,
                dur_t most, struct diag *why) MUST_USE;

#endif
