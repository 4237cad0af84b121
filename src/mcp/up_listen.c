/* SPDX-License-Identifier: Apache-2.0 */
/* Being told of changes: resources/subscribe of the older era, subscriptions/listen of the newer.
 */
#include "mcp/up_in.h"

#include "plat/json/json.h"

enum { LISTEN_PAUSE_S = 1, LISTEN_PAUSE_S_MAX = 60, UP_URI_MAX = 2048 };

static void listen_start(struct up *up);

/* Which lists it says may change. */
static err_t listen_wants(const struct up *up, struct buf *b)
{
    static const struct {
        const char *capability;
        const char *wanted;
    } rows[] = {
        { "tools", "\"toolsListChanged\":true" },
        { "prompts", "\"promptsListChanged\":true" },
        { "resources", "\"resourcesListChanged\":true" },
    };
    CLEANUP(json_freep) struct json *can = NULL;
    if (up->info.capabilities.p == NULL)
        return E_OK;
    TRY(json_parse(up->info.capabilities, NULL, &can));
    for (size_t i = 0; i < ARRAY_LEN(rows) && json_type(can) == JSON_OBJECT; i++) {
        const struct json *one = json_member(can, str_from_cz(rows[i].capability));
        const struct json *told = one != NULL && json_type(one) == JSON_OBJECT
                                      ? json_member(one, STR("listChanged"))
                                      : NULL;
        if (told != NULL && json_type(told) == JSON_BOOL && json_bool(told))
            buf_addf(b, "%s%s", b->n > 0 ? "," : "", rows[i].wanted);
    }
    return b->err;
}

static err_t listen_watches(struct up *up, struct buf *b)
{
    size_t n = 0;
    for (size_t i = 0; i < up->watched_n; i++) {
        str_t raw;
        if (up->watched[i].n == 0)
            continue;
        TRY(mcp_raw_text(up->scratch, buf_str(&up->watched[i]), &raw));
        if (n++ == 0)
            buf_addf(b, "%s\"resourceSubscriptions\":[", b->n > 0 ? "," : "");
        else
            buf_add_byte(b, ',');
        buf_add(b, raw);
    }
    if (n > 0)
        buf_add_byte(b, ']');
    return b->err;
}

static void listen_on_again(struct loop_timer *timer)
{
    struct up *up = CONTAINER_OF(timer, struct up, listen_again);
    up_enter(up);
    if (up->step == UP_ON && up->listening == NULL)
        listen_start(up);
    up_leave(up);
}

/* It ended: what refuses to listen is not asked again, a stream that broke is. */
static void listen_on_ended(struct up *up, const struct up_outcome *how)
{
    const struct up_failure *f = how->failure;
    bool refused = how->error.p != NULL || (f != NULL && f->status >= 400 && f->status < 500);
    if (up->step != UP_ON || up->closed || refused)
        return;
    dur_t pause = up->listen_pause;
    if (pause.us == 0)
        pause = DUR_S(LISTEN_PAUSE_S);
    up->listen_pause =
        (dur_t){ pause.us * 2 > DUR_S(LISTEN_PAUSE_S_MAX).us ? DUR_S(LISTEN_PAUSE_S_MAX).us
                                                             : pause.us * 2 };
    loop_timer_start(up->cfg.loop, &up->listen_again, pause, listen_on_again);
}

static void listen_start(struct up *up)
{
    CLEANUP(buf_fini) struct buf wants = { 0 };
    CLEANUP(buf_fini) struct buf params = { 0 };
    buf_init(&wants, MIB(1));
    buf_init(&params, MIB(1) + KIB(1));
    arena_reset(up->scratch);
    if (listen_wants(up, &wants) != E_OK || listen_watches(up, &wants) != E_OK || wants.n == 0)
        return;
    BUF_ADD(&params, "{\"notifications\":{");
    buf_add(&params, buf_str(&wants));
    BUF_ADD(&params, "}}");
    const struct up_in in = { .method = STR("subscriptions/listen"), .params = buf_str(&params) };
    struct up_ride *r = NULL;
    if (params.err == E_OK && up_own(up, &in, listen_on_ended, &r) == E_OK)
        up->listening = r;
}

/* One resource, to a server of the older era. */
static err_t watch_tell(struct up *up, str_t uri, bool on)
{
    str_t raw;
    str_t params;
    struct up_ride *r = NULL;
    arena_reset(up->scratch);
    TRY(mcp_raw_text(up->scratch, uri, &raw));
    TRY(str_format(up->scratch, &params, "{\"uri\":%.*s}", STR_ARG(raw)));
    const struct up_in in = { .method =
                                  on ? STR("resources/subscribe") : STR("resources/unsubscribe"),
                              .params = params,
                              .timeout = up->cfg.connect_max };
    return up_own(up, &in, NULL, &r);
}

void up_listen(struct up *up)
{
    if (up->modern) {
        listen_start(up);
        return;
    }
    for (size_t i = 0; i < up->watched_n; i++) {
        if (up->watched[i].n > 0)
            err_ignore(watch_tell(up, buf_str(&up->watched[i]), true)); /* as far as it goes */
    }
}

void up_listen_stop(struct up *up)
{
    loop_timer_stop(up->cfg.loop, &up->listen_again);
    if (up->listening != NULL)
        up_ride_drop(up->listening);
}

/* Where it stands, or a free place, or watched_n. */
static size_t watch_find(const struct up *up, str_t uri)
{
    size_t spare = up->watched_n;
    for (size_t i = 0; i < up->watched_n; i++) {
        if (str_eq(buf_str(&up->watched[i]), uri))
            return i;
        if (up->watched[i].n == 0 && spare == up->watched_n)
            spare = i;
    }
    return spare;
}

static err_t watch_keep(struct up *up, str_t uri, size_t i)
{
    if (up->watched == NULL)
        up->watched = ARENA_ARRAY(up->a, struct buf, UP_WATCHED_MAX);
    if (up->watched == NULL)
        return E_NO_MEMORY;
    if (i == UP_WATCHED_MAX)
        return E_OVERLOADED;
    if (i == up->watched_n) {
        buf_init(&up->watched[i], UP_URI_MAX);
        up->watched_n++;
    }
    buf_clear(&up->watched[i]);
    buf_add(&up->watched[i], uri);
    err_t e = up->watched[i].err;
    if (e != E_OK)
        buf_clear(&up->watched[i]);
    return e;
}

err_t up_watch(struct up *up, str_t uri, bool on)
{
    size_t i = watch_find(up, uri);
    bool known = i < up->watched_n && up->watched[i].n > 0;
    err_t e = E_OK;
    if (uri.n == 0 || known == on)
        return E_OK;
    if (on)
        TRY(watch_keep(up, uri, i));
    up_enter(up);
    if (up->step == UP_ON && up->modern) {
        if (!on)
            buf_clear(&up->watched[i]);
        up_listen_stop(up);
        listen_start(up);
    } else if (up->step == UP_ON) {
        e = watch_tell(up, uri, on);
    }
    if (!on)
        buf_clear(&up->watched[i]);
    up_leave(up);
    return e;
}

/* list_changed, told at most twice a second for each list. */

static void changed_tell(struct up *up)
{
    dur_t now = loop_now(up->cfg.loop);
    int64_t wait_us = 0;
    for (enum up_list list = UP_TOOLS; list < UP_LISTS; list++) {
        int64_t left = up->changed_at[list].us + DUR_MS(UP_CHANGED_EVERY_MS).us - now.us;
        if (!up->changed[list] || up->closed)
            continue;
        if (up->changed_at[list].us != 0 && left > 0) {
            wait_us = wait_us == 0 || left < wait_us ? left : wait_us;
            continue;
        }
        up->changed[list] = false;
        up->changed_at[list] = now;
        if (up->cfg.on.changed != NULL)
            up->cfg.on.changed(up->cfg.arg, list);
    }
    up->changed_wait = (dur_t){ wait_us };
}

static void changed_on_soon(struct loop_timer *timer)
{
    struct up *up = CONTAINER_OF(timer, struct up, changed_soon);
    up_enter(up);
    changed_tell(up);
    if (up->changed_wait.us > 0 && !up->closed)
        loop_timer_start(up->cfg.loop, timer, up->changed_wait, changed_on_soon);
    up_leave(up);
}

void up_list_changed(struct up *up, enum up_list list)
{
    up->changed[list] = true;
    changed_tell(up);
    if (up->changed_wait.us > 0 && !up->closed)
        loop_timer_start(up->cfg.loop, &up->changed_soon, up->changed_wait, changed_on_soon);
}
