/* SPDX-License-Identifier: Apache-2.0 */
/* The handlers of the fleet's rows, and what they share. */
#ifndef API_HANDLERS_FLEET_H
#define API_HANDLERS_FLEET_H

#include "api/shapes_bulk.h"
#include "api/shapes_fleet.h"
#include "domain/fleet/enrol.h"

handler_f enroll_init_prepare;
handler_f enroll_init;
handler_f enroll_confirm_prepare;
handler_f enroll_confirm;

handler_f devices_list;
handler_f devices_counts;
handler_f devices_get;
handler_f devices_change;
handler_f devices_delete;
handler_f devices_approve;
handler_f devices_refuse;
handler_f devices_revoke;
handler_f devices_block;
handler_f devices_unblock;
handler_f devices_reinstate;
handler_f devices_rotate;
handler_f devices_bulk;

handler_f self_get;
handler_f self_heartbeat_prepare;
handler_f self_heartbeat;
handler_f self_rotate;

handler_f agents_enroll;
handler_f agents_uninstall;
handler_f agents_heartbeat_prepare;
handler_f agents_heartbeat;
handler_f agents_list;
handler_f agents_count;
handler_f agents_get;
handler_f agents_verify;
handler_f agents_import_prepare;
handler_f agents_import;
hot_f agents_verify_hot;

handler_f enrollment_keys_create;
handler_f enrollment_keys_list;
handler_f enrollment_keys_get;
handler_f enrollment_keys_delete;

handler_f fleet_lock_read;
handler_f fleet_lock_write;

/* What the configuration says about the fleet. */
struct fleet_rules request_fleet_rules(const struct request *rq);

/* Owner, groups and labels of a body. E_BAD_FIELD: user_id is no id; "" takes the owner away. */
err_t request_grants(struct request *rq, str_t user_id, struct strs groups, str_t labels,
                     struct device_grants *ret) MUST_USE;

/* How many there are in each state, of those that the filter leaves. */
struct device_filter;
err_t device_counts_read(struct request *rq, const struct device_filter *f,
                         struct device_counts_out *ret) MUST_USE;

/* Whoever lacks device:read sees his own devices: *ret_user is then he. E_FORBIDDEN: he is no
 * person. */
err_t devices_own_only(struct request *rq, oid_t *ret_user) MUST_USE;

/* A refusal that is committed, because something was written or nothing has to be undone, with one
 * more member. */
err_t reply_problem_more(struct request *rq, err_t e, str_t member, str_t json) MUST_USE;

/* A device as it is shown; `whole`: with its history. */
err_t device_view(struct request *rq, const struct row_device *d, bool whole,
                  struct device_out *ret) MUST_USE;
err_t device_requests_view(struct request *rq, const struct row_enrol_request *rows, size_t n,
                           struct rows *ret) MUST_USE;
/* The device as it is now: target of the event, ETag, 200. */
err_t device_reply(struct request *rq, oid_t id) MUST_USE;
/* Approve or refuse, by whichever row. */
err_t device_decide(struct request *rq, const struct enrol_decide_in *in, bool approve) MUST_USE;

err_t groups_view(struct arena *a, const struct row_device_group *groups, size_t n,
                  struct strs *ret) MUST_USE;

#endif
