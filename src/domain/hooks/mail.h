/* SPDX-License-Identifier: Apache-2.0 */
/* Mail that waits in the store until the mail server has taken it. */
#ifndef DOMAIN_HOOKS_MAIL_H
#define DOMAIN_HOOKS_MAIL_H

#include "domain/hooks/notice.h"

/* In the transaction of what it tells of. E_BAD_FIELD: not an address that mail can go to.
 * E_OVERLOADED. */
err_t mail_add(struct act *act, str_t recipient, enum notice_kind kind,
               const struct notice_text *text) MUST_USE;
/* One @, printable ASCII, nothing that a header or SMTP could take for something else. */
bool mail_address_obeys(str_t address);

struct mail_due {
    struct row_mail row;
    struct notice_text text; /* in the arena; a secret */
};
/* The one that waits longest. E_NOT_FOUND: none. E_CORRUPT: its text cannot be opened; `row` is
 * set. */
err_t mail_next(struct act *act, struct mail_due *ret) MUST_USE;
err_t mail_sent(struct act *act, oid_t id) MUST_USE;
/* It waits for another attempt, at most until it is three days old: *ret_dropped. */
err_t mail_failed(struct act *act, const struct row_mail *row, str_t error,
                  bool *ret_dropped) MUST_USE;

/* RFC 5322 as one text with CRLF: UTF-8, quoted-printable, every header built here. `from` and
 * `recipient` are addresses that mail_address_obeys() took. */
struct mail_head {
    str_t from;      /* seneschal@example.org */
    str_t from_name; /* absent: none */
    str_t recipient;
    oid_t id; /* of its Message-ID */
    ts_t at;
};
err_t mail_write(struct arena *a, const struct mail_head *head, const struct notice_text *text,
                 str_t *ret) MUST_USE;

#endif
