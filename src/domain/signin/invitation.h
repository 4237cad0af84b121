/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Invitations: links that end and count their uses, and carry the groups that the account enters.
 *
 * A link is worth what whoever made it may do at the moment it is used: when he was disabled,
 * deleted or lost a right that its groups give, it is over. Nothing but an acceptance uses it up,
 * and its time is looked at in the statement that does: no job ends invitations.
 */
#ifndef DOMAIN_SIGNIN_INVITATION_H
#define DOMAIN_SIGNIN_INVITATION_H

#include "domain/identity/group.h"
#include "domain/identity/user.h"
#include "plat/crypto/crypto.h"
#include "sql/people.h"

#define INVITATION_TTL     DUR_DAYS(7) /* where nobody said how long */
#define INVITATION_TTL_MAX DUR_DAYS(366)
enum { INVITATION_USES_MAX = 10000, INVITATION_GROUPS_MAX = 100 };

struct invitation_in {
    str_t email;        /* absent: whoever comes says his own */
    str_t username;     /* proposed */
    str_t display_name; /* proposed */
    str_t lang;         /* "en", "fr"; absent: as the browser says */
    struct names groups;
    opt_i64_t uses; /* not set: 1 */
    ts_t expires_at;
    bool mailed; /* the link goes to the address: who uses it has proven that he reads it */
};

/* What stands in the way of an invitation. */
enum invitation_state {
    INVITATION_OPEN,
    INVITATION_USED,
    INVITATION_EXPIRED,
    INVITATION_ORPHANED, /* whoever made it may not any more */
    INVITATION_STATES
};
const char *invitation_state_name(enum invitation_state s);

/* `*ret_token` is the text of the link, which is nowhere else. E_BAD_FIELD. E_FORBIDDEN: a group
 * has a right that the actor lacks. E_CONFLICT: the address has an account or an open invitation.
 */
err_t invitation_make(struct act *act, const struct invitation_in *in, struct row_invitation *ret,
                      struct token_text *ret_token) MUST_USE;
err_t invitation_get(struct act *act, oid_t id, struct row_invitation *ret) MUST_USE;
/* After `after`, at most `n`; `open`: only those that have uses and time left. */
err_t invitation_page(struct act *act, bool open, oid_t after, int64_t n,
                      struct row_invitation **ret, size_t *ret_n) MUST_USE;
err_t invitation_delete(struct act *act, oid_t id) MUST_USE;
err_t invitation_groups(struct act *act, oid_t id, struct row_invitation_group **ret,
                        size_t *ret_n) MUST_USE;
/* By the clock of the act and the rights of its maker. */
err_t invitation_state(struct act *act, const struct row_invitation *row,
                       enum invitation_state *ret) MUST_USE;

/* The open invitation of a link. From then on the act is in its organisation. E_INVITATION_OVER,
 * for every reason in the same words. Uses nothing up. */
err_t invitation_open(struct act *act, const digest_t *token, struct row_invitation *ret) MUST_USE;

/* Who somebody says that he is. */
struct person {
    str_t username; /* absent: as the invitation proposes */
    str_t email;
    str_t display_name;
};

/* The same, and what stands in the way of this person: E_BAD_FIELD, E_CONFLICT (a name is taken).
 * Then *ret is set too. */
err_t invitation_admit(struct act *act, const digest_t *token, const struct person *who,
                       struct row_invitation *ret) MUST_USE;
/* Is nobody called so yet? E_CONFLICT. */
err_t person_is_new(struct act *act, str_t username, str_t email) MUST_USE;
/* One use, and the account it is for: active, in the groups. E_INVITATION_OVER. E_BAD_FIELD.
 * E_CONFLICT: username or email is taken. */
err_t invitation_accept(struct act *act, const digest_t *token, const struct person *who,
                        struct row_invitation *ret, struct row_user_account *ret_user) MUST_USE;

/* Names that people choose themselves: ASCII letters, digits and . _ -, so that none looks like
 * another's name or address. E_BAD_FIELD. */
err_t username_chosen(struct act *act, str_t name) MUST_USE;

#endif
