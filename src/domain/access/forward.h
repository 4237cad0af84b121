/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A person who is signed in here becomes known on the host of an application behind a proxy, where
 * our cookie is not sent: a code of one use carries him over, and a cookie of that host stays. The
 * cookie is worth nothing elsewhere, and ends with the session.
 */
#ifndef DOMAIN_ACCESS_FORWARD_H
#define DOMAIN_ACCESS_FORWARD_H

#include "domain/access/application.h"

#define FORWARD_CODE_LIFE     DUR_S(60)
#define FORWARD_COOKIE_PREFIX STR("sen_b_")

/* What the store and memory know the cookie by: its text and the canonical host that it was sent
 * for. Never the digest that the same text would have as a cookie of this server. */
digest_t forward_digest(str_t cookie, str_t host);

struct forward_in {
    const struct row_application *app;
    oid_t session;
    str_t state; /* SHA-256 that came with the browser's request, 32 bytes */
    str_t path;  /* on the application's host; checked by the caller */
};
/* *ret_code is a secret: wipe it. */
err_t forward_begin(struct act *act, const struct forward_in *in,
                    struct token_text *ret_code) MUST_USE;
/* `state`: the text of the browser's cookie. E_UNAUTHENTICATED: the code is unknown, used, too old,
 * for another application or of another browser. */
err_t forward_finish(struct act *act, const struct row_application *app, str_t code, str_t state,
                     str_t *ret_path, struct token_text *ret_cookie) MUST_USE;

/* What the application is told of who comes; in act->org. */
struct forward_who {
    str_t username; /* of a service account its name, of a device its machine_id */
    str_t email;    /* of a person */
    str_t name;
    const str_t *groups;
    size_t groups_n;
};
err_t forward_who(struct act *act, enum actor_kind kind, oid_t id,
                  struct forward_who *ret) MUST_USE;

#endif
