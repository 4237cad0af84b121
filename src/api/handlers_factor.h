/* SPDX-License-Identifier: Apache-2.0 */
/* The handlers of second factors: a person's own, and the step at signing in. */
#ifndef API_HANDLERS_FACTOR_H
#define API_HANDLERS_FACTOR_H

#include "api/html.h"
#include "api/request.h"
#include "api/shapes_factor.h"
#include "domain/signin/passkeys.h"
#include "domain/signin/session.h"

handler_f factors_list;
handler_f totp_create;
handler_f totp_confirm_post;
handler_f totp_remove;
handler_f recovery_codes_create;
handler_f passkey_make_options;
handler_f passkey_create;
handler_f passkey_remove;
handler_f passkey_ask_options;
handler_f passkey_sign_in;
handler_f factors_reset_user;

handler_f passkey_page;
/* On the pages that ask for something else: the way there, where passkeys work. */
err_t passkey_way(struct request *rq, struct html *h, str_t next) MUST_USE;

handler_f factor_page;
handler_f factor_page_post;
handler_f factors_page;
handler_f factors_page_totp;
handler_f factors_page_confirm;
handler_f factors_page_remove;
handler_f factors_page_codes;

/* Before somebody gets another way to prove himself, which outlives the token that he came by.
 * E_FORBIDDEN: he comes by an application. */
err_t credential_guard(struct request *rq) MUST_USE;
/* Whoever changes his factors is a person in a session of his own, who has proven his second factor
 * lately if he has one. E_FORBIDDEN, E_STEP_UP. */
err_t factor_guard(struct request *rq, struct row_session *ret) MUST_USE;
/* A new key for his app, and its picture as SVG. */
err_t factor_totp_make(struct request *rq, str_t name, struct totp_out *ret) MUST_USE;
/* The event of a change: {"kind":KIND,"name":NAME}. */
err_t factor_details(struct request *rq, const char *kind, str_t name) MUST_USE;
/* One of his own goes. */
typedef err_t factor_delete_f(struct act *act, oid_t user, oid_t id, str_t *ret_name);
err_t factor_remove(struct request *rq, const char *kind, factor_delete_f *remove) MUST_USE;
/* The cookie of a session that was stepped up, or opened. */
err_t factor_cookie(struct request *rq, const struct row_session *row,
                    struct token_text *cookie) MUST_USE;

#endif
