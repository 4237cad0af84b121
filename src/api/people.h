/* SPDX-License-Identifier: Apache-2.0 */
/* What the handlers of invitations, registration and requests for access share. */
#ifndef API_PEOPLE_H
#define API_PEOPLE_H

#include "api/shapes_people.h"
#include "domain/hooks/notice.h"
#include "domain/signin/invitation.h"

/* A link to this server for a mail or a picture: by the name that it has in its settings, never by
 * one that a request says. */
err_t people_link(struct request *rq, str_t path, str_t *ret) MUST_USE;

/* notice_tell, by the settings. */
err_t people_tell(struct request *rq, struct notice_in what) MUST_USE;
err_t people_tell_admins(struct request *rq, struct notice_in what) MUST_USE;

/* {"groups":[...]} of a user, for the record. */
err_t people_groups_detail(struct request *rq, oid_t user, str_t *ret) MUST_USE;

/* What a person says on a page or as JSON, and the hash of the password, by the row's prepare. */
struct person_body {
    str_t username;
    str_t email;
    str_t display_name;
    str_t password;
    str_t password_again; /* of a page */
    str_t invitation;     /* of POST /auth/register */
    str_t hash;
    err_t flaw; /* of a page: what is wrong with the password; E_OK: nothing */
};

/* By an invitation: the account, its password, its sign-in, its cookie, its events. The token is as
 * it stands in the link. */
err_t people_accept(struct request *rq, str_t token, const struct person_body *in,
                    struct row_user_account *ret) MUST_USE;
/* Without one: an account that waits. E_REGISTRATION_CLOSED. */
err_t people_register(struct request *rq, const struct person_body *in,
                      struct row_user_account *ret) MUST_USE;

#endif
