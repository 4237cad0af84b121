/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/hooks/webhook_sealed.h"

#include "base/enc.h"

enum { OPEN_MAX = 64 * 1024 };

err_t webhook_seal(struct act *act, oid_t id, const struct json *open, struct hook_sealed *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, OPEN_MAX);
    b.secret = true;
    json_write(&b, open);
    TRY(b.err);
    return hook_seal(act, HOOK_TABLE_WEBHOOK, id, buf_str(&b), ret);
}

err_t webhook_unseal(struct act *act, const struct row_webhook *row, struct json **ret)
{
    str_t plain;
    TRY(hook_unseal(act, HOOK_TABLE_WEBHOOK, row->id,
                    &(struct hook_sealed){ row->epoch, row->key_id, row->sealed }, &plain));
    err_t e = json_parse(plain, NULL, ret);
    hook_wipe(plain);
    return e == E_BAD_JSON ? E_CORRUPT : e;
}

/* RFC 9110 section 5.6.2. */
static bool is_token(str_t s)
{
    const str_t marks = STR("!#$%&'*+-.^_`|~");
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && str_find(marks, c) == marks.n)
            return false;
    }
    return s.n > 0;
}

bool webhook_header_obeys(str_t name, str_t value)
{
    static const char *const ours[] = { "host",    "content-length", "transfer-encoding",
                                        "expect",  "connection",     "content-type",
                                        "upgrade", "user-agent",     "proxy-authorization" };
    for (size_t i = 0; i < ARRAY_LEN(ours); i++) {
        if (str_eq_nocase(name, str_from_cz(ours[i])))
            return false;
    }
    if (!is_token(name) || str_eq_nocase(str_sub(name, 0, 8), STR("webhook-")))
        return false;
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] < ' ' || value.p[i] > '~')
            return false;
    }
    return value.n > 0;
}

err_t webhook_secret_read(str_t text, secret_t *ret)
{
    char url[SECRET_MAX * 2];
    str_t base = str_sub(text, sizeof "whsec_" - 1, text.n);
    secret_t key = { .n = 0 };
    while (base.n > 0 && base.p[base.n - 1] == '=')
        base.n--;
    size_t n = base.n * 3 / 4;
    if (base.n > sizeof url || n > SECRET_MAX || n == 0)
        return E_CORRUPT;
    for (size_t i = 0; i < base.n; i++) {
        char c = base.p[i];
        url[i] = c == '+' ? '-' : c == '/' ? '_' : c;
    }
    err_t e = base64url_decode_n(str_of(url, base.n), key.b, n);
    explicit_bzero(url, sizeof url);
    if (e != E_OK)
        return E_CORRUPT;
    key.n = n;
    *ret = key;
    secret_wipe(&key);
    return E_OK;
}
