/* SPDX-License-Identifier: Apache-2.0 */
/* What a certificate says, for who looks after it. */
#ifndef PLAT_TLS_CERT_H
#define PLAT_TLS_CERT_H

#include "base/clock.h"

enum { CERT_TEXT_MAX = 160 };

struct cert_state {
    ts_t from; /* valid from, until */
    ts_t until;
    bool named;                /* it is for the host that was asked for */
    bool trusted;              /* with its chain it leads to what the system trusts */
    char doubt[CERT_TEXT_MAX]; /* why not; "": trusted */
};

/* A PEM file, the certificate before its chain; `host` may be NULL or an address. E_IO: it cannot
 * be read. */
err_t cert_inspect(const char *file, const char *host, struct diag *why,
                   struct cert_state *ret) MUST_USE;

#endif
