/* SPDX-License-Identifier: Apache-2.0 */
/* One connection, from what it asks to who it is joined with. */
#include "base/fault.h"
#include "plat/http/outbound_url.h"
#include "plat/http/tunnel_in.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REFUSAL_MAX = 1024 };
#define JOINED_HEAD STR("HTTP/1.1 200 Connection established\r\n\r\n")

static void one_turn(struct tunnel_one *o, enum tunnel_side side, unsigned events);

/* ---- its two ends ---- */

static void end_on_ready(struct loop_watch *watch, unsigned events)
{
    struct tunnel_end *end = CONTAINER_OF(watch, struct tunnel_end, watch);
    struct tunnel_one *o = end->one;
    if (o->phase == TUNNEL_OVER || end->closing)
        return;
    one_turn(o, end == &o->ends[NEAR] ? NEAR : FAR, events);
}

err_t tunnel_end_open(struct tunnel_one *o, enum tunnel_side side, int fd)
{
    struct tunnel_end *end = &o->ends[side];
    err_t e = loop_watch_open(o->owner->cfg.loop, &end->watch, fd, end_on_ready);
    if (e != E_OK) {
        (void)close(fd);
        return e;
    }
    end->one = o;
    end->fd = fd;
    end->open = true;
    end->closing = false;
    return E_OK;
}

void tunnel_end_arm(struct tunnel_one *o, enum tunnel_side side, unsigned events)
{
    struct tunnel_end *end = &o->ends[side];
    if (end->open && !end->closing)
        loop_watch_arm(&end->watch, events);
}

static void one_connect(struct tunnel_one *o);

static void end_on_closed(struct loop_watch *watch)
{
    struct tunnel_end *end = CONTAINER_OF(watch, struct tunnel_end, watch);
    struct tunnel_one *o = end->one;
    (void)close(end->fd);
    end->open = false;
    if (o->phase == TUNNEL_CONNECTS) /* that address did not answer */
        one_connect(o);
    else if (o->phase == TUNNEL_OVER && !o->ends[NEAR].open && !o->ends[FAR].open)
        tunnel_one_gone(o);
}

static void end_close(struct tunnel_end *end)
{
    if (!end->open || end->closing)
        return;
    end->closing = true;
    loop_watch_close(&end->watch, end_on_closed);
}

void tunnel_one_close(struct tunnel_one *o)
{
    struct loop *l = o->owner->cfg.loop;
    if (o->phase == TUNNEL_OVER)
        return;
    o->phase = TUNNEL_OVER;
    loop_timer_stop(l, &o->step);
    loop_timer_stop(l, &o->total);
    if (o->lookup != NULL)
        outbound_lookup_leave(o->lookup);
    o->lookup = NULL;
    end_close(&o->ends[FAR]);
    end_close(&o->ends[NEAR]);
}

/* ---- refusals ---- */

static const char *phrase_of(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } rows[] = {
        { 400, "Bad Request" },
        { 403, "Forbidden" },
        { 405, "Method Not Allowed\r\nAllow: CONNECT" },
        { 408, "Request Timeout" },
        { 431, "Request Header Fields Too Large" },
        { 502, "Bad Gateway" },
        { 503, "Service Unavailable" },
        { 504, "Gateway Timeout" },
        { 505, "HTTP Version Not Supported" },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].status == status)
            return rows[i].phrase;
    }
    return "Refused";
}

static void one_on_lingered(struct loop_timer *timer)
{
    tunnel_one_close(CONTAINER_OF(timer, struct tunnel_one, step));
}

/* What it has sent meanwhile is read, or the kernel would throw the answer away with it
 * (RFC 9112 section 9.6). */
static void one_refuse(struct tunnel_one *o, int status, const char *text)
{
    struct tunnel_way *way = &o->ways[FAR];
    struct loop *l = o->owner->cfg.loop;
    o->phase = TUNNEL_REFUSED;
    end_close(&o->ends[FAR]);
    int n = snprintf(way->bytes, REFUSAL_MAX,
                     "HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
                     "Content-Length: %zu\r\nConnection: close\r\n\r\n%s\n",
                     status, phrase_of(status), strlen(text) + 1, text);
    way->from = 0;
    way->n = n < REFUSAL_MAX ? (size_t)n : REFUSAL_MAX - 1;
    way->ended = true;
    o->ways[NEAR].n = 0;
    loop_timer_start(l, &o->step, DUR_S(TUNNEL_LINGER_S), one_on_lingered);
    if (!tunnel_tell(o))
        tunnel_one_close(o);
}

/* Not by accident: it is told to whoever keeps count. */
static void one_forbid(struct tunnel_one *o, int status, str_t target, const char *text)
{
    const struct tunnel_cfg *cfg = &o->owner->cfg;
    one_refuse(o, status, text);
    cfg->on->refused(cfg->arg, target, text);
}

static void one_on_late(struct loop_timer *timer)
{
    struct tunnel_one *o = CONTAINER_OF(timer, struct tunnel_one, step);
    if (o->phase == TUNNEL_ASKS) {
        one_refuse(o, 408, "the request came too slowly");
    } else if (o->phase == TUNNEL_LOOKS_UP) {
        outbound_lookup_leave(o->lookup);
        o->lookup = NULL;
        one_refuse(o, 504, "the look-up of its address takes too long");
    } else if (o->phase == TUNNEL_CONNECTS) {
        end_close(&o->ends[FAR]); /* the next address, if there is one */
    } else {
        tunnel_one_close(o); /* nothing goes through it any more */
    }
}

static void one_on_total(struct loop_timer *timer)
{
    tunnel_one_close(CONTAINER_OF(timer, struct tunnel_one, total));
}

static void one_deadline(struct tunnel_one *o, int s)
{
    loop_timer_start(o->owner->cfg.loop, &o->step, DUR_S(s), one_on_late);
}

/* ---- joining ---- */

static void one_join(struct tunnel_one *o)
{
    const struct tunnel_cfg *cfg = &o->owner->cfg;
    struct tunnel_way *way = &o->ways[FAR];
    o->phase = TUNNEL_JOINED;
    memcpy(way->bytes, JOINED_HEAD.p, JOINED_HEAD.n);
    way->n = JOINED_HEAD.n;
    one_deadline(o, TUNNEL_IDLE_S);
    if (!tunnel_pump(o))
        tunnel_one_close(o);
    cfg->on->joined(cfg->arg);
}

static socklen_t address_of(const uint8_t ip[static 16], uint16_t port,
                            struct sockaddr_storage *ret)
{
    static const uint8_t v4[12] = { [10] = 0xff, [11] = 0xff };
    memset(ret, 0, sizeof *ret);
    if (memcmp(ip, v4, sizeof v4) == 0) {
        struct sockaddr_in *at = (struct sockaddr_in *)(void *)ret;
        at->sin_family = AF_INET;
        at->sin_port = htons(port);
        memcpy(&at->sin_addr, ip + sizeof v4, sizeof at->sin_addr);
        return sizeof *at;
    }
    struct sockaddr_in6 *at = (struct sockaddr_in6 *)(void *)ret;
    at->sin6_family = AF_INET6;
    at->sin6_port = htons(port);
    memcpy(&at->sin6_addr, ip, sizeof at->sin6_addr);
    return sizeof *at;
}

/* The next of its addresses that can be tried. */
static void one_connect(struct tunnel_one *o)
{
    while (o->tried < o->place.n) {
        struct sockaddr_storage at;
        const int on = 1;
        socklen_t n = address_of(o->place.ip[o->tried++], o->port, &at);
        int fd = socket(at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0)
            continue;
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (connect(fd, (struct sockaddr *)&at, n) != 0 && errno != EINPROGRESS) {
            (void)close(fd);
            continue;
        }
        if (tunnel_end_open(o, FAR, fd) != E_OK)
            break;
        one_deadline(o, TUNNEL_JOIN_S);
        tunnel_end_arm(o, FAR, LOOP_WRITE);
        return;
    }
    one_refuse(o, 502, "none of its addresses answers");
}

static void one_on_connected(struct tunnel_one *o, bool gone)
{
    int error = 0;
    socklen_t n = sizeof error;
    struct tunnel_end *far = &o->ends[FAR];
    if (gone || getsockopt(far->fd, SOL_SOCKET, SO_ERROR, &error, &n) != 0 || error != 0)
        end_close(far);
    else
        one_join(o);
}

static void one_on_found(void *arg, const struct addrinfo *list, const struct diag *why)
{
    struct tunnel_one *o = arg;
    struct diag cause = { 0 };
    o->lookup = NULL;
    if (why->err != E_OK) {
        one_refuse(o, 502, why->text);
        return;
    }
    err_t e = outbound_place_of(o->owner->cfg.rules, o->host, list, &cause, &o->place);
    if (e == E_FORBIDDEN) {
        one_forbid(o, 403, str_from_cz(o->host), cause.text);
        return;
    }
    if (e != E_OK) {
        one_refuse(o, 502, cause.text);
        return;
    }
    o->phase = TUNNEL_CONNECTS;
    one_connect(o);
}

static void one_look_up(struct tunnel_one *o)
{
    const struct tunnel_cfg *cfg = &o->owner->cfg;
    struct diag why = { 0 };
    const struct lookup_order order = {
        .room = cfg->lookups, .loop = cfg->loop, .host = o->host, .told = one_on_found, .arg = o
    };
    o->phase = TUNNEL_LOOKS_UP;
    tunnel_end_arm(o, NEAR, 0);
    one_deadline(o, TUNNEL_JOIN_S);
    if (outbound_lookup_start(&order, &why, &o->lookup) != E_OK)
        one_refuse(o, 503, "its name cannot be looked up now: try again");
}

/* ---- asking ---- */

static bool is_allowed(const struct tunnel_cfg *cfg, const struct tunnel_ask *ask)
{
    for (size_t i = 0; i < cfg->hosts_n; i++) {
        if (cfg->hosts[i].port == ask->port && host_rule_names(&cfg->hosts[i], ask->host))
            return true;
    }
    return false;
}

static int status_of(err_t e)
{
    static const struct {
        err_t e;
        int status;
    } rows[] = {
        { E_METHOD_NOT_ALLOWED, 405 },
        { E_HEAD_TOO_BIG, 431 },
        { E_BAD_VERSION, 505 },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].e == e)
            return rows[i].status;
    }
    return 400;
}

/* What came behind the head is for the other side already. */
static void one_asked(struct tunnel_one *o)
{
    struct tunnel_way *way = &o->ways[NEAR];
    const struct tunnel_cfg *cfg = &o->owner->cfg;
    struct tunnel_ask ask;
    struct diag why = { 0 };
    char target[HOST_NAME_MAX_N + 8]; /* refusing overwrites where it stands */
    err_t e = tunnel_ask_read(str_of(way->bytes, way->n), &why, &ask);
    if (e == E_AGAIN)
        return;
    str_t asked = str_sub(ask.target, 0, sizeof target);
    if (asked.n > 0)
        memcpy(target, asked.p, asked.n);
    asked = str_of(target, asked.n);
    if (e != E_OK) {
        one_forbid(o, status_of(e), asked, why.text);
        return;
    }
    if (!is_allowed(cfg, &ask)) {
        one_forbid(o, 403, asked,
                   "this program may not connect there: network:HOST[:PORT] of its entry says "
                   "where it may");
        return;
    }
    memcpy(o->host, ask.host.p, ask.host.n);
    o->host[ask.host.n] = '\0';
    o->port = ask.port;
    way->from = ask.n;
    one_look_up(o);
}

static void one_read_ask(struct tunnel_one *o)
{
    struct tunnel_way *way = &o->ways[NEAR];
    ssize_t n = read(o->ends[NEAR].fd, way->bytes + way->n, sizeof way->bytes - way->n);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        tunnel_one_close(o);
        return;
    }
    way->n += (size_t)n;
    one_asked(o);
}

static void one_turn(struct tunnel_one *o, enum tunnel_side side, unsigned events)
{
    bool gone = (events & LOOP_GONE) != 0;
    if (o->phase == TUNNEL_CONNECTS && side == FAR) {
        one_on_connected(o, gone);
        return;
    }
    if (gone) {
        tunnel_one_close(o);
        return;
    }
    if (o->phase == TUNNEL_ASKS)
        one_read_ask(o);
    else if ((o->phase == TUNNEL_JOINED && !tunnel_pump(o)) ||
             (o->phase == TUNNEL_REFUSED && !tunnel_tell(o)))
        tunnel_one_close(o);
}

void tunnel_one_new(struct tunnel *t, int fd)
{
    struct tunnel_one *o = fault_here() ? NULL : malloc(sizeof *o);
    if (o == NULL) {
        (void)close(fd);
        return;
    }
    memset(o, 0, offsetof(struct tunnel_one, ways)); /* its buffers are not looked at before */
    for (size_t i = 0; i < SIDES; i++)
        memset(&o->ways[i], 0, offsetof(struct tunnel_way, bytes));
    memset((char *)o + offsetof(struct tunnel_one, lookup), 0,
           sizeof *o - offsetof(struct tunnel_one, lookup));
    o->owner = t;
    if (tunnel_end_open(o, NEAR, fd) != E_OK) {
        free(o);
        return;
    }
    o->next = t->ones;
    t->ones = o;
    t->ones_n++;
    one_deadline(o, TUNNEL_HEAD_S);
    loop_timer_start(t->cfg.loop, &o->total, DUR_S(TUNNEL_TOTAL_S), one_on_total);
    tunnel_end_arm(o, NEAR, LOOP_READ);
}
