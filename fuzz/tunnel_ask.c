/* SPDX-License-Identifier: Apache-2.0 */
/* What a program in a cage asks of its proxy. Oracles: the head ends in an empty line and is no
 * longer than may be; host and port are what stands in the request line, and nothing else there is
 * an address; what comes behind changes nothing. */
#include "plat/http/tunnel_ask.h"
#include "base/host_rule.h"
#include "plat/http/tunnel.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    str_t in = str_of(p, n);
    struct tunnel_ask ask;
    struct tunnel_ask again;
    if (tunnel_ask_read(in, NULL, &ask) != E_OK)
        return 0;
    assert(ask.n <= n && ask.n <= TUNNEL_HEAD_MAX && ask.port != 0);
    assert(str_ends(str_sub(in, 0, ask.n), STR("\r\n\r\n")));
    assert(ask.host.n > 0 && ask.host.n <= HOST_NAME_MAX_N);
    for (size_t i = 0; i < ask.host.n; i++)
        assert(ask.host.p[i] > ' ' && strchr("/:@[]%\\?#*", ask.host.p[i]) == NULL);
    assert(tunnel_ask_read(str_sub(in, 0, ask.n), NULL, &again) == E_OK);
    assert(again.n == ask.n && again.port == ask.port && str_eq(again.host, ask.host));
    assert(tunnel_ask_read(str_sub(in, 0, ask.n - 1), NULL, &again) == E_AGAIN);
    return 0;
}
