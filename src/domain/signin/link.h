/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links that let somebody in without a password: recovery, and the first administrator's. Each is
 * bound to its person and purpose, good once and for an hour, and dead with the next password
 * (SAFETY AC17). Looking at one does not use it up.
 */
#ifndef DOMAIN_SIGNIN_LINK_H
#define DOMAIN_SIGNIN_LINK_H

#include "domain/hooks/notice.h"
#include "plat/crypto/crypto.h"
#include "sql/identity.h"
#include "sql/signin.h"

/* The numbers are those of the column signin_link.purpose. */
enum link_purpose { LINK_RECOVERY = 1, LINK_SETUP };

#define LINK_PREFIX "sen_l_"
#define LINK_LIFE   DUR_HOURS(1)

/* `user` is zero for LINK_SETUP. The caller wipes the text. */
err_t link_make(struct act *act, enum link_purpose purpose, oid_t user,
                struct token_text *ret) MUST_USE;
/* Both: E_NOT_FOUND: no such link, used, over, or its person may not sign in. */
err_t link_look(struct act *act, enum link_purpose purpose, str_t text,
                struct row_signin_link *ret) MUST_USE;
/* On the writer; of several at once one gets it. */
err_t link_use(struct act *act, enum link_purpose purpose, str_t text,
               struct row_signin_link *ret) MUST_USE;

/* Somebody asks for a new password for a name: a link by mail, where there is such a person, he may
 * sign in, and none was sent within LINK_PAUSE. *ret_user: zero where nothing was sent; nobody who
 * asks may learn that. */
#define LINK_PAUSE DUR_S(60)
enum { LINKS_OPEN_MAX = 3 }; /* of a person */
struct recovery_ask {
    str_t name;      /* username or email */
    str_t url_begin; /* of the link, to which the token is added */
    const struct notice_cfg *cfg;
};
err_t recovery_ask(struct act *act, const struct recovery_ask *ask,
                   struct row_user_account *ret) MUST_USE;

/* Is there an administrator with a password, in any organisation? Then no link makes one. */
err_t administrator_is_there(struct act *act, bool *ret) MUST_USE;
/* Has anybody an account, in any organisation? */
err_t anybody_is_there(struct act *act, bool *ret) MUST_USE;
/* The first one, to whom the server is given: an account in `default` with the role
 * system-administrator and this password. E_CONFLICT:
 * there is one, or the name is taken. */
struct setup_in {
    str_t username;
    str_t email;
    str_t password_hash;
};
err_t setup_finish(struct act *act, str_t link, const struct setup_in *in,
                   struct row_user_account *ret) MUST_USE;

#endif
