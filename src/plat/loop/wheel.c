/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/loop/wheel.h"

static void ring_init(struct loop_timer *head)
{
    head->prev = head;
    head->next = head;
}

static void ring_add(struct loop_timer *head, struct loop_timer *t)
{
    t->prev = head->prev;
    t->next = head;
    head->prev->next = t;
    head->prev = t;
}

static void ring_drop(struct loop_timer *t)
{
    t->prev->next = t->next;
    t->next->prev = t->prev;
    t->prev = NULL;
    t->next = NULL;
}

void wheel_init(struct wheel *w, uint64_t tick)
{
    w->tick = tick;
    w->started = 0;
    for (size_t i = 0; i < WHEEL_SLOTS; i++)
        ring_init(&w->slots[i]);
}

void wheel_start(struct wheel *w, struct loop_timer *t, uint64_t due_tick)
{
    if (due_tick <= w->tick)
        due_tick = w->tick + 1;
    if (t->next != NULL && t->due_tick == due_tick)
        return;
    wheel_stop(w, t);
    t->due_tick = due_tick;
    ring_add(&w->slots[due_tick % WHEEL_SLOTS], t);
    w->started++;
}

void wheel_stop(struct wheel *w, struct loop_timer *t)
{
    if (t->next == NULL)
        return;
    ring_drop(t);
    w->started--;
}

/* Move what is due from one slot to the ring of those that fire. */
static void wheel_collect(struct loop_timer *slot, uint64_t tick, struct loop_timer *firing)
{
    struct loop_timer *t = slot->next;
    while (t != slot) {
        struct loop_timer *next = t->next;
        if (t->due_tick <= tick) {
            ring_drop(t);
            ring_add(firing, t);
        }
        t = next;
    }
}

void wheel_advance(struct wheel *w, uint64_t tick)
{
    if (tick <= w->tick)
        return;
    struct loop_timer firing;
    ring_init(&firing);
    uint64_t steps = tick - w->tick;
    if (steps > WHEEL_SLOTS)
        steps = WHEEL_SLOTS; /* one turn sees every slot */
    for (uint64_t i = 1; i <= steps; i++)
        wheel_collect(&w->slots[(w->tick + i) % WHEEL_SLOTS], tick, &firing);
    w->tick = tick;
    while (firing.next != &firing) {
        struct loop_timer *t = firing.next;
        wheel_stop(w, t);
        t->fire(t);
    }
}
