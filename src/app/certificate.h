/* SPDX-License-Identifier: Apache-2.0 */
/* The server's certificate over the years: read again when its files change, warned of before it
 * ends. */
#ifndef APP_CERTIFICATE_H
#define APP_CERTIFICATE_H

#include "api/services.h"
#include "app/config.h"
#include "plat/tls/tls.h"

struct certificate {
    struct tls_server *tls; /* NULL: plain HTTP */
    const char *cert;       /* of the configuration in force */
    const char *key;
    uint64_t stamps[2]; /* of both files as they were last tried */
    dur_t next;         /* CLOCK_MONOTONIC: when to look again */
    int warned;         /* days: the smallest warning given for this certificate */
};

/* Nothing configured: plain HTTP. E_USAGE: one without the other. The errors of tls_server_new. */
err_t certificate_open(struct certificate *ret, const struct config *c, struct services *sv,
                       struct diag *why) MUST_USE;
void certificate_close(struct certificate *c);
/* From the files that `config` names. E_USAGE: TLS would go on or off, which is for a restart; the
 * errors of tls_server_reload. */
err_t certificate_reload(struct certificate *c, const struct config *config, struct services *sv,
                         struct diag *why) MUST_USE;
/* Each second: look at the files now and then, and at the calendar. */
void certificate_tick(struct certificate *c, struct services *sv);

#endif
