/* SPDX-License-Identifier: Apache-2.0 */
/* The hub's half of a hatch. */
#include "mcp/hatch.h"

#include "base/ref.h"
#include "mcp/hatch_post.h"

#include <assert.h>
#include <stdatomic.h>

void hatch_own(struct hatch *d, const struct hatch_calls *calls, void *owner)
{
    assert(d->owner == NULL);
    d->calls = calls;
    d->owner = owner;
}

static void hatch_post(struct hatch *d, struct hatch_post *post)
{
    post->hatch = d;
    post->msg.run = hatch_take_post;
    atomic_fetch_add_explicit(&d->queued, post->n, memory_order_relaxed);
    loop_post(d->edge, &post->msg);
}

static struct hatch_post *post_new(enum hatch_act act, str_t head, str_t bytes)
{
    struct hatch_post *post = ref_new(sizeof *post + head.n + bytes.n);
    if (post == NULL)
        return NULL;
    post->act = act;
    post->head_n = head.n;
    post->n = bytes.n;
    if (head.n > 0)
        memcpy(post->bytes, head.p, head.n);
    if (bytes.n > 0)
        memcpy(post->bytes + head.n, bytes.p, bytes.n);
    return post;
}

/* The last message of the hub: what has no memory of its own uses the hatch's. */
static void hatch_last(struct hatch *d, struct hatch_post *post)
{
    d->owner = NULL;
    d->calls = NULL;
    if (post == NULL) {
        post = d->drop;
        d->drop = NULL;
    }
    hatch_post(d, post);
    ref_drop(d);
}

void hatch_reply(struct hatch *d, int status, str_t head, str_t body)
{
    assert(!d->begun);
    struct hatch_post *post = post_new(HATCH_REPLY, head, body);
    if (post != NULL)
        post->status = status;
    hatch_last(d, post);
}

void hatch_begin(struct hatch *d, int status, str_t head, bool rests)
{
    assert(!d->begun);
    struct hatch_post *post = post_new(HATCH_BEGIN, head, STR_NONE);
    d->begun = true;
    d->broken = post == NULL;
    if (post == NULL)
        return;
    post->status = status;
    post->rests = rests;
    hatch_post(d, post);
}

/* The edge has fewer than HATCH_LOW by now, though it was more a moment ago: nobody else would say
 * so. */
static bool hatch_has_room(struct hatch *d)
{
    int free_now = HATCH_FREE;
    int waits = HATCH_WAITS;
    if (atomic_load(&d->queued) <= HATCH_HIGH)
        return true;
    if (!atomic_compare_exchange_strong(&d->waits, &free_now, HATCH_WAITS))
        return false;
    return atomic_load(&d->queued) <= HATCH_LOW &&
           atomic_compare_exchange_strong(&d->waits, &waits, HATCH_FREE);
}

bool hatch_write(struct hatch *d, str_t bytes)
{
    assert(d->begun);
    struct hatch_post *post = d->broken ? NULL : post_new(HATCH_WRITE, STR_NONE, bytes);
    if (post == NULL) {
        d->broken = true; /* a stream with a hole is none: it is cut at its end */
        return true;
    }
    hatch_post(d, post);
    return hatch_has_room(d);
}

void hatch_end(struct hatch *d)
{
    assert(d->begun);
    hatch_last(d, d->broken ? NULL : post_new(HATCH_END, STR_NONE, STR_NONE));
}

void hatch_on_gone(struct loop_msg *msg)
{
    struct hatch *d = CONTAINER_OF(msg, struct hatch, gone_msg);
    d->left = true;
    if (d->owner != NULL)
        d->calls->gone(d->owner);
    ref_drop(d);
}

void hatch_on_drain(struct loop_msg *msg)
{
    struct hatch *d = CONTAINER_OF(msg, struct hatch, drain_msg);
    atomic_store(&d->waits, HATCH_FREE);
    if (d->owner != NULL)
        d->calls->drained(d->owner);
    ref_drop(d);
}
