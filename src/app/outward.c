/* SPDX-License-Identifier: Apache-2.0 */
#include "app/outward.h"

#include "app/listen.h"
#include "domain/hooks/mail.h"

#include <unistd.h>

/* Else whoever may name an address here could reach, through us, what was kept to this machine. */
err_t outward_only_loopback(const struct config *c, bool *ret)
{
    const str_t *addresses;
    size_t n;
    bool only = true;
    TRY(config_list(c, CONF_LISTEN, &addresses, &n));
    for (size_t i = 0; i < n; i++)
        only = only && listen_is_loopback(listen_host(addresses[i]));
    *ret = only;
    return E_OK;
}

static err_t allow_list(const struct config *c, struct arena *a, struct diag *why,
                        struct outbound_rules *rules)
{
    const str_t *list;
    size_t n;
    TRY(config_list(c, CONF_OUTBOUND_ALLOW, &list, &n));
    struct outbound_allow *rows = ARENA_ARRAY(a, struct outbound_allow, n);
    if (n > 0 && rows == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        if (outbound_allow_parse(list[i], &rows[i]) != E_OK)
            return FAIL(why, E_USAGE,
                        "outbound.allow: want NAME, *.NAME or a block of addresses such as "
                        "10.0.0.0/8, got '%.*s'",
                        STR_ARG(list[i]));
    }
    rules->allow = rows;
    rules->allow_n = n;
    return E_OK;
}

err_t outward_rules(const struct config *c, struct arena *a, struct diag *why,
                    struct outbound_rules *ret)
{
    struct outbound_rules rules = { .ca_file = config_cz(c, CONF_OUTBOUND_CA),
                                    .loopback = config_bool(c, CONF_OUTBOUND_LOOPBACK) };
    bool only = false;
    TRY(outward_only_loopback(c, &only));
    if (rules.loopback && !only)
        return FAIL(why, E_USAGE,
                    "outbound.loopback: only a server that listens on loopback alone may call "
                    "this machine");
    if (rules.ca_file != NULL && access(rules.ca_file, R_OK) != 0)
        return FAIL(why, E_USAGE, "outbound.ca: %s cannot be read", rules.ca_file);
    TRY(allow_list(c, a, why, &rules));
    *ret = rules;
    return E_OK;
}

err_t outward_mail(const struct config *c, struct arena *a, struct diag *why, struct smtp_cfg *ret,
                   struct notice_cfg *ret_notices)
{
    struct smtp_cfg mail = { .url = config_cz(c, CONF_MAIL_URL),
                             .password = config_cz(c, CONF_MAIL_PASSWORD),
                             .from = config_cz(c, CONF_MAIL_FROM),
                             .ca_file = config_cz(c, CONF_OUTBOUND_CA) };
    struct notice_cfg notices = { .mail = mail.url != NULL,
                                  .lang = lang_parse(config_text(c, CONF_LANG)) };
    str_t server = config_text(c, CONF_PUBLIC_URL);
    size_t scheme = str_starts(server, STR("https://")) ? sizeof "https://" - 1 : 0;
    if (mail.url != NULL)
        TRY(smtp_url_check(a, mail.url, why));
    if (mail.url != NULL && (mail.from == NULL || !mail_address_obeys(str_from_cz(mail.from))))
        return FAIL(why, E_USAGE, "mail.from: want the address that mail comes from");
    server = str_sub(server, scheme, server.n);
    while (str_ends(server, STR("/")))
        server.n--;
    notices.server = server.n > 0 ? server : STR("Seneschal");
    if (config_text(c, CONF_OIDC_ISSUER).n > 0 && config_text(c, CONF_OIDC_AUDIENCE).n == 0)
        return FAIL(why, E_USAGE, "oidc.audience: say for whom the tokens of oidc.issuer must be");
    *ret = mail;
    *ret_notices = notices;
    return E_OK;
}
