/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/hooks/webhook_sealed.h"

#include "base/enc.h"
#include "domain/hooks/hook_header.h"

err_t webhook_unseal(struct act *act, const struct row_webhook *row, struct json **ret)
{
    const struct hook_sealed from = { row->epoch, row->key_id, row->sealed };
    return hook_unseal_json(act, HOOK_TABLE_WEBHOOK, row->id, &from, ret);
}

bool webhook_header_obeys(str_t name, str_t value)
{
    static const char *const names[] = { "host",    "content-length", "transfer-encoding",
                                         "expect",  "connection",     "content-type",
                                         "upgrade", "user-agent",     "proxy-authorization" };
    const struct hook_own_headers ours = { names, ARRAY_LEN(names), STR("webhook-") };
    return hook_header_obeys(name, value, &ours);
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
