/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/http/hello.h"

#include "plat/http/lane.h"

static void hellos_serve(struct loop_msg *msg);

/* The loop reads its clock once a turn. */
static bool hellos_have_budget(struct lane *lane)
{
    struct hellos *h = &lane->hellos;
    dur_t now = loop_now(lane->loop);
    if (now.us != h->turn.us) {
        h->turn = now;
        h->spent = (dur_t){ 0 };
    }
    return h->spent.us < HELLO_BUDGET.us;
}

static void hellos_post(struct lane *lane)
{
    struct hellos *h = &lane->hellos;
    if (h->posted || h->first == NULL)
        return;
    h->posted = true;
    h->serve.run = hellos_serve;
    loop_post(lane->loop, &h->serve);
}

static void hello_wait(struct conn *c)
{
    struct hellos *h = &c->lane->hellos;
    if (c->hello.waits)
        return;
    c->hello = (struct hello_link){ .prev = h->last, .waits = true };
    *(h->last == NULL ? &h->first : &h->last->hello.next) = c;
    h->last = c;
    hellos_post(c->lane);
}

void hello_forget(struct conn *c)
{
    struct hellos *h = &c->lane->hellos;
    struct hello_link *l = &c->hello;
    if (!l->waits)
        return;
    *(l->prev == NULL ? &h->first : &l->prev->hello.next) = l->next;
    *(l->next == NULL ? &h->last : &l->next->hello.prev) = l->prev;
    *l = (struct hello_link){ 0 };
}

bool hello_may(struct conn *c)
{
    struct hellos *h = &c->lane->hellos;
    bool first = h->first == NULL || h->first == c;
    if (!first || !hellos_have_budget(c->lane)) {
        hello_wait(c);
        return false;
    }
    hello_forget(c);
    h->began = clock_mono();
    return true;
}

void hello_done(struct conn *c)
{
    struct hellos *h = &c->lane->hellos;
    h->spent.us += clock_mono().us - h->began.us;
}

/* The next turn: those who wait, as far as its budget goes. */
static void hellos_serve(struct loop_msg *msg)
{
    struct hellos *h = CONTAINER_OF(msg, struct hellos, serve);
    struct lane *lane = CONTAINER_OF(h, struct lane, hellos);
    h->posted = false;
    h->spent = (dur_t){ 0 };
    while (h->first != NULL && hellos_have_budget(lane))
        conn_turn(h->first); /* it is not dry: it comes to hello_may, and leaves the queue */
    hellos_post(lane);
}
