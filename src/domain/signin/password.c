/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/signin/password.h"

#include "domain/identity/account.h"
#include "domain/identity/sign_out.h"
#include "sql/signin.h"

static const char *const common[] = {
#define COMMON(text) text,
#include "domain/signin/password_common.def"
#undef COMMON
};

/* Bytes that begin a character of UTF-8. */
static size_t characters(str_t s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0U) != 0x80U;
    return n;
}

bool password_is_short(str_t password)
{
    return characters(password) < PASSWORD_MIN;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* Without the digits and signs that people put behind a word. */
static str_t stem(str_t s)
{
    while (s.n > 0 && !is_letter(s.p[s.n - 1]))
        s.n--;
    return s;
}

static bool is_common(str_t password)
{
    str_t word = stem(password);
    for (size_t i = 0; i < ARRAY_LEN(common); i++) {
        if (str_eq_nocase(word, str_from_cz(common[i])))
            return true;
    }
    return false;
}

/* "aaaaaaaaaa", "1234567890", "0987654321": each character follows from the one before. */
static bool is_run(str_t password)
{
    int step = 0;
    for (size_t i = 1; i < password.n; i++) {
        int next = (unsigned char)password.p[i] - (unsigned char)password.p[i - 1];
        next = next == -9 && password.p[i] == '0' ? 1 : next; /* after 9 comes 0 */
        if (next < -1 || next > 1 || (i > 1 && next != step))
            return false;
        step = next;
    }
    return true;
}

static bool is_of(str_t password, const struct password_owner *who)
{
    str_t word = stem(password);
    str_t local = str_sub(who->email, 0, str_find(who->email, '@'));
    str_t names[] = { who->username, stem(who->username), who->email, local };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (names[i].n > 0 && (str_eq_nocase(password, names[i]) || str_eq_nocase(word, names[i])))
            return true;
    }
    return false;
}

err_t password_allowed(struct diag *why, str_t password, const struct password_owner *who)
{
    if (password.n > PASSWORD_MAX)
        return diag_set_field(why, E_BAD_FIELD, "password", "want at most %d bytes", PASSWORD_MAX);
    if (password_is_short(password))
        return diag_set_field(why, E_BAD_FIELD, "password", "want at least %d characters",
                              PASSWORD_MIN);
    if (is_common(password) || is_run(password))
        return diag_set_field(why, E_BAD_FIELD, "password",
                              "this is one that everybody tries: choose another");
    if (is_of(password, who))
        return diag_set_field(why, E_BAD_FIELD, "password",
                              "your own name is tried first: choose another");
    return E_OK;
}

err_t password_hash(struct act *act, str_t password, const struct password_owner *who, str_t *ret)
{
    TRY(password_allowed(&act->why, password, who));
    return pwhash_make(act->arena, password, ret);
}

err_t user_password_set(struct act *act, oid_t user, str_t hash, oid_t except)
{
    struct sql_user_password_put put = {
        .org = act->org, .id = user, .password = hash, .now = act->now
    };
    struct sql_user_password_put_row row;
    err_t e = sql_user_password_put(act->db, act->arena, &put, &row);
    if (e == E_NOT_FOUND)
        return FAIL(&act->why, e, "there is no such user");
    TRY(e);
    TRY(sql_signin_link_end(act->db,
                            &(struct sql_signin_link_end){ .user_id = user, .now = act->now }));
    return principal_sign_out(act, user, except, STR("password"));
}

err_t user_password_is_set(struct act *act, oid_t user, bool *ret)
{
    struct sql_user_password in = { .org = act->org, .id = user };
    struct sql_user_password_row row;
    TRY(sql_user_password(act->db, act->arena, &in, &row));
    *ret = row.password.n > 0;
    return E_OK;
}
