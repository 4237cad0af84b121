/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HANDLERS_IDENTITY_H
#define API_HANDLERS_IDENTITY_H

#include "api/request.h"
#include "domain/identity/account.h"
#include "sql/identity.h"

handler_f orgs_list;
handler_f orgs_create;

handler_f users_list;
handler_f users_create;
handler_f users_get;
handler_f users_change;
handler_f users_delete;

handler_f groups_list;
handler_f groups_create;
handler_f groups_get;
handler_f groups_change;
handler_f groups_delete;
handler_f members_list;
handler_f members_add;
handler_f members_preview;
handler_f members_drop;

handler_f services_list;
handler_f services_create;
handler_f services_get;
handler_f services_change;
handler_f services_delete;
handler_f tokens_list;
handler_f tokens_create;
handler_f tokens_delete;

/* What these share. A decoded list as the domain takes it; the names of roles and groups as a shape
 * shows them. */
struct names names_of(struct strs list);
err_t roles_shown(struct request *rq, int64_t roles, struct strs *ret) MUST_USE;
err_t groups_shown(struct request *rq, enum actor_kind kind, oid_t id, struct strs *ret) MUST_USE;
/* What an administrator's change left behind, for the record: {"roles":[...],"status":"..."};
 * status NULL: none. */
err_t account_details(struct request *rq, int64_t roles, const char *status) MUST_USE;

struct page;
struct token_text;
/* Tokens as lines of a list; a new one, whose text is shown this once and then wiped. */
err_t tokens_reply(struct request *rq, struct page *page, const struct row_token *rows,
                   size_t n) MUST_USE;
err_t token_made_reply(struct request *rq, const struct row_token *row,
                       struct token_text *text) MUST_USE;

/* A user as an answer with his ETag, and as the target of the event. */
err_t user_reply(struct request *rq, int status, const struct row_user_account *row) MUST_USE;

#endif
