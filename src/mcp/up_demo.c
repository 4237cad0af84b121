/* SPDX-License-Identifier: Apache-2.0 */
/* The wire to the built-in server `demo`: messages go through the loop's mailbox, so that nobody is
 * called back before he has returned. */
#include "mcp/demo.h"

#include "base/ref.h"

struct passing;

struct up_wire { /* counted: one reference of its owner, and of each message on its way */
    struct up_wire_cfg cfg;
    struct demo demo;
    bool closed;
    bool said; /* something, of the message that it has */
    struct loop_msg bye;
    struct passing *passing;
};

enum way { WAY_OPENED, WAY_TO_DEMO, WAY_FROM_DEMO, WAY_SENT, WAY_NOWHERE };

struct passing {
    struct loop_msg msg;
    struct passing *next; /* all of its wire */
    struct up_wire *w;
    enum way way;
    void *tag;
    size_t n;
    char bytes[];
};

/* What it says nothing to, it had no memory for: whoever waits is told, and does not wait on. */
static void to_demo(struct up_wire *w, void *tag, str_t bytes)
{
    const struct up_sent how = { .e = E_NO_MEMORY, .text = "there is no memory for its answer" };
    w->said = false;
    demo_take(&w->demo, tag, bytes);
    if (!w->said && tag != NULL)
        w->cfg.on->sent(w->cfg.arg, tag, &how);
}

static void pass(struct passing *p)
{
    struct up_wire *w = p->w;
    const struct up_wire_events *on = w->cfg.on;
    str_t bytes = str_of(p->bytes, p->n);
    switch (p->way) {
    case WAY_OPENED:
        on->opened(w->cfg.arg);
        return;
    case WAY_TO_DEMO:
        to_demo(w, p->tag, bytes);
        return;
    case WAY_FROM_DEMO:
        on->message(w->cfg.arg, p->tag, bytes);
        return;
    case WAY_SENT:
        on->sent(w->cfg.arg, p->tag, &(struct up_sent){ .e = E_OK, .text = "" });
        return;
    case WAY_NOWHERE:
        return;
    }
}

static void passed(struct loop_msg *msg)
{
    struct passing *p = CONTAINER_OF(msg, struct passing, msg);
    struct passing **at = &p->w->passing;
    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    if (!p->w->closed)
        pass(p);
    ref_drop(p->w);
    ref_drop(p);
}

static err_t post(struct up_wire *w, enum way way, void *tag, str_t bytes)
{
    struct passing *p = ref_new(sizeof *p + bytes.n);
    if (p == NULL)
        return E_NO_MEMORY;
    p->msg.run = passed;
    p->w = ref_take(w);
    p->way = way;
    p->tag = tag;
    p->n = bytes.n;
    if (bytes.n > 0)
        memcpy(p->bytes, bytes.p, bytes.n);
    p->next = w->passing;
    w->passing = p;
    loop_post(w->cfg.up->loop, &p->msg);
    return E_OK;
}

static void demo_says(void *arg, void *tag, str_t message, bool last)
{
    struct up_wire *w = arg;
    if (post(w, WAY_FROM_DEMO, tag, message) != E_OK)
        return;
    w->said = true;
    if (last && tag != NULL)
        err_ignore(post(w, WAY_SENT, tag, STR(""))); /* it is answered already */
}

static err_t demo_open(const struct up_wire_cfg *cfg, struct diag *why, struct up_wire **ret)
{
    struct up_wire *w = ref_new(sizeof *w);
    (void)why;
    if (w == NULL)
        return E_NO_MEMORY;
    w->cfg = *cfg;
    w->demo = (struct demo){ .say = demo_says, .arg = w };
    err_t e = post(w, WAY_OPENED, NULL, STR(""));
    if (e != E_OK) {
        ref_drop(w);
        return e;
    }
    *ret = w;
    return E_OK;
}

static err_t demo_send(struct up_wire *w, const struct up_out *out)
{
    return post(w, WAY_TO_DEMO, out->tag, out->bytes);
}

/* What still comes for it is thrown away. */
static void demo_drop(struct up_wire *w, void *tag)
{
    for (struct passing *p = w->passing; p != NULL; p = p->next) {
        if (p->tag == tag && p->way != WAY_OPENED)
            p->way = WAY_NOWHERE;
    }
    for (size_t i = 0; i < DEMO_ASKS_MAX; i++) {
        struct demo_ask *ask = &w->demo.asks[i];
        if (ask->id == 0 || ask->tag != tag)
            continue;
        ref_drop(ask->call);
        *ask = (struct demo_ask){ 0 };
    }
}

static void demo_pause(struct up_wire *w, void *tag, bool paused)
{
    (void)w; /* its answers are short */
    (void)tag;
    (void)paused;
}

static void demo_on_bye(struct loop_msg *msg)
{
    struct up_wire *w = CONTAINER_OF(msg, struct up_wire, bye);
    const struct up_wire_cfg cfg = w->cfg;
    ref_drop(w); /* what is still on its way goes nowhere, and has it for itself */
    cfg.on->closed(cfg.arg);
}

static void demo_close(struct up_wire *w)
{
    w->closed = true;
    demo_fini(&w->demo);
    memset(w->demo.asks, 0, sizeof w->demo.asks);
    w->bye.run = demo_on_bye;
    loop_post(w->cfg.up->loop, &w->bye);
}

const struct up_wire_kind up_wire_demo = {
    .name = "demo",
    .open = demo_open,
    .send = demo_send,
    .drop = demo_drop,
    .answered = demo_drop,
    .pause = demo_pause,
    .close = demo_close,
    .apart = true,
};
