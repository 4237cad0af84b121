/* SPDX-License-Identifier: Apache-2.0 */
/* People ask for applications that they may not open. To approve is to put the person into a group
 * that opens the application: what follows is the same as if an administrator had done that. */
#ifndef DOMAIN_SIGNIN_ACCESS_REQUEST_H
#define DOMAIN_SIGNIN_ACCESS_REQUEST_H

#include "domain/identity/group.h"
#include "sql/people.h"

enum access_request_status {
    ACCESS_REQUEST_ANY,
    ACCESS_REQUEST_OPEN,
    ACCESS_REQUEST_APPROVED,
    ACCESS_REQUEST_REFUSED,
    ACCESS_REQUEST_STATUSES
};
enum { ACCESS_REQUESTS_OPEN_MAX = 20 }; /* of a person */

const char *access_request_status_name(enum access_request_status s);
/* E_BAD_FIELD. */
err_t access_request_status_parse(str_t name, enum access_request_status *ret) MUST_USE;

/* By the acting user. E_FORBIDDEN: only people ask. E_NOT_FOUND: there is no such application, or
 * it is not for everybody's eyes. E_CONFLICT: he is in already, asked already, or asks too much. */
err_t access_request_make(struct act *act, oid_t application, str_t reason,
                          struct row_access_request *ret) MUST_USE;
err_t access_request_get(struct act *act, oid_t id, struct row_access_request *ret) MUST_USE;
/* Of the organisation, or of the acting user alone; after `after`, at most `n`. */
err_t access_request_page(struct act *act, enum access_request_status status, oid_t after,
                          int64_t n, struct row_access_request **ret, size_t *ret_n) MUST_USE;
err_t access_request_own(struct act *act, enum access_request_status status, oid_t after, int64_t n,
                         struct row_access_request **ret, size_t *ret_n) MUST_USE;

/* `group`: id or name of one of the groups that open the application; absent: the only one.
 * E_BAD_FIELD: there are several, or it is none of them. E_FORBIDDEN: it has rights that the actor
 * lacks. E_CONFLICT: decided already, or no group opens it. */
err_t access_request_approve(struct act *act, oid_t id, str_t group, str_t reason,
                             struct row_access_request *ret) MUST_USE;
err_t access_request_refuse(struct act *act, oid_t id, str_t reason,
                            struct row_access_request *ret) MUST_USE;

#endif
