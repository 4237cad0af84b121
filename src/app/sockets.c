/* SPDX-License-Identifier: Apache-2.0 */
#include "app/sockets.h"

#include "app/listen.h"
#include "base/log.h"
#include "plat/os/net.h"

#include <unistd.h>

#define OWN_PREFIX "listen@"

/* Names of descriptors have no colon (sd_listen_fds(3)). */
static err_t name_make(struct arena *a, str_t address, str_t *ret)
{
    str_t name;
    TRY(str_format(a, &name, OWN_PREFIX "%.*s", STR_ARG(address)));
    char *p = str_cz(a, name);
    if (p == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < name.n; i++) {
        if (p[i] == ':')
            p[i] = '/';
    }
    *ret = str_of(p, name.n);
    return E_OK;
}

static err_t sockets_configured(const struct config *c, bool tls, struct diag *why,
                                struct sockets *s)
{
    const str_t *addresses;
    size_t n;
    TRY(config_list(c, CONF_LISTEN, &addresses, &n));
    for (size_t i = 0; i < n; i++) {
        TRY(listen_check(c, addresses[i], tls, why));
        TRY(name_make(c->arena, addresses[i], &s->names[i]));
        s->list[i] = (struct http_listen){ .address = addresses[i].p, .fd = -1 };
    }
    s->n = n;
    return E_OK;
}

/* The entry that a handed socket belongs to; s->n: none. By name first: port 0 says nothing. */
static size_t sockets_entry_of(const struct sockets *s, const struct handed *h)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->list[i].fd < 0 && str_eq(s->names[i], h->name))
            return i;
    }
    for (size_t i = 0; i < s->n; i++) {
        if (s->list[i].fd < 0 && net_is_bound_to(h->fd, s->list[i].address))
            return i;
    }
    return s->n;
}

static err_t sockets_add(const struct config *c, const struct handed *h, bool tls, struct diag *why,
                         struct sockets *s)
{
    str_t address;
    bool ours = str_starts(h->name, STR(OWN_PREFIX));
    if (net_name(h->fd, c->arena, &address) != E_OK) {
        LOG(LOG_WARNING, "socket-not-tcp", LOG_F("name", h->name));
        (void)close(h->fd);
        return E_OK;
    }
    if (!ours)
        TRY(listen_check(c, address, tls, why));
    s->list[s->n] = (struct http_listen){ .address = address.p, .fd = h->fd, .last = ours };
    s->names[s->n] = h->name;
    s->n++;
    return E_OK;
}

/* The default address gives way to what a supervisor has chosen. */
static void sockets_yield(const struct config *c, struct sockets *s, const struct handover *h,
                          const bool *placed)
{
    bool chosen = false;
    for (size_t i = 0; i < h->sockets_n; i++)
        chosen |= !placed[i] && !str_starts(h->sockets[i].name, STR(OWN_PREFIX));
    if (chosen && str_eq(c->origins[CONF_LISTEN], STR("default")) && s->list[0].fd < 0)
        s->n = 0;
}

err_t sockets_make(const struct config *c, const struct handover *h, bool tls, struct diag *why,
                   struct sockets *ret)
{
    bool placed[HANDED_MAX] = { false };
    *ret = (struct sockets){ .n = 0 };
    TRY(sockets_configured(c, tls, why, ret));
    for (size_t i = 0; i < h->sockets_n; i++) {
        size_t entry = sockets_entry_of(ret, &h->sockets[i]);
        placed[i] = entry < ret->n;
        if (placed[i])
            ret->list[entry].fd = h->sockets[i].fd;
    }
    sockets_yield(c, ret, h, placed);
    for (size_t i = 0; i < h->sockets_n; i++) {
        if (!placed[i])
            TRY(sockets_add(c, &h->sockets[i], tls, why, ret));
    }
    return ret->n > 0 ? E_OK : FAIL(why, E_USAGE, "listen: want at least one HOST:PORT");
}

void sockets_store(const struct sockets *s, const struct http_server *http)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->list[i].last)
            handover_unstore(s->names[i]);
        else
            handover_store(&(struct handed){ http_server_listener(http, i), s->names[i] });
    }
}

void sockets_take(const struct sockets *s, struct http_server *http, struct handover *ret)
{
    for (size_t i = 0; i < s->n && ret->sockets_n < HANDED_MAX; i++) {
        int fd = http_server_take_listener(http, i);
        if (fd >= 0)
            ret->sockets[ret->sockets_n++] = (struct handed){ fd, s->names[i] };
    }
}
