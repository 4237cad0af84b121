/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/signin/signin.h"

#include "domain/identity/account.h"
#include "domain/signin/session.h"
#include "domain/signin/throttle.h"
#include "plat/crypto/pwhash.h"
#include "sql/signin.h"

enum { BROWSERS_MAX = 50 }; /* of a person */
#define BROWSER_LIFE DUR_DAYS(400)
#define LINK_KEPT    DUR_DAYS(1)

/* An account that may not sign in is as good as none; what it lacks is told to nobody. */
static err_t user_find(struct act *act, str_t key, struct signin_look *look)
{
    struct sql_signin_user in = { .org = act->org, .name_key = key };
    struct sql_signin_user_row row;
    err_t e = sql_signin_user(act->db, act->arena, &in, &row);
    if (e == E_NOT_FOUND)
        return E_OK;
    TRY(e);
    struct row_user_account user = { .id = row.id, .status = row.status };
    e = signin_gate(act, &user);
    if (e != E_OK && e != E_FORBIDDEN)
        return e;
    act_clear_why(act);
    look->user = row.id;
    look->username = row.username;
    look->stored = row.password;
    look->may = e == E_OK;
    return E_OK;
}

static err_t browser_find(struct act *act, const digest_t *cookie, struct signin_look *look)
{
    struct sql_known_browser_get_row row;
    if (cookie == NULL || !oid_is_set(look->user))
        return E_OK;
    struct sql_known_browser_get in = { .user_id = look->user,
                                        .hash = str_of(cookie->b, sizeof cookie->b) };
    err_t e = sql_known_browser_get(act->db, act->arena, &in, &row);
    if (e == E_OK)
        look->browser = row.id;
    return e == E_NOT_FOUND ? E_OK : e;
}

err_t signin_look(struct act *act, const struct signin_ask *ask, struct signin_look *ret)
{
    struct signin_look look = { .wait = { 0 } };
    str_t key = STR_NONE;
    TRY(name_key(act->arena, str_trim(ask->name), &key));
    TRY(user_find(act, key, &look));
    TRY(browser_find(act, ask->cookie, &look));
    const struct throttle_key who = {
        .kind = THROTTLE_PASSWORD,
        .user = look.user,
        .name = key,
        .network = ask->network,
        .browser = look.browser,
    };
    look.bucket = throttle_bucket(act, &who);
    TRY(throttle_wait(act, look.bucket, &look.wait));
    *ret = look;
    return E_OK;
}

err_t signin_prove(struct arena *a, const struct signin_look *look, str_t password,
                   struct signin_proof *ret)
{
    struct pwhash_found found;
    struct signin_proof proof = { .renewed = STR_NONE };
    pwhash_check(password, look->stored, &found);
    proof.right = found.right && look->may;
    if (proof.right && found.old)
        TRY(pwhash_make(a, password, &proof.renewed));
    *ret = proof;
    return E_OK;
}

/* Between look and decision he may have been disabled, or have another password. */
static err_t still_right(struct act *act, const struct signin_look *look, bool *ret)
{
    struct sql_user_password in = { .org = act->org, .id = look->user };
    struct sql_user_password_row row;
    struct row_user_account user;
    struct sql_user_get get = { .org = act->org, .id = look->user };
    err_t e = sql_user_password(act->db, act->arena, &in, &row);
    if (e == E_OK)
        e = sql_user_get(act->db, act->arena, &get, &user);
    if (e == E_OK)
        e = signin_gate(act, &user);
    if (e != E_OK && e != E_NOT_FOUND && e != E_FORBIDDEN)
        return e;
    act_clear_why(act);
    *ret = e == E_OK && str_eq(row.password, look->stored);
    return E_OK;
}

err_t signin_decide(struct act *act, const struct signin_look *look,
                    const struct signin_proof *proof, enum signin_outcome *ret, dur_t *ret_wait)
{
    bool right = proof->right;
    dur_t wait;
    dur_t next = { 0 };
    TRY(throttle_wait(act, look->bucket, &wait));
    if (right)
        TRY(still_right(act, look, &right));
    if (!right) {
        TRY(throttle_failed(act, look->bucket, &next));
    } else if (wait.us == 0) {
        TRY(throttle_worked(act, look->bucket));
        if (proof->renewed.p != NULL)
            TRY(sql_user_password_renew(
                act->db, &(struct sql_user_password_renew){ .org = act->org,
                                                            .id = look->user,
                                                            .password = proof->renewed,
                                                            .old = look->stored }));
    }
    *ret_wait = next.us > wait.us ? next : wait;
    if (wait.us > 0)
        *ret = SIGNIN_WAIT; /* a guess that came in time to be right tells nothing */
    else
        *ret = right ? SIGNIN_RIGHT : SIGNIN_WRONG;
    return E_OK;
}

err_t browser_remember(struct act *act, oid_t user, const digest_t *cookie, bool *ret_strange)
{
    struct signin_look look = { .user = user };
    struct sql_known_browser_count in = { .user_id = user };
    struct sql_known_browser_count_row others;
    TRY(browser_find(act, cookie, &look));
    TRY(sql_known_browser_count(act->db, act->arena, &in, &others));
    struct sql_known_browser_put put = { .user_id = user,
                                         .hash = str_of(cookie->b, sizeof cookie->b),
                                         .id = oid_make(),
                                         .org = act->org,
                                         .now = act->now };
    TRY(sql_known_browser_put(act->db, &put));
    TRY(sql_known_browser_trim(
        act->db, &(struct sql_known_browser_trim){ .user_id = user, .keep = BROWSERS_MAX }));
    *ret_strange = !oid_is_set(look.browser) && others.n > 0;
    return E_OK;
}

err_t signin_purge(struct act *act, int64_t limit)
{
    struct sql_known_browser_expire browsers = { .before = { act->now.us - BROWSER_LIFE.us },
                                                 .limit = limit };
    struct sql_signin_link_expire links = { .before = { act->now.us - LINK_KEPT.us },
                                            .limit = limit };
    TRY(sql_known_browser_expire(act->db, &browsers));
    return sql_signin_link_expire(act->db, &links);
}
