/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who has to be looked at after a change. Where one device changed, its row in memory says on which
 * loop it waits: nobody else is touched. Where many may be concerned, each loop looks at all that
 * wait there, in slices.
 */
#include "api/passage.h"

#include <assert.h>

void nudge_post(struct api_loop *loop)
{
    struct nudges *all = &loop->nudges;
    unsigned index = (unsigned)(loop - loop->api->loops);
    if (!atomic_exchange(&all->posted, true))
        loop_post(http_server_loop(loop->api->services->http, index), &all->wake);
}

static void inbox_add(struct api_loop *loop, const oid_t *device)
{
    struct nudge_inbox *in = &loop->nudges.inbox;
    (void)pthread_mutex_lock(&in->lock);
    if (device == NULL || in->n == NUDGE_INBOX)
        in->all = true;
    else
        in->devices[in->n++] = *device;
    (void)pthread_mutex_unlock(&in->lock);
    nudge_post(loop);
}

void api_wake(void *arg, const oid_t *device, unsigned where)
{
    struct api *api = arg;
    if (device != NULL) {
        inbox_add(&api->loops[where], device);
        return;
    }
    for (unsigned i = 0; i < api->loops_n; i++)
        inbox_add(&api->loops[i], NULL);
}

/* True: look at everybody. */
static bool inbox_take(struct nudge_inbox *in, oid_t devices[static NUDGE_INBOX], size_t *ret_n)
{
    (void)pthread_mutex_lock(&in->lock);
    bool all = in->all;
    *ret_n = in->n;
    memcpy(devices, in->devices, in->n * sizeof devices[0]);
    in->n = 0;
    in->all = false;
    (void)pthread_mutex_unlock(&in->lock);
    return all;
}

static void look_at_device(struct api_loop *loop, oid_t device)
{
    for (unsigned kind = 0; kind < LIVE_PARK_KINDS; kind++) {
        struct nudge *n = nudge_find(loop, device, (enum live_park_kind)kind);
        if (n != NULL)
            nudge_look(n);
    }
}

static bool nudge_is_there(const struct nudge *n)
{
    return n->state != NUDGE_FREE && n->x != NULL && !n->left;
}

static void scan_slice(struct nudges *all)
{
    for (int i = 0; i < NUDGE_SLICE && all->scan_left > 0; i++) {
        if (all->scan_at >= all->rows.used)
            all->scan_at = 0;
        struct nudge *n = slab_row(&all->rows, all->scan_at);
        all->scan_at++;
        all->scan_left--;
        if (nudge_is_there(n))
            nudge_look(n);
    }
}

static void tell_replaced(struct nudges *all)
{
    struct nudge *n;
    while ((n = nudge_list_take(&all->over)) != NULL) {
        bool there = nudge_back(n);
        assert(!there); /* it was told, or has gone */
    }
}

void nudges_woken(struct loop_msg *msg)
{
    struct api_loop *loop = CONTAINER_OF(msg, struct api_loop, nudges.wake);
    struct nudges *all = &loop->nudges;
    oid_t devices[NUDGE_INBOX];
    size_t n;
    atomic_store(&all->posted, false);
    tell_replaced(all);
    if (inbox_take(&all->inbox, devices, &n))
        all->scan_left = all->rows.used;
    for (size_t i = 0; i < n; i++)
        look_at_device(loop, devices[i]);
    scan_slice(all);
    nudges_load(loop);
    if (all->scan_left > 0)
        nudge_post(loop);
}

/* What is being loaded finds the server draining when it comes back. */
static void release_all(struct loop_msg *msg)
{
    struct nudges *all = &CONTAINER_OF(msg, struct api_loop, nudges.release)->nudges;
    for (uint32_t row = 0; row < all->rows.used; row++) {
        struct nudge *n = slab_row(&all->rows, row);
        if (nudge_is_there(n) && n->state == NUDGE_PARKED)
            nudge_kind_of(n)->released(n);
    }
}

void api_release_polls(struct api *api)
{
    for (unsigned i = 0; i < api->loops_n; i++) {
        api->loops[i].nudges.release.run = release_all;
        loop_post(http_server_loop(api->services->http, i), &api->loops[i].nudges.release);
    }
}
