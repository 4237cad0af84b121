/* SPDX-License-Identifier: Apache-2.0 */
/* A child from its start until nothing of it is left. Its life is told by its warden, never by the
 * end of a pipe. */
#include "mcp/up_stdio_in.h"

#include "base/log.h"

#include <errno.h>
#include <unistd.h>

static void stdio_step(struct stdio_wire *w);

static void stdio_on_next(struct loop_timer *timer)
{
    stdio_step(CONTAINER_OF(timer, struct stdio_wire, next));
}

void stdio_in_ms(struct stdio_wire *w, int64_t ms)
{
    loop_timer_start(stdio_loop(w), &w->next, DUR_MS(ms), stdio_on_next);
}

/* Broken: up*.c closes it, now or later. */
static void stdio_break(struct stdio_wire *w, err_t e, const char *text)
{
    if (w->broken || w->closing)
        return;
    w->broken = true;
    w->cfg.on->gone(w->cfg.arg, e, 0, text);
}

/* Each start after the second crash of late waits twice as long as the one before. */
static void stdio_count_crash(struct stdio_wire *w)
{
    struct up_crashes *c = w->command->crashes;
    dur_t now = loop_now(stdio_loop(w));
    if (c == NULL)
        return;
    c->n = now.us - w->started.us >= DUR_S(UP_CALM_S).us ? 1 : c->n + 1;
    int64_t pause_s = 0;
    if (c->n > 1)
        pause_s = c->n - 2 < 5 ? INT64_C(1) << (c->n - 2) : UP_PAUSE_S_MAX;
    c->not_before.us = now.us + DUR_S(pause_s).us;
}

static void stdio_on_unused(struct loop_timer *timer)
{
    struct stdio_wire *w = CONTAINER_OF(timer, struct stdio_wire, unused);
    if (w->tags_n > 0 || up_queue_size(&w->queue) > 0)
        stdio_use(w);
    else
        stdio_break(w, E_CLOSED, "nobody has had use for it: it starts again with the next call");
}

void stdio_use(struct stdio_wire *w)
{
    if (!w->closing && w->command->idle.us > 0)
        loop_timer_start(stdio_loop(w), &w->unused, w->command->idle, stdio_on_unused);
}

/* What it says. */

static bool stdio_on_line(void *arg, enum up_line what, str_t line)
{
    struct stdio_wire *w = arg;
    str_t text = str_trim(line);
    stdio_use(w);
    if (what == UP_LINE_TOO_LONG && w->tags_n == 1) { /* else nobody knows whose answer it was */
        const struct up_sent how = { .e = E_TOO_BIG, .text = "its answer is larger than may be" };
        void *tag = w->tags[0];
        w->tags_n = 0;
        w->cfg.on->sent(w->cfg.arg, tag, &how);
    }
    /* Some programs print other things too. */
    if (what == UP_LINE && text.n > 0 && (text.p[0] == '{' || text.p[0] == '['))
        w->cfg.on->message(w->cfg.arg, NULL, text);
    return !w->closing && !w->broken;
}

void stdio_arm_out(struct stdio_wire *w)
{
    up_pipe_arm(&w->out, w->pauses == 0 ? LOOP_READ : 0);
}

/* A piece; false: there is none now, or never again. */
static bool stdio_read(struct stdio_wire *w)
{
    ssize_t n = read(w->out.fd, w->piece, STDIO_PIECE);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (n <= 0) {
        up_pipe_close(&w->out); /* it can answer no more: its warden says what became of it */
        child_stop(&w->child);
        return false;
    }
    if (up_lines_in_feed(&w->lines, str_of(w->piece, (size_t)n), stdio_on_line, w) != E_OK)
        stdio_break(w, E_NO_MEMORY, "there is no memory for its answer");
    return !w->closing && !w->broken;
}

static void stdio_on_out(struct up_pipe *p, unsigned events)
{
    struct stdio_wire *w = p->arg;
    (void)events; /* what was still said before the end is read first */
    if (stdio_read(w))
        stdio_arm_out(w);
}

static void stdio_on_err(struct up_pipe *p, unsigned events)
{
    struct stdio_wire *w = p->arg;
    char piece[4096];
    ssize_t n = read(p->fd, piece, sizeof piece);
    (void)events;
    if (n > 0)
        up_tail_add(&w->said, str_of(piece, (size_t)n));
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        up_pipe_close(p);
}

void stdio_write(struct stdio_wire *w)
{
    if (!w->in.open || w->in.closing)
        return;
    err_t e = up_queue_write(&w->queue, w->in.fd);
    up_pipe_arm(&w->in, e == E_AGAIN ? LOOP_WRITE : 0);
    if (e == E_CLOSED) {
        up_pipe_close(&w->in);
        child_stop(&w->child);
    }
}

static void stdio_on_in(struct up_pipe *p, unsigned events)
{
    (void)events;
    stdio_write(p->arg);
}

/* Its life. */

static void stdio_on_ready(struct stdio_wire *w, const struct child_report *r)
{
    w->life = LIFE_RUNNING;
    if (r->text[0] != '\0')
        LOG(LOG_DEBUG, "mcp-child-cage", LOG_F("server", w->cfg.up->name),
            LOG_F("lacks", str_from_cz(r->text)));
    stdio_arm_out(w);
    stdio_use(w);
    w->cfg.on->opened(w->cfg.arg);
}

static void stdio_on_end(struct stdio_wire *w, const char *text)
{
    w->life = LIFE_OVER;
    if (w->closing) {
        stdio_step(w);
        return;
    }
    while (w->out.open && !w->out.closing && stdio_read(w))
        continue; /* its last words */
    str_t last = up_tail_last_line(&w->said, STDIO_LAST_WORDS);
    LOG(LOG_DEBUG, "mcp-child-ended", LOG_F("server", w->cfg.up->name),
        LOG_F("why", str_from_cz(text)), LOG_F("said", last));
    tunnel_close(w->tunnel);
    stdio_count_crash(w);
    stdio_break(w, E_CLOSED, text);
}

/* Its proxy. */

static void stdio_on_joined(void *arg)
{
    const struct stdio_wire *w = arg;
    if (!w->closing && w->command->joined != NULL)
        w->command->joined(w->command->arg);
}

static void stdio_on_forbidden(void *arg, str_t target, const char *why)
{
    const struct stdio_wire *w = arg;
    LOG(LOG_DEBUG, "mcp-child-network", LOG_F("server", w->cfg.up->name), LOG_F("target", target),
        LOG_F("refused", str_from_cz(why)));
    if (!w->closing && w->command->refused != NULL)
        w->command->refused(w->command->arg, target, why);
}

static void stdio_on_tunnel_closed(void *arg)
{
    struct stdio_wire *w = arg;
    w->tunnel = NULL;
    w->open--;
    if (w->closing && w->open == 0)
        stdio_step(w);
}

static err_t stdio_on_door(struct stdio_wire *w)
{
    static const struct tunnel_events on = { .joined = stdio_on_joined,
                                             .refused = stdio_on_forbidden,
                                             .closed = stdio_on_tunnel_closed };
    const struct up_cfg *up = w->cfg.up;
    const struct tunnel_cfg cfg = { .listener = w->child.door,
                                    .loop = up->loop,
                                    .rules = up->rules,
                                    .lookups = up->lookups,
                                    .hosts = w->command->hosts,
                                    .hosts_n = w->command->hosts_n,
                                    .on = &on,
                                    .arg = w };
    if (w->closing || w->tunnel != NULL)
        return E_OK; /* child_kill closes it */
    w->child.door = -1;
    TRY(tunnel_new(&cfg, &w->tunnel));
    w->open++;
    return E_OK;
}

static void stdio_on_control(struct up_pipe *p, unsigned events)
{
    struct stdio_wire *w = p->arg;
    struct child_report r;
    char text[CHILD_TEXT_MAX + 64];
    (void)events;
    err_t e = child_read(&w->child, &r);
    if (e == E_AGAIN)
        return;
    if (e != E_OK) {
        up_pipe_close(p);
        if (w->life != LIFE_OVER)
            stdio_on_end(w, "its warden was ended");
    } else if (r.news == CHILD_DOOR_MADE) {
        e = stdio_on_door(w);
        if (e != E_OK)
            stdio_break(w, e, "its proxy cannot be made");
    } else if (r.news == CHILD_READY) {
        if (!w->closing)
            stdio_on_ready(w, &r);
    } else if (r.news == CHILD_REFUSED) {
        (void)snprintf(text, sizeof text, "its program does not start: %s", r.text);
        stdio_on_end(w, text);
    } else if (w->life != LIFE_OVER) {
        (void)snprintf(text, sizeof text, "its program has ended with status %d", r.status);
        stdio_on_end(w, text);
    }
}

static void stdio_on_pipe_closed(struct up_pipe *p)
{
    struct stdio_wire *w = p->arg;
    w->open--;
    if (p == &w->control)
        w->child.control = -1;
    if (w->closing && w->open == 0)
        stdio_step(w);
}

static void stdio_shut(struct stdio_wire *w)
{
    up_pipe_close(&w->in);
    up_pipe_close(&w->out);
    up_pipe_close(&w->err);
    up_pipe_close(&w->control);
    tunnel_close(w->tunnel);
}

/* Takes the descriptor out of the child, so that it is closed once. */
static err_t stdio_watch(struct stdio_wire *w, struct up_pipe *p, int *fd,
                         void (*ready)(struct up_pipe *p, unsigned events))
{
    int taken = *fd;
    *fd = -1;
    p->arg = w;
    p->ready = ready;
    p->closed = stdio_on_pipe_closed;
    TRY(up_pipe_open(p, stdio_loop(w), taken));
    w->open++;
    return E_OK;
}

err_t stdio_start(struct stdio_wire *w)
{
    const struct up_command *c = w->command;
    const struct child_spec spec = { .argv = c->argv,
                                     .env = w->env,
                                     .read = c->read,
                                     .temp = c->temp != NULL ? c->temp : "/tmp",
                                     .write = c->write,
                                     .sha256 = c->sha256,
                                     .reach = c->network       ? CHILD_ANYWHERE
                                              : c->hosts_n > 0 ? CHILD_DOOR
                                                               : CHILD_NOBODY,
                                     .whole = c->whole };
    w->life = LIFE_STARTING;
    TRY(child_spawn(&spec, &w->why, &w->child));
    w->started = loop_now(stdio_loop(w));
    int control = w->child.control;
    err_t e = stdio_watch(w, &w->control, &control, stdio_on_control);
    if (e != E_OK)
        w->child.control = -1;
    if (e == E_OK)
        e = stdio_watch(w, &w->in, &w->child.in, stdio_on_in);
    if (e == E_OK)
        e = stdio_watch(w, &w->out, &w->child.out, stdio_on_out);
    if (e == E_OK)
        e = stdio_watch(w, &w->err, &w->child.err, stdio_on_err);
    if (e != E_OK)
        return FAIL(&w->why, e, "its pipes cannot be watched");
    up_pipe_arm(&w->control, LOOP_READ);
    up_pipe_arm(&w->err, LOOP_READ);
    return E_OK;
}

static void stdio_free(struct stdio_wire *w)
{
    const struct up_wire_cfg cfg = w->cfg;
    loop_timer_stop(cfg.up->loop, &w->next);
    loop_timer_stop(cfg.up->loop, &w->unused);
    up_lines_in_fini(&w->lines);
    up_queue_fini(&w->queue);
    up_tail_fini(&w->said);
    arena_wipe_free(w->a); /* its environment */
    cfg.on->closed(cfg.arg);
}

/* One step. On the way out its input has ended; then it is asked to go; then all of it is ended;
 * and when the warden has been waited for nothing of it is left. */
static void stdio_step(struct stdio_wire *w)
{
    if (!w->closing) {
        if (w->life == LIFE_WAITING)
            err_ignore(stdio_start(w)); /* `why` says it */
        if (w->why.err != E_OK)
            stdio_break(w, w->why.err, w->why.text);
        return;
    }
    if (w->life == LIFE_RUNNING && !w->asked) {
        w->asked = true;
        child_stop(&w->child);
        stdio_in_ms(w, STDIO_KILL_MS);
        return;
    }
    w->life = LIFE_OVER;
    stdio_shut(w);
    if (w->open > 0)
        return;
    child_kill(&w->child); /* what was never watched */
    if (child_reap(&w->child))
        stdio_free(w);
    else
        stdio_in_ms(w, STDIO_REAP_MS);
}
