/* SPDX-License-Identifier: Apache-2.0 */
/* Groups, owners and labels: who may give them, and how they are written. */
#ifndef DOMAIN_FLEET_GRANTS_H
#define DOMAIN_FLEET_GRANTS_H

#include "domain/fleet/device.h"

/* Group ids or names to groups. E_BAD_FIELD: there is no such group here. E_FORBIDDEN: it has
 * rights that the actor lacks (nobody gives what he lacks). */
err_t groups_resolve(struct act *act, const str_t *names, size_t n,
                     struct row_device_group **ret) MUST_USE;

/* E_BAD_FIELD: there is no such user in the organisation. */
err_t owner_check(struct act *act, oid_t user_id) MUST_USE;

/* The device's groups become these (`replace`), or these are added. */
err_t device_groups_put(struct act *act, oid_t device, const struct row_device_group *groups,
                        size_t n, bool replace) MUST_USE;

/* The index of a device's labels; `labels` as it stands in its row, absent: none. */
err_t device_labels_put(struct act *act, oid_t device, str_t labels) MUST_USE;

/* Two label objects, the members of `over` winning; either may be absent. */
err_t labels_merge(struct arena *a, str_t under, str_t over, str_t *ret) MUST_USE;

#endif
