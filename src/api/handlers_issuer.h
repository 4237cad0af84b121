/* SPDX-License-Identifier: Apache-2.0 */
/* The handlers of the keys that sign tokens, and the use `oidc` of the rows of keys. */
#ifndef API_HANDLERS_ISSUER_H
#define API_HANDLERS_ISSUER_H

#include "api/shapes_keys.h"
#include "domain/oauth/issuer.h"

handler_f jwks_prepare;
handler_f jwks_get;

/* New keys, as private bytes, from the worker who made them to the writer who stores them. */
struct issuer_fresh {
    str_t der[ISSUER_ALGS];
    dur_t keep; /* older ones are believed so long; zero: no more */
};

err_t issuer_keys_view(struct request *rq, struct key_out *out, size_t room,
                       size_t *ret_n) MUST_USE;
/* Before, in and after the transaction. */
err_t issuer_rotate_prepare(struct request *rq, const struct key_rotate_in *in) MUST_USE;
err_t issuer_rotate(struct request *rq, const struct key_rotate_in *in) MUST_USE;
handler_f issuer_rotate_finish;

#endif
