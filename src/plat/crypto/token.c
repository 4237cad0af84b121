/* SPDX-License-Identifier: Apache-2.0 */
#include "base/enc.h"
#include "base/rng.h"
#include "plat/crypto/crypto.h"

#include <assert.h>

enum { TOKEN_PREFIX = 6, TOKEN_BODY = 43, TOKEN_CHECK = 6 };

static_assert(TOKEN_TEXT == TOKEN_PREFIX + TOKEN_BODY + TOKEN_CHECK, "API.md, Conventions");
static_assert(TOKEN_TEXT < TOKEN_TEXT_MAX, "a NUL has room");

static void token_put_check(str_t text, char out[static TOKEN_CHECK])
{
    uint32_t crc = crc32_of(text);
    const uint8_t be[4] = { (uint8_t)(crc >> 24), (uint8_t)(crc >> 16), (uint8_t)(crc >> 8),
                            (uint8_t)crc };
    base62_encode(be, sizeof be, out, TOKEN_CHECK);
}

void token_make(str_t prefix, struct token_text *ret)
{
    uint8_t bytes[TOKEN_BYTES];
    rng_bytes(bytes, sizeof bytes);
    token_from_bytes(prefix, bytes, ret);
    explicit_bzero(bytes, sizeof bytes);
}

void token_from_bytes(str_t prefix, const uint8_t bytes[static TOKEN_BYTES], struct token_text *ret)
{
    assert(prefix.n == TOKEN_PREFIX);
    memset(ret, 0, sizeof *ret);
    memcpy(ret->p, prefix.p, TOKEN_PREFIX);
    base62_encode(bytes, TOKEN_BYTES, ret->p + TOKEN_PREFIX, TOKEN_BODY);
    token_put_check(str_of(ret->p, TOKEN_PREFIX + TOKEN_BODY), ret->p + TOKEN_PREFIX + TOKEN_BODY);
    ret->n = TOKEN_TEXT;
}

bool token_is_ours(str_t text)
{
    if (text.n != TOKEN_TEXT || !str_starts(text, STR("sen_")))
        return false;
    if (text.p[4] < 'a' || text.p[4] > 'z' || text.p[5] != '_')
        return false;
    if (!base62_is(str_sub(text, TOKEN_PREFIX, TOKEN_BODY + TOKEN_CHECK)))
        return false;
    char check[TOKEN_CHECK];
    token_put_check(str_sub(text, 0, TOKEN_PREFIX + TOKEN_BODY), check);
    return bytes_eq_ct(check, text.p + TOKEN_PREFIX + TOKEN_BODY, TOKEN_CHECK);
}
