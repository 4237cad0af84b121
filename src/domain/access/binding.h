/* SPDX-License-Identifier: Apache-2.0 */
/* Who may open an application: groups, and now and then one person or service account. */
#ifndef DOMAIN_ACCESS_BINDING_H
#define DOMAIN_ACCESS_BINDING_H

#include "domain/access/application.h"

/* Numbers of the table `application_binding`. */
enum binding_kind { BINDING_GROUP = 1, BINDING_USER, BINDING_SERVICE };
const char *binding_kind_name(int64_t kind); /* "group" "user" "service_account" */

struct binding_in { /* exactly one of them */
    oid_t group_id;
    str_t group; /* its name */
    oid_t user_id;
    str_t username;
    oid_t service_account_id;
};

/* Who that is. E_BAD_FIELD: none or several, or there is none such here. E_CONFLICT: the
 * application is built in. */
err_t binding_target(struct act *act, const struct row_application *app,
                     const struct binding_in *in, enum binding_kind *ret_kind,
                     oid_t *ret_id) MUST_USE;
/* The same errors. *ret_new: it was not bound yet. */
err_t binding_add(struct act *act, const struct row_application *app, const struct binding_in *in,
                  struct row_binding *ret, bool *ret_new) MUST_USE;
/* Groups by id or name. E_BAD_FIELD. */
err_t binding_add_groups(struct act *act, const struct row_application *app,
                         const struct names *groups) MUST_USE;
/* E_NOT_FOUND. */
err_t binding_get(struct act *act, oid_t application, oid_t id, struct row_binding *ret) MUST_USE;
/* What was granted to those who now have no binding left ends with it. */
err_t binding_drop(struct act *act, oid_t application, oid_t id, struct row_binding *ret) MUST_USE;
/* In the order of their making. */
err_t binding_page(struct act *act, oid_t application, oid_t after, int64_t n,
                   struct row_binding **ret, size_t *ret_n) MUST_USE;

/* End the grants of an application that nothing opens any more. */
err_t grants_end_orphans(struct act *act, oid_t application) MUST_USE;

#endif
