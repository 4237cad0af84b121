/* SPDX-License-Identifier: Apache-2.0 */
#include "app/certificate.h"

#include "base/log.h"
#include "plat/os/file.h"

#define LOOK_EVERY DUR_S(5)
#define DAY        DUR_HOURS(24)

/* Days left at which somebody is told; the last: it is over. */
static const int warnings[] = { 21, 7, -1 };

enum { NEVER_WARNED = 1000 };

static err_t files_of(const struct config *c, const char **ret_cert, const char **ret_key,
                      struct diag *why)
{
    const char *cert = config_cz(c, CONF_TLS_CERT);
    const char *key = config_cz(c, CONF_TLS_KEY);
    if ((cert == NULL) != (key == NULL))
        return FAIL(why, E_USAGE, "tls.cert and tls.key: want both or neither");
    *ret_cert = cert;
    *ret_key = key;
    return E_OK;
}

static void certificate_note(struct certificate *c, struct services *sv)
{
    c->warned = NEVER_WARNED;
    atomic_store(&sv->certificate_until_us, tls_server_until(c->tls).us);
}

err_t certificate_open(struct certificate *ret, const struct config *c, struct services *sv,
                       struct diag *why)
{
    struct certificate made = { .next = clock_mono() };
    TRY(files_of(c, &made.cert, &made.key, why));
    if (made.cert != NULL) {
        made.stamps[0] = file_stamp(made.cert);
        made.stamps[1] = file_stamp(made.key);
        TRY(tls_server_new(made.cert, made.key, why, &made.tls));
        certificate_note(&made, sv);
    }
    *ret = made;
    return E_OK;
}

void certificate_close(struct certificate *c)
{
    tls_server_free(c->tls);
    c->tls = NULL;
}

static err_t certificate_read(struct certificate *c, const char *cert, const char *key,
                              struct services *sv, struct diag *why)
{
    c->stamps[0] = file_stamp(cert); /* before they are read: what changes meanwhile is seen */
    c->stamps[1] = file_stamp(key);
    TRY(tls_server_reload(c->tls, cert, key, why));
    c->cert = cert;
    c->key = key;
    certificate_note(c, sv);
    LOG(LOG_INFO, "certificate-loaded", LOG_F("file", cert),
        LOG_F("days", ts_diff(tls_server_until(c->tls), clock_now()).us / DAY.us));
    return E_OK;
}

err_t certificate_reload(struct certificate *c, const struct config *config, struct services *sv,
                         struct diag *why)
{
    const char *cert = NULL;
    const char *key = NULL;
    TRY(files_of(config, &cert, &key, why));
    if ((cert != NULL) != (c->tls != NULL))
        return FAIL(why, E_USAGE, "tls.cert: TLS goes on or off with a restart only");
    return cert == NULL ? E_OK : certificate_read(c, cert, key, sv, why);
}

static void certificate_look(struct certificate *c, struct services *sv)
{
    struct diag why = { 0 };
    if (file_stamp(c->cert) == c->stamps[0] && file_stamp(c->key) == c->stamps[1])
        return;
    if (certificate_read(c, c->cert, c->key, sv, &why) != E_OK)
        LOG(LOG_ERROR, "certificate-refused", LOG_F("why", str_from_cz(why.text)),
            LOG_F("note",
                  "the one before stays in force; it is tried again when its files change"));
}

static void certificate_warn(struct certificate *c)
{
    int64_t left = ts_diff(tls_server_until(c->tls), clock_now()).us;
    int64_t days = left > 0 ? left / DAY.us : -1;
    for (size_t i = ARRAY_LEN(warnings); i-- > 0;) {
        if (days > warnings[i] || c->warned <= warnings[i])
            continue;
        c->warned = warnings[i];
        LOG(days < 0 ? LOG_ERROR : LOG_WARNING,
            days < 0 ? "certificate-expired" : "certificate-expires", LOG_F("file", c->cert),
            LOG_F("days", days));
        return;
    }
}

void certificate_tick(struct certificate *c, struct services *sv)
{
    dur_t now = clock_mono();
    if (c->tls == NULL || now.us < c->next.us)
        return;
    c->next = (dur_t){ now.us + LOOK_EVERY.us };
    certificate_look(c, sv);
    certificate_warn(c);
}
