/* SPDX-License-Identifier: Apache-2.0 */
/* doctor: settings, environment, and the certificate that they name. */
#include "app/doctor.h"
#include "app/listen.h"
#include "plat/os/file.h"
#include "plat/tls/cert.h"
#include "plat/tls/tls.h"

enum { STRANGE_MAX = 32, HOST_MAX = 256, SOON_DAYS = 14 };

bool doctor_is_open(struct doctor *d, const char *path, unsigned forbidden, const char *what)
{
    mode_t mode = 0;
    uid_t owner = 0;
    if (path == NULL || file_owner(path, &mode, &owner) != E_OK || (mode & forbidden) == 0)
        return false;
    bool writes = (mode & forbidden & 022) != 0;
    doctor_say(d, SEVERITY_ERROR,
               writes ? "chmod go-w, and look whether it is still what you wrote" : "chmod go-rwx",
               "%s: %s: others may %s it (mode %04o)", path, what, writes ? "change" : "read",
               (unsigned)mode & 07777);
    return true;
}

static void check_listen(struct doctor *d, bool tls, bool *ret_beyond)
{
    const str_t *list;
    size_t n;
    if (config_list(&d->config, CONF_LISTEN, &list, &n) != E_OK)
        return;
    if (n == 0)
        doctor_say(d, SEVERITY_ERROR, "give at least one HOST:PORT", "listen: no address");
    for (size_t i = 0; i < n; i++) {
        struct diag why = { 0 };
        if (listen_check(&d->config, list[i], tls, &why) != E_OK)
            doctor_say(d, SEVERITY_ERROR, "mend the setting `listen`, or what it wants", "%s",
                       why.text);
        str_t host = listen_host(list[i]);
        bool loopback = str_starts(host, STR("127.")) || str_eq(host, STR("[::1]")) ||
                        str_eq(host, STR("localhost"));
        *ret_beyond = *ret_beyond || !loopback;
    }
}

void doctor_configuration(struct doctor *d)
{
    const struct config *c = &d->config;
    size_t before = d->n;
    bool beyond = false;
    if (d->read != E_OK)
        doctor_say(d, SEVERITY_ERROR, "`seneschal check-config` shows every setting and its place",
                   "%s", d->why.text);
    if (c->file != NULL)
        (void)doctor_is_open(d, c->file, 022, "the configuration");
    bool cert = config_cz(c, CONF_TLS_CERT) != NULL;
    if (cert != (config_cz(c, CONF_TLS_KEY) != NULL))
        doctor_say(d, SEVERITY_ERROR, "set both or neither",
                   "tls.cert and tls.key: one is missing");
    check_listen(d, cert, &beyond);
    if (config_cz(c, CONF_DATABASE) != NULL)
        doctor_say(d, SEVERITY_ERROR, "leave it empty: the store lies in the data directory",
                   "database: this build has no other store");
    if (beyond && config_text(c, CONF_PUBLIC_URL).n == 0)
        doctor_say(d, SEVERITY_WARNING, "set public_url to what devices and people call it",
                   "public_url: not set, though the server is reached from elsewhere");
    if (beyond && config_bool(c, CONF_METRICS_OPEN))
        doctor_say(d, SEVERITY_WARNING, "leave metrics.open false and give Prometheus a token",
                   "metrics.open: whoever reaches the server reads its figures");
    if (d->n == before)
        doctor_say(d, SEVERITY_OK, NULL, "%s: understood", c->file != NULL ? c->file : "no file");
}

void doctor_environment(struct doctor *d)
{
    struct config_strange list[STRANGE_MAX];
    size_t n = config_strange_environment(list, ARRAY_LEN(list));
    for (size_t i = 0; i < n; i++)
        doctor_say(d, SEVERITY_WARNING, "rename it or take it away",
                   "%.*s: means nothing here%s%.*s%s", STR_ARG(list[i].name),
                   list[i].near.p != NULL ? "; did you mean " : "", STR_ARG(list[i].near),
                   list[i].near.p != NULL ? "?" : "");
    if (n == 0)
        doctor_say(d, SEVERITY_OK, NULL, "no variable without a meaning");
}

/* The host of public_url, without scheme, port and path; NULL: none. */
static const char *public_host(const struct doctor *d)
{
    str_t url = config_text(&d->config, CONF_PUBLIC_URL);
    size_t at = str_find(url, ':');
    if (at + 3 >= url.n)
        return NULL;
    str_t host = str_sub(url, at + 3, url.n);
    host = str_sub(host, 0, str_find(host, '/'));
    if (str_starts(host, STR("[")))
        host = str_sub(host, 1, str_find(host, ']') - 1);
    else
        host = str_sub(host, 0, str_find(host, ':'));
    return host.n > 0 && host.n < HOST_MAX ? str_cz(d->cli->arena, host) : NULL;
}

static void say_dates(struct doctor *d, const char *file, const struct cert_state *s)
{
    ts_t now = clock_now();
    char day[TS_DAY_TEXT];
    ts_format_day(s->until, day);
    ts_t soon = ts_add(now, DUR_DAYS(SOON_DAYS));
    if (s->until.us < now.us)
        doctor_say(d, SEVERITY_ERROR, "renew it, then SIGHUP or restart", "%s: expired on %.*s",
                   file, TS_DAY_TEXT, day);
    else if (s->from.us > now.us)
        doctor_say(d, SEVERITY_ERROR, "wait, or look whether the clock is right",
                   "%s: not valid yet", file);
    else if (s->until.us < soon.us)
        doctor_say(d, SEVERITY_WARNING, "renew it soon", "%s: expires on %.*s", file, TS_DAY_TEXT,
                   day);
    else
        doctor_say(d, SEVERITY_OK, NULL, "%s: valid until %.*s", file, TS_DAY_TEXT, day);
}

void doctor_certificate(struct doctor *d)
{
    const char *cert = config_cz(&d->config, CONF_TLS_CERT);
    const char *key = config_cz(&d->config, CONF_TLS_KEY);
    const char *host = public_host(d);
    struct tls_server *tls = NULL;
    struct cert_state s;
    struct diag why = { 0 };
    if (cert == NULL || key == NULL) {
        doctor_say(d, SEVERITY_INFO, NULL, "none: plain HTTP");
        return;
    }
    (void)doctor_is_open(d, key, 077, "the private key");
    if (tls_server_new(cert, key, &why, &tls) != E_OK)
        doctor_say(d, SEVERITY_ERROR, "give the certificate with its own key, both in PEM", "%s",
                   why.text);
    tls_server_free(tls);
    diag_clear(&why);
    if (cert_inspect(cert, host, &why, &s) != E_OK) {
        doctor_say(d, SEVERITY_ERROR, "name a PEM file", "%s", why.text);
        return;
    }
    say_dates(d, cert, &s);
    if (!s.named)
        doctor_say(d, SEVERITY_ERROR, "get one for that name, or mend public_url",
                   "%s: is not for %s, the host of public_url", cert, host);
    if (!s.trusted)
        doctor_say(d, SEVERITY_WARNING,
                   "put the chain behind the certificate in its file, or give clients --ca-file",
                   "%s: this machine does not trust it: %s", cert, s.doubt);
}
