/* SPDX-License-Identifier: Apache-2.0 */
/* The edge's half of a hatch: on the exchange's own loop. */
#include "mcp/hatch.h"

#include "base/ref.h"
#include "mcp/hatch_post.h"

#include <assert.h>
#include <stdatomic.h>

err_t hatch_open(struct http_xchg *x, struct loop *hub, int mark, str_t common, struct hatch **ret)
{
    struct hatch *d = ref_new(sizeof *d + common.n);
    struct hatch_post *drop = d == NULL ? NULL : ref_new(sizeof *drop);
    if (drop == NULL) {
        ref_drop(d);
        return E_NO_MEMORY;
    }
    drop->act = HATCH_DROP;
    d->drop = drop;
    d->mark = mark;
    d->edge = http_loop(x);
    d->hub = hub;
    d->x = x;
    d->last = &d->first;
    d->common_n = common.n;
    memcpy(d->common, common.p, common.n);
    x->user = ref_take(d);
    *ret = d;
    return E_OK;
}

/* So many bytes are with the socket, or nowhere any more. */
static void hatch_left(struct hatch *d, size_t n)
{
    int waits = HATCH_WAITS;
    size_t now = atomic_fetch_sub(&d->queued, n) - n;
    if (now > HATCH_LOW || !atomic_compare_exchange_strong(&d->waits, &waits, HATCH_TOLD))
        return;
    ref_take(d);
    d->drain_msg.run = hatch_on_drain;
    loop_post(d->hub, &d->drain_msg);
}

/* The last that happens to an exchange. */
static struct http_xchg *hatch_close(struct hatch *d)
{
    struct http_xchg *x = d->x;
    d->x = NULL;
    x->user = NULL;
    return x;
}

/* Into the scratch of the engine's limits: common lines, then the answer's own. */
static str_t head_of(const struct hatch *d, const struct hatch_post *post,
                     char room[static HATCH_HEAD_MAX])
{
    size_t n = d->common_n + post->head_n;
    assert(n <= HATCH_HEAD_MAX);
    memcpy(room, d->common, d->common_n);
    memcpy(room + d->common_n, post->bytes, post->head_n);
    return str_of(room, n);
}

static str_t body_of(const struct hatch_post *post)
{
    return str_of(post->bytes + post->head_n, post->n);
}

static void act_reply(struct hatch *d, struct hatch_post *post)
{
    char head[HATCH_HEAD_MAX];
    const struct http_reply reply = { .status = post->status,
                                      .head = head_of(d, post, head),
                                      .body = body_of(post) };
    http_reply(hatch_close(d), &reply);
}

static void act_begin(struct hatch *d, struct hatch_post *post)
{
    char head[HATCH_HEAD_MAX];
    http_stream_begin(d->x, post->status, head_of(d, post, head));
    if (post->rests)
        http_stream_trickle(d->x);
}

/* In slices, so that a message that is larger than the engine's queue may pass all the same. */
static void act_write(struct hatch *d, struct hatch_post *post)
{
    while (post->sent < post->n && !d->choked) {
        str_t slice = str_sub(body_of(post), post->sent, HATCH_SLICE);
        d->choked = !http_stream_write(d->x, slice) && !d->x->gone;
        post->sent += slice.n;
    }
}

static void act_end(struct hatch *d, struct hatch_post *post)
{
    (void)post;
    http_stream_end(hatch_close(d));
}

static void act_drop(struct hatch *d, struct hatch_post *post)
{
    (void)post;
    http_drop(hatch_close(d));
}

static void (*const acts[])(struct hatch *d, struct hatch_post *post) = {
    [HATCH_REPLY] = act_reply, [HATCH_BEGIN] = act_begin, [HATCH_WRITE] = act_write,
    [HATCH_END] = act_end,     [HATCH_DROP] = act_drop,
};

/* True: the exchange has ended, and with it the edge's reference. */
static bool hatch_step(struct hatch *d)
{
    struct hatch_post *post = d->first;
    acts[post->act](d, post);
    if (post->act == HATCH_WRITE && post->sent < post->n)
        return false;
    d->first = post->next;
    if (d->first == NULL)
        d->last = &d->first;
    hatch_left(d, post->n);
    ref_drop(post);
    return d->x == NULL;
}

/* As far as the socket goes. */
static void hatch_push(struct hatch *d)
{
    bool ended = false;
    while (!ended && d->first != NULL && !d->choked)
        ended = hatch_step(d);
    if (!ended)
        return;
    ref_drop(d->drop);
    ref_drop(d);
}

void hatch_take_post(struct loop_msg *msg)
{
    struct hatch_post *post = CONTAINER_OF(msg, struct hatch_post, msg);
    struct hatch *d = post->hatch;
    post->next = NULL;
    *d->last = post;
    d->last = &post->next;
    hatch_push(d);
}

void hatch_drained(struct hatch *d)
{
    d->choked = false;
    hatch_push(d);
}

/* What waits for its socket has nowhere to go. */
void hatch_gone(struct hatch *d)
{
    ref_take(d);
    d->gone_msg.run = hatch_on_gone;
    loop_post(d->hub, &d->gone_msg);
    d->choked = false;
    hatch_push(d);
}
