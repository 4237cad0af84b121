/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory in front of the store (HOUSE "Memory in front of the store"): token -> principal, device -> status and effective configuration,
 * scope -> number of its last change. Only effects change it (effect.h), after COMMIT and before the reply; what is missing is
 * loaded by a worker, who takes a guard before its read transaction and is turned away if the tables moved meanwhile.
 * Bounded: each table has a maximum and drops the rows longest unused. Unknown tokens are not remembered.
 */
#ifndef DOMAIN_LIVE_LIVE_H
#define DOMAIN_LIVE_LIVE_H

#include "domain/live/effect.h"
#include "plat/crypto/crypto.h"
#include "base/clock.h"

/* An effective configuration, shared by every device with equal inputs. Immutable; counted. */
struct effective {
    digest_t etag;       /* SHA-256 of body */
    str_t body;          /* the canonical bytes of {"enabled","version","config"} */
    str_t version;       /* "YYYY-MM-DD.n", absent: null */
    _Atomic int64_t refs;
};

struct live;

#endif
