/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_AUDIT_SAY_H
#define APP_AUDIT_SAY_H

#include "domain/audit/audit_verify.h"

/* A line each: faults on standard error, the rest on standard output. As struct audit_report has
 * it. */
void audit_say_finding(void *arg, const struct audit_finding *f);

#endif
