/* SPDX-License-Identifier: Apache-2.0 */
#include "app/audit_say.h"

#include <stdio.h>

void audit_say_finding(void *arg, const struct audit_finding *f)
{
    char chain[OID_TEXT];
    (void)arg;
    oid_format(f->chain, chain);
    (void)fprintf(f->fault ? stderr : stdout, "%s %s chain %.*s seq %lld",
                  f->fault ? "FAULT" : "note", f->what, OID_TEXT, chain, (long long)f->seq);
    if (f->n > 0)
        (void)fprintf(f->fault ? stderr : stdout, ": %lld events", (long long)f->n);
    (void)fputc('\n', f->fault ? stderr : stdout);
}
