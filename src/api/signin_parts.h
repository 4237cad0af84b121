/* SPDX-License-Identifier: Apache-2.0 */
/* What the rows share by which people sign in: pages (h_login.c, h_recover.c, h_setup.c) and JSON
 * (h_auth.c). */
#ifndef API_SIGNIN_PARTS_H
#define API_SIGNIN_PARTS_H

#include "api/request.h"
#include "domain/signin/signin.h"
#include "sql/session.h"

/* Name and password, as a form or a JSON body brings them. */
struct login_in {
    str_t name; /* username or email */
    str_t email;
    str_t password;
    str_t otp;
    str_t next; /* an own path */
    str_t org;  /* slug; absent: the default one */
};

/* What a row's `prepare` leaves to its handler, in place of the input. */
struct login_do {
    const struct login_in *in;
    struct signin_look look;
    struct signin_proof proof;
    oid_t org;
};

/* Of a row with .hashes: look and prove; the store is left before what takes long. E_RATE_LIMITED.
 */
err_t login_prepare(struct request *rq);
/* On the writer. With *ret SIGNIN_WRONG or SIGNIN_WAIT the refusal is on the record already. */
err_t login_decide(struct request *rq, const struct login_do *l, enum signin_outcome *ret,
                   dur_t *ret_wait) MUST_USE;

/* How often an address may try to sign in. E_RATE_LIMITED. */
err_t signin_limit(struct request *rq) MUST_USE;
/* Acts in this organisation from now on. E_NOT_FOUND. */
err_t signin_org(struct request *rq, str_t slug) MUST_USE;
/* From where: an address, of IPv6 its /64. */
str_t signin_network(const struct request *rq);

/* A browser's session of this person, who has proven himself by `amr`: a new one, or the one that
 * he has, with another cookie. What the cookie stood for before ends. */
struct browser_in {
    oid_t user;
    str_t username;
    int64_t amr;
    oid_t upstream; /* the issuer that he came from, and how it calls him and this signing-in */
    str_t upstream_sub;
    str_t upstream_sid;
};
err_t browser_signs_in(struct request *rq, const struct browser_in *in,
                       struct row_session *ret) MUST_USE;
/* Then on to `next`, an own path; by the page of the second factor where it is half. */
/* Where one lands who wanted nothing else: the console chooses the page by what one may do. */
#define LANDING STR("/")
err_t browser_goes_on(struct request *rq, const struct row_session *s, str_t next) MUST_USE;
/* A session without a cookie: of POST /auth/login. */
err_t client_signs_in(struct request *rq, oid_t user, int64_t amr,
                      struct row_session *ret) MUST_USE;
/* The cookie goes; what it stood for must have ended. */
err_t browser_signs_out(struct request *rq) MUST_USE;

/* Its person is told that a recovery code was used up. */
err_t recovery_code_notice(struct request *rq, oid_t user) MUST_USE;

/* "{"kind":"browser","reason":"signed-out"}" for the record; a reason may be absent. */
err_t session_details(struct request *rq, const struct row_session *s, const char *reason) MUST_USE;

#endif
