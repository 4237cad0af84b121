/* SPDX-License-Identifier: Apache-2.0 */
/* What the pages share where somebody chooses a password: he types it twice, and what is wrong with
 * it is told on the same page. */
#ifndef API_NEW_PASSWORD_H
#define API_NEW_PASSWORD_H

#include "api/html.h"
#include "api/shapes_signin.h"
#include "domain/signin/password.h"
#include "sql/identity.h"

struct new_password { /* in place of the row's input, once it is prepared */
    const struct new_password_in *in;
    enum phrase flaw; /* PHRASE_PRODUCT: none */
    str_t hash;       /* where there is no flaw */
};

struct new_password_over {
    enum phrase why;
    const char *href;
    enum phrase way;
};

/* Of a row with .hashes. The store is left. */
err_t new_password_prepare(struct request *rq, const struct password_owner *who) MUST_USE;
void new_password_fields(struct html *h, bool focus);
/* The page of a link that leads nowhere: why, and what to do instead. */
err_t new_password_link_over(struct request *rq, const struct new_password_over *is) MUST_USE;
/* Its person is told that it has changed. */
err_t password_changed_notice(struct request *rq, const struct row_user_account *user) MUST_USE;

#endif
