/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/mcp/mcp_state.h"

#include "base/enc.h"
#include "base/num.h"
#include "plat/crypto/crypto.h"

#define STATE_FORM "s1."
#define STATE_USE  "seneschal-mcp-state-v1"
enum { UNTIL = 8, ARGUMENTS_MAX = 16 * 1024 * 1024 };

/* Principal and digest of the call; each part with its length in front. */
static err_t state_aad(struct arena *a, const struct mcp_bind *bind, str_t *ret)
{
    struct buf arguments;
    uint8_t lengths[2][8];
    buf_init(&arguments, ARGUMENTS_MAX);
    if (bind->arguments != NULL)
        json_write_jcs(&arguments, bind->arguments);
    num_put_be64(lengths[0], bind->method.n);
    num_put_be64(lengths[1], bind->name.n);
    const str_t parts[] = { str_of(lengths[0], 8), bind->method, str_of(lengths[1], 8), bind->name,
                            buf_str(&arguments) };
    digest_t call = sha256_of_parts(parts, ARRAY_LEN(parts));
    err_t e = arguments.err;
    buf_fini(&arguments);
    TRY(e);
    struct buf b;
    buf_init(&b, sizeof STATE_USE + sizeof bind->principal.b + sizeof call.b);
    buf_add(&b, str_of(STATE_USE, sizeof STATE_USE)); /* with its NUL: nothing else begins so */
    buf_add(&b, oid_bytes(&bind->principal));
    buf_add(&b, str_of(call.b, sizeof call.b));
    e = b.err == E_OK ? str_copy(a, buf_str(&b), ret) : b.err;
    buf_fini(&b);
    return e;
}

err_t mcp_state_seal(struct arena *a, const secret_t *key, const struct mcp_bind *bind, ts_t until,
                     str_t payload, str_t *ret)
{
    str_t aad;
    str_t sealed;
    str_t text;
    if (payload.n > MCP_STATE_MAX)
        return E_TOO_BIG;
    TRY(state_aad(a, bind, &aad));
    uint8_t *plain = arena_alloc(a, UNTIL + payload.n);
    if (plain == NULL)
        return E_NO_MEMORY;
    num_put_be64(plain, (uint64_t)until.us);
    if (payload.n > 0)
        memcpy(plain + UNTIL, payload.p, payload.n);
    TRY(seal(a, key, aad, str_of(plain, UNTIL + payload.n), &sealed));
    TRY(base64url_make(a, sealed.p, sealed.n, &text));
    return str_format(a, ret, STATE_FORM "%.*s", STR_ARG(text));
}

err_t mcp_state_open(struct arena *a, const secret_t *key, const struct mcp_bind *bind, ts_t now,
                     str_t state, str_t *ret_payload)
{
    str_t aad;
    str_t sealed;
    str_t plain;
    size_t form = sizeof STATE_FORM - 1;
    if (!str_starts(state, STR(STATE_FORM)) || state.n > 2 * (size_t)MCP_STATE_MAX)
        return E_CORRUPT;
    err_t e = base64url_decode(a, str_sub(state, form, state.n), &sealed);
    if (e != E_OK)
        return e == E_NO_MEMORY ? e : E_CORRUPT;
    TRY(state_aad(a, bind, &aad));
    TRY(unseal(a, key, aad, sealed, &plain));
    if (plain.n < UNTIL)
        return E_CORRUPT;
    if ((uint64_t)now.us >= num_get_be64((const uint8_t *)plain.p))
        return E_TIMEOUT;
    *ret_payload = str_sub(plain, UNTIL, plain.n);
    return E_OK;
}
