/* SPDX-License-Identifier: Apache-2.0 */
/* The handlers of keys that sign, and what others show of them. */
#ifndef API_HANDLERS_KEYS_H
#define API_HANDLERS_KEYS_H

#include "api/shapes_keys.h"
#include "plat/jose/jws.h"

handler_f keys_list;
handler_f keys_rotate_prepare;
handler_f keys_rotate;
handler_f key_set_get;
handler_f clock_confirm;

/* Seneschal-Signature over these bytes. */
err_t keys_reply_signature(struct request *rq, const struct jws_key *key, str_t bytes) MUST_USE;
/* Where the organisation's key set is; the server's root key, which signs it, as a JWK. */
err_t key_set_url(struct request *rq, oid_t org, str_t *ret) MUST_USE;
err_t root_key_view(struct request *rq, str_t *ret) MUST_USE;
/* An absolute URL of this server: by its configured name, else by the one that was called. */
err_t own_url(struct request *rq, str_t path, str_t *ret) MUST_USE;

#endif
