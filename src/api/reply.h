/* SPDX-License-Identifier: Apache-2.0 */
/* From a filled struct reply, or an error, to bytes: heads that every answer carries, JSON bodies,
 * problem+json (RFC 9457). */
#ifndef API_REPLY_H
#define API_REPLY_H

#include "api/request.h"

/* "Content-Type", the security headers of API "Conventions", and Seneschal-Request-Id, each with
 * CRLF. */
void reply_head_common(struct buf *b, str_t content_type, oid_t request_id, bool no_store);
/* The body of a reply. */
void reply_encode(struct buf *b, const struct reply *r);
/* The object of an answer for the idempotency table: members that are secret are left out and
 * `secret_shown` says so. */
void reply_encode_without_secrets(struct buf *b, const struct shape *s, const void *from);
/* An error that stays inside the house becomes E_INTERNAL here. */
err_t problem_public(err_t e);
/* In the language of `why`, which is not NULL. */
void problem_encode(struct buf *b, err_t e, const struct diag *why, oid_t request_id);
/* The same with all causes of an act's refusal in `errors`. */
void problem_encode_act(struct buf *b, err_t e, const struct act *act, oid_t request_id);

#endif
