/* SPDX-License-Identifier: Apache-2.0 */
/* Enrolment keys: they let machines in without a person. They end, count their uses, and carry
 * groups and labels. */
#ifndef DOMAIN_FLEET_ENROLMENT_KEY_H
#define DOMAIN_FLEET_ENROLMENT_KEY_H

#include "domain/fleet/grants.h"
#include "plat/crypto/crypto.h"
#include "sql/enrolment_key.h"

#define ENROLMENT_KEY_TTL DUR_DAYS(30) /* where nobody said how long */

struct enrolment_key_in {
    str_t name;
    opt_i64_t uses; /* not set: no limit */
    ts_t expires_at;
    bool auto_approve;
    bool may_uninstall;
    bool adopt;
    const str_t *groups;
    size_t groups_n;
    str_t labels;
    str_t machine_pattern; /* * and ? */
};

/* `*ret_key` is the key's text, shown once. E_FORBIDDEN: it would give what the actor lacks.
 * E_BAD_FIELD. */
err_t enrolment_key_make(struct act *act, const struct enrolment_key_in *in,
                         struct row_enrolment_key *ret, struct token_text *ret_key) MUST_USE;
err_t enrolment_key_get(struct act *act, oid_t id, struct row_enrolment_key *ret) MUST_USE;
/* After `after` (zero: from the start), at most `limit`. */
err_t enrolment_key_list(struct act *act, oid_t after, int64_t limit,
                         struct row_enrolment_key **ret, size_t *ret_n) MUST_USE;
/* From now on it lets nobody in. E_FORBIDDEN: somebody else's, for who may delete only his own. */
err_t enrolment_key_delete(struct act *act, oid_t id) MUST_USE;

/* May the acting key bring in this machine now? E_UNAUTHENTICATED: the key is gone. E_KEY_EXPIRED,
 * E_KEY_EXHAUSTED, E_FORBIDDEN: the machine does not match its pattern. Counts nothing. */
err_t enrolment_key_check(struct act *act, oid_t id, str_t machine_id,
                          struct row_enrolment_key *ret) MUST_USE;
/* Count one use, in the transaction in which a device becomes ENROLLED. The same errors. */
err_t enrolment_key_use(struct act *act, oid_t id, struct row_enrolment_key *ret) MUST_USE;

#endif
