/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of the issuer that are made when they are first needed: RSA takes half a second, and a store
 * whose clients all take ES256 never makes one. */
#ifndef API_ISSUER_NEED_H
#define API_ISSUER_NEED_H

#include "api/services.h"

/* A key of this algorithm signs from here on, durably. On a worker, outside of a transaction: it
 * may wait for the writer. E_OVERLOADED, E_STOPPING, E_DISK_FULL: come back later. */
err_t issuer_need(struct services *sv, enum issuer_alg alg) MUST_USE;

#endif
