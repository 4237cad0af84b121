/* SPDX-License-Identifier: Apache-2.0 */
#include "app/listen.h"

#include "base/log.h"
#include "plat/os/proc.h"

enum { HOSTS_MAX = 256 };

str_t listen_host(str_t address)
{
    size_t colon = address.n;
    while (colon > 0 && address.p[colon - 1] != ':')
        colon--;
    return colon == 0 ? address : str_sub(address, 0, colon - 1);
}

bool listen_is_loopback(str_t host)
{
    return str_eq(host, STR("localhost")) || str_eq(host, STR("[::1]")) ||
           str_starts(host, STR("127."));
}

static bool is_wildcard(str_t host)
{
    return str_eq(host, STR("0.0.0.0")) || str_eq(host, STR("[::]"));
}

err_t listen_check(const struct config *c, str_t address, bool tls, struct diag *why)
{
    str_t host = listen_host(address);
    if (host.n == address.n)
        return FAIL(why, E_USAGE, "listen: want HOST:PORT, got '%.*s'", STR_ARG(address));
    if (listen_is_loopback(host))
        return E_OK;
    if (!config_bool(c, CONF_LIMITS))
        return FAIL(why, E_USAGE, "limits off is for loopback only, and %.*s is not",
                    STR_ARG(address));
    if (!tls && !config_bool(c, CONF_INSECURE_HTTP))
        return FAIL(why, E_USAGE,
                    "%.*s would speak plain HTTP beyond this machine: give --tls-cert and "
                    "--tls-key, or --insecure-http "
                    "behind a proxy that speaks TLS",
                    STR_ARG(address));
    return E_OK;
}

struct host_list {
    struct arena *a;
    str_t *v;
    size_t n;
};

static err_t host_add(struct host_list *list, str_t host, uint16_t port)
{
    if (list->n == HOSTS_MAX)
        return E_TOO_BIG;
    return str_format(list->a, &list->v[list->n++], "%.*s:%u", STR_ARG(host), (unsigned)port);
}

static err_t host_add_plain(struct host_list *list, str_t host)
{
    if (list->n == HOSTS_MAX)
        return E_TOO_BIG;
    list->v[list->n++] = host;
    return E_OK;
}

/* The authority of public_url, with and without its port. */
static err_t hosts_of_url(struct host_list *list, str_t url)
{
    bool tls = str_starts(url, STR("https://"));
    size_t scheme = tls ? sizeof "https://" - 1 : sizeof "http://" - 1;
    if (!tls && !str_starts(url, STR("http://")))
        return E_OK;
    str_t authority = str_sub(url, scheme, url.n);
    authority = str_sub(authority, 0, str_find(authority, '/'));
    TRY(host_add_plain(list, authority));
    return str_find(authority, ':') == authority.n ? host_add(list, authority, tls ? 443 : 80)
                                                   : E_OK;
}

/* SAFETY rule 11: the names of loopback and of --listen, each with the port really bound. */
static err_t hosts_of_listen(struct host_list *list, str_t host, uint16_t port)
{
    static const char *const own[] = { "localhost", "127.0.0.1", "[::1]" };
    for (size_t i = 0; i < ARRAY_LEN(own); i++) {
        TRY(host_add(list, str_from_cz(own[i]), port));
        if (port == 80 || port == 443)
            TRY(host_add_plain(list, str_from_cz(own[i])));
    }
    return is_wildcard(host) ? E_OK : host_add(list, host, port);
}

static err_t hosts_make(const struct config *c, const struct sockets *sockets,
                        const struct http_server *http, struct host_list *list, bool *ret_any_ip)
{
    const str_t *more;
    size_t more_n;
    str_t url = config_text(c, CONF_PUBLIC_URL);
    bool wildcard = false;
    TRY(hosts_of_url(list, url));
    for (size_t i = 0; i < sockets->n; i++) {
        str_t host = listen_host(str_from_cz(sockets->list[i].address));
        wildcard = wildcard || is_wildcard(host);
        TRY(hosts_of_listen(list, host, http_server_port(http, i)));
    }
    TRY(config_list(c, CONF_HOSTS, &more, &more_n));
    for (size_t i = 0; i < more_n; i++)
        TRY(host_add_plain(list, more[i]));
    *ret_any_ip = wildcard && url.n == 0;
    if (*ret_any_ip)
        LOG(LOG_WARNING, "any-ip-host",
            LOG_F("note", "public_url is not set: every Host that is an IP address is answered"));
    return E_OK;
}

static struct mcp_settings gateway_settings(const struct config *c)
{
    return (struct mcp_settings){
        .message_max = (size_t)config_int(c, CONF_GATEWAY_MESSAGE),
        .sessions_max = (size_t)config_int(c, CONF_GATEWAY_SESSIONS),
        .session_idle = DUR_S(config_int(c, CONF_GATEWAY_IDLE)),
        .queue_max = (size_t)config_int(c, CONF_GATEWAY_QUEUE),
        .parallel_max = (size_t)config_int(c, CONF_GATEWAY_PARALLEL),
        .call_timeout = DUR_S(config_int(c, CONF_GATEWAY_TIMEOUT)),
        .list_ttl = DUR_S(config_int(c, CONF_GATEWAY_LIST_TTL)),
        .result_ttl = DUR_S(config_int(c, CONF_GATEWAY_RESULT_TTL)),
        .breaker_failures = (size_t)config_int(c, CONF_GATEWAY_BREAKER),
        .breaker_pause = DUR_S(config_int(c, CONF_GATEWAY_PAUSE)),
        .approval_ttl = DUR_S(config_int(c, CONF_GATEWAY_APPROVAL)),
        .approval_hold = DUR_S(config_int(c, CONF_GATEWAY_HOLD)),
        .approve_own = config_bool(c, CONF_GATEWAY_OWN),
        .traces = config_text(c, CONF_OTLP_URL).n > 0,
    };
}

/* But for the names that it answers for. */
static err_t settings_plain(const struct config *c, struct settings *s)
{
    s->fleet_locked = config_tri(c, CONF_FLEET_LOCKED);
    s->fleet_locked_by = c->origins[CONF_FLEET_LOCKED].p;
    s->enrol_open = config_int(c, CONF_ENROL_OPEN);
    s->enrol_open_per_machine = config_int(c, CONF_ENROL_OPEN_MACHINE);
    s->spread_s = config_int(c, CONF_SPREAD);
    s->log_days = config_int(c, CONF_LOG_DAYS);
    s->history_days = config_int(c, CONF_HISTORY_DAYS);
    s->registration_open = config_bool(c, CONF_REGISTRATION_OPEN);
    s->access_contact = config_text(c, CONF_ACCESS_CONTACT);
    s->session.life = DUR_S(config_int(c, CONF_SESSION_LIFE));
    s->session.idle = DUR_S(config_int(c, CONF_SESSION_IDLE));
    s->token_access_life = DUR_S(config_int(c, CONF_TOKEN_ACCESS_LIFE));
    s->token_refresh_life = DUR_S(config_int(c, CONF_TOKEN_REFRESH_LIFE));
    s->lease_life = DUR_S(config_int(c, CONF_LEASE_LIFE));
    s->lease_grace = DUR_S(config_int(c, CONF_LEASE_GRACE));
    s->gateway = gateway_settings(c);
    s->webhooks.attempts = config_int(c, CONF_WEBHOOK_ATTEMPTS);
    s->webhooks.first = DUR_S(config_int(c, CONF_WEBHOOK_RETRY));
    s->metrics_open = config_bool(c, CONF_METRICS_OPEN);
    s->public_url = config_text(c, CONF_PUBLIC_URL);
    s->clients_open = config_bool(c, CONF_CLIENTS_OPEN);
    s->client_documents = config_bool(c, CONF_CLIENT_DOCUMENTS);
    TRY(config_list(c, CONF_CLIENTS_GROUPS, &s->clients_groups, &s->clients_groups_n));
    return config_list(c, CONF_CORS_ORIGINS, &s->cors_origins, &s->cors_origins_n);
}

/* One name for links, for tokens and for whether cookies are Secure: it never comes from a request.
 */
static err_t issuer_make(const struct config *c, struct arena *a, const struct sockets *sockets,
                         const struct http_server *http, struct settings *s)
{
    str_t url = config_text(c, CONF_PUBLIC_URL);
    bool tls = config_text(c, CONF_TLS_CERT).n > 0;
    if (url.n == 0) {
        str_t host =
            sockets->n == 0 ? STR("localhost") : listen_host(str_from_cz(sockets->list[0].address));
        TRY(str_format(a, &url, "%s://%.*s:%u", tls ? "https" : "http", STR_ARG(host),
                       sockets->n == 0 ? 0U : http_server_port(http, 0)));
    }
    while (str_ends(url, STR("/")))
        url.n--;
    s->issuer = url;
    s->https = str_starts(url, STR("https://"));
    return E_OK;
}

err_t listen_settings(const struct config *c, struct arena *a, const struct sockets *sockets,
                      const struct http_server *http, struct settings *ret)
{
    struct host_list hosts = { .a = a, .v = ARENA_ARRAY(a, str_t, HOSTS_MAX) };
    struct settings s = { 0 };
    if (hosts.v == NULL)
        return E_NO_MEMORY;
    TRY(hosts_make(c, sockets, http, &hosts, &s.any_ip_host));
    TRY(issuer_make(c, a, sockets, http, &s));
    s.hosts = hosts.v;
    s.hosts_n = hosts.n;
    TRY(settings_plain(c, &s));
    *ret = s;
    return E_OK;
}

size_t listen_conns_max(const struct config *c)
{
    size_t want = (size_t)config_int(c, CONF_CONNECTIONS_MAX);
    size_t files = proc_files_max(want + CONNS_SPARE + FILES_OWN);
    size_t most = files > CONNS_SPARE + FILES_OWN ? files - CONNS_SPARE - FILES_OWN : 1;
    if (files == 0 || most >= want)
        return want;
    LOG(LOG_WARNING, "descriptors-short", LOG_F("connections", (int64_t)most),
        LOG_F("hint", "raise the limit of open files (LimitNOFILE=) or lower `connections`"));
    return most;
}
