/* SPDX-License-Identifier: Apache-2.0 */
#include "app/preflight.h"

#include "app/gateway_settings.h"
#include "app/listen.h"
#include "app/otlp.h"
#include "app/outward.h"
#include "app/proxies.h"
#include "plat/db/db.h"
#include "plat/tls/tls.h"

static err_t check_certificate(const struct config *c, struct diag *why)
{
    struct tls_server *tls;
    const char *cert = config_cz(c, CONF_TLS_CERT);
    const char *key = config_cz(c, CONF_TLS_KEY);
    if ((cert == NULL) != (key == NULL))
        return FAIL(why, E_USAGE, "tls.cert and tls.key: want both or neither");
    if (cert == NULL)
        return E_OK;
    TRY(tls_server_new(cert, key, why, &tls));
    tls_server_free(tls);
    return E_OK;
}

err_t preflight(const struct config *c, struct diag *why)
{
    const str_t *addresses;
    size_t n;
    TRY(config_list(c, CONF_LISTEN, &addresses, &n));
    for (size_t i = 0; i < n; i++)
        TRY(listen_check(c, addresses[i], config_cz(c, CONF_TLS_CERT) != NULL, why));
    TRY(check_certificate(c, why));
    struct smtp_cfg mail;
    struct notice_cfg notices;
    struct settings settings;
    TRY(proxies_read(c, c->arena, why, &settings));
    TRY(gateway_settings(c, c->arena, why, &settings));
    TRY(otlp_settings(c, c->arena, why, &settings));
    TRY(outward_mail(c, c->arena, why, &mail, &notices));
    const char *dir = config_cz(c, CONF_DATA);
    return dir == NULL ? E_OK : db_examine(dir, why);
}
