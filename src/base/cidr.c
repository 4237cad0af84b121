/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cidr.h"

#include "base/num.h"

#include <arpa/inet.h>

enum { IP_BITS = 128, V4_BITS = 32, V4_AT = 12 };

err_t ip_parse(str_t text, uint8_t ret[static 16])
{
    char cz[INET6_ADDRSTRLEN + 1];
    uint8_t b[16] = { [10] = 0xff, [11] = 0xff };
    if (text.n == 0 || text.n >= sizeof cz || memchr(text.p, '\0', text.n) != NULL)
        return E_BAD_FIELD;
    memcpy(cz, text.p, text.n);
    cz[text.n] = '\0';
    bool six = str_find(text, ':') < text.n;
    if (inet_pton(six ? AF_INET6 : AF_INET, cz, six ? b : b + V4_AT) != 1)
        return E_BAD_FIELD;
    memcpy(ret, b, sizeof b);
    return E_OK;
}

/* Is every bit from `from` on zero? */
static bool tail_is_zero(const uint8_t b[static 16], unsigned from)
{
    for (unsigned i = from; i < IP_BITS; i++) {
        if (((unsigned)b[i / 8] >> (7 - i % 8) & 1U) != 0)
            return false;
    }
    return true;
}

err_t cidr_parse(str_t text, struct cidr *ret)
{
    struct cidr block = { .bits = IP_BITS };
    size_t slash = str_find(text, '/');
    str_t ip = str_sub(text, 0, slash);
    bool six = str_find(ip, ':') < ip.n;
    int64_t most = six ? IP_BITS : V4_BITS;
    int64_t bits = most;
    TRY(ip_parse(ip, block.b));
    if (slash < text.n)
        TRY(num_parse_i64(str_sub(text, slash + 1, text.n), &bits));
    if (bits < 0 || bits > most)
        return E_BAD_FIELD;
    block.bits = (unsigned)(bits + IP_BITS - most);
    if (!tail_is_zero(block.b, block.bits))
        return E_BAD_FIELD;
    *ret = block;
    return E_OK;
}

bool cidr_has(const struct cidr *block, const uint8_t ip[static 16])
{
    size_t whole = block->bits / 8;
    unsigned rest = block->bits % 8;
    if (memcmp(block->b, ip, whole) != 0)
        return false;
    return rest == 0 || ((unsigned)block->b[whole] ^ ip[whole]) >> (8 - rest) == 0;
}
