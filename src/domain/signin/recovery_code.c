/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/signin/recovery_code.h"

#include "base/rng.h"
#include "domain/identity/keys.h"
#include "plat/crypto/crypto.h"
#include "sql/factor.h"

/* No vowel, so that no word comes out, and nothing that is read as something else. */
static const char digits[] = "23456789bcdfghjkmnpqrstvwxz";
enum { DIGITS = sizeof digits - 1, GROUP = 4 };

/* Of the person too: the same code of another one is another one. */
static digest_t code_hash(const struct act *act, oid_t user, const char code[RECOVERY_CODE_DIGITS])
{
    const str_t parts[] = { STR("seneschal-recovery-v1"), oid_bytes(&user),
                            str_of(code, RECOVERY_CODE_DIGITS) };
    return hmac_of_parts(&act->keys->by_use[KEY_TOKEN], parts, ARRAY_LEN(parts));
}

static err_t code_make(struct act *act, oid_t user, str_t *ret)
{
    char code[RECOVERY_CODE_DIGITS];
    char *text = arena_alloc(act->arena, RECOVERY_CODE_TEXT);
    size_t n = 0;
    if (text == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < RECOVERY_CODE_DIGITS; i++) {
        code[i] = digits[rng_below(DIGITS)];
        if (i > 0 && i % GROUP == 0)
            text[n++] = '-';
        text[n++] = code[i];
    }
    digest_t hash = code_hash(act, user, code);
    explicit_bzero(code, sizeof code);
    TRY(sql_recovery_code_add(
        act->db, &(struct sql_recovery_code_add){ .hash = str_of(hash.b, sizeof hash.b),
                                                  .org = act->org,
                                                  .user_id = user,
                                                  .now = act->now }));
    *ret = str_of(text, n);
    return E_OK;
}

err_t recovery_codes_make(struct act *act, oid_t user, str_t **ret)
{
    str_t *codes = ARENA_ARRAY(act->arena, str_t, RECOVERY_CODES);
    if (codes == NULL)
        return E_NO_MEMORY;
    TRY(sql_recovery_code_drop_all(act->db, &(struct sql_recovery_code_drop_all){ user }));
    for (size_t i = 0; i < RECOVERY_CODES; i++)
        TRY(code_make(act, user, &codes[i]));
    *ret = codes;
    return E_OK;
}

err_t recovery_code_use(struct act *act, oid_t user, str_t code, bool *ret_good)
{
    char plain[RECOVERY_CODE_DIGITS];
    struct sql_recovery_code_use_row row;
    if (code.n != RECOVERY_CODE_DIGITS) {
        *ret_good = false;
        return E_OK;
    }
    for (size_t i = 0; i < code.n; i++)
        plain[i] = (char)(code.p[i] >= 'A' && code.p[i] <= 'Z' ? code.p[i] - 'A' + 'a' : code.p[i]);
    digest_t hash = code_hash(act, user, plain);
    explicit_bzero(plain, sizeof plain);
    err_t e = sql_recovery_code_use(
        act->db, act->arena,
        &(struct sql_recovery_code_use){
            .hash = str_of(hash.b, sizeof hash.b), .user_id = user, .now = act->now },
        &row);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    *ret_good = e == E_OK;
    return E_OK;
}
