/* SPDX-License-Identifier: Apache-2.0 */
#include "app/proxies.h"

err_t proxies_read(const struct config *c, struct arena *a, struct diag *why, struct settings *s)
{
    const str_t *list;
    size_t n;
    TRY(config_list(c, CONF_TRUSTED_PROXIES, &list, &n));
    struct cidr *blocks = ARENA_ARRAY(a, struct cidr, n);
    if (n > 0 && blocks == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        if (cidr_parse(list[i], &blocks[i]) != E_OK)
            return FAIL(
                why, E_USAGE,
                "trusted_proxies: want an address or a block such as 10.0.0.0/8, got '%.*s'",
                STR_ARG(list[i]));
    }
    s->proxies = blocks;
    s->proxies_n = n;
    return E_OK;
}
