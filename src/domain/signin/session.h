/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions: one signing-in of a person each. Every token that follows from one names it, and ends
 * with it. All in act->org; an id of another organisation is E_NOT_FOUND. Results live in
 * act->arena. What changes something is for the writer.
 *
 * A session is half (level 0) while a factor is missing: it then proves nothing but the first. Its
 * cookie is another one after each proof (SAFETY rule 12, AC46).
 */
#ifndef DOMAIN_SIGNIN_SESSION_H
#define DOMAIN_SIGNIN_SESSION_H

#include "domain/live/act.h"
#include "plat/crypto/crypto.h"
#include "sql/identity.h"
#include "sql/session.h"

enum session_kind { SESSION_BROWSER = 1, SESSION_API, SESSION_CLI, SESSION_KIND_END };
enum session_level { SESSION_HALF, SESSION_WHOLE };

/* How a person has proven who he is (names as in RFC 8176): one bit a proof. */
enum amr {
    AMR_PWD = 1,
    AMR_OTP = 2,
    AMR_RECOVERY = 4,
    AMR_HWK = 8,  /* a passkey */
    AMR_FED = 16, /* an upstream issuer said so */
    AMR_LINK = 32 /* a link that was sent or handed over */
};
/* Proofs that count as a second factor; a passkey is one and a first one at once. */
enum { AMR_SECOND = AMR_OTP | AMR_RECOVERY | AMR_HWK };

#define SESSION_SEEN_LEAST DUR_S(60) /* last use is written where it moved by this */
enum { SESSIONS_MAX = 100 };         /* of a person: the longest unused makes room */
#define SESSION_COOKIE_PREFIX "sen_b_"

const char *session_kind_name(enum session_kind k); /* "browser" "api" "cli" */

/* Settings of the server: a session ends so long after its beginning, or after its last use. */
struct session_life {
    dur_t life;
    dur_t idle;
};

struct session_in {
    oid_t user;
    enum session_kind kind;
    enum session_level level;
    int64_t amr;
    struct session_life lasts;
    str_t ip;       /* absent: not known */
    str_t agent;    /* what the client calls itself; cut off where too long */
    oid_t upstream; /* the issuer that it came from; zero: our own */
    str_t upstream_sub;
    str_t upstream_sid;
};

/* May this account sign in, by whatever proof? The one place that decides it. E_FORBIDDEN: it waits
 * for validation, is disabled, or its organisation is. */
err_t signin_gate(struct act *act, const struct row_user_account *user) MUST_USE;

/* *ret_cookie: the new cookie's text, shown once; empty for what has none (API, command line).
 * E_NOT_FOUND: no such user. E_FORBIDDEN: signin_gate. */
err_t session_open(struct act *act, const struct session_in *in, struct row_session *ret,
                   struct token_text *ret_cookie) MUST_USE;

/* One more proof, which makes it whole; the cookie changes. E_UNAUTHENTICATED. */
err_t session_step(struct act *act, oid_t id, enum amr proof, struct row_session *ret,
                   struct token_text *ret_cookie) MUST_USE;
/* The same person proves himself anew: from now on only these proofs count. E_UNAUTHENTICATED. */
err_t session_again(struct act *act, oid_t id, enum session_level level, int64_t amr,
                    struct row_session *ret, struct token_text *ret_cookie) MUST_USE;

/* E_UNAUTHENTICATED: unknown, ended, run out, or its person may not sign in. A half one is live. */
err_t session_get_live(struct act *act, oid_t id, struct row_session *ret) MUST_USE;

/* With all that was granted from it. E_NOT_FOUND: no such session that is open. */
err_t session_end(struct act *act, oid_t id, str_t reason) MUST_USE;
/* All of a person but one (zero: none). */
err_t session_end_all(struct act *act, oid_t user, oid_t except, str_t reason) MUST_USE;

/* Those that are open, newest first, before the id `before` (zero: from the newest). */
err_t session_page(struct act *act, oid_t user, oid_t before, int64_t n, struct row_session **ret,
                   size_t *ret_n) MUST_USE;

/* Last use, as memory collected it. Sessions that are over are passed over. */
err_t session_seen(struct act *act, oid_t id, ts_t at, dur_t idle) MUST_USE;
/* Drop what ran out and nothing names any more, at most `limit`. */
err_t session_purge(struct act *act, int64_t limit, bool *ret_more) MUST_USE;

#endif
