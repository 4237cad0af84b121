/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What somebody may open, whatever the circumstances: a decision is about one moment, one address
 * and one session; an outlook says what may come of it at all. It asks access_explain and reads
 * what each rule said.
 */
#ifndef DOMAIN_ACCESS_OUTLOOK_H
#define DOMAIN_ACCESS_OUTLOOK_H

#include "domain/access/rule.h"

enum outlook {
    OUTLOOK_NONE,        /* never */
    OUTLOOK_CONDITIONAL, /* it depends: address, hour, second factor, device ... */
    OUTLOOK_ALLOWED,     /* always */
};

/* `ask`: who, which application, and what is tried; its proof, address and scope are not looked at.
 * *ret_rule: the name of the rule that decides just now; absent: none does. */
err_t access_outlook(struct act *act, const struct access_ask *ask, enum outlook *ret,
                     str_t *ret_rule) MUST_USE;

#endif
