/* SPDX-License-Identifier: Apache-2.0 */
/* The greatest time that this store's server has seen (SAFETY rule 15), kept as a setting of the
 * server. */
#ifndef DOMAIN_IDENTITY_CLOCK_SEEN_H
#define DOMAIN_IDENTITY_CLOCK_SEEN_H

#include "domain/live/act.h"

/* Absent: none is kept yet. */
err_t clock_seen_get(struct act *act, ts_t *ret) MUST_USE;
err_t clock_seen_put(struct act *act, ts_t seen) MUST_USE;

#endif
