/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/replay.h"

#include "base/num.h"
#include "base/ref.h"
#include "plat/mcp/mcp_sse.h"

#include <assert.h>
#include <inttypes.h>

/* ---- streams ---- */

static struct reel *reel_of(const struct replay *r, uint64_t number)
{
    struct reel *reel = r->reels;
    while (reel != NULL && reel->number != number)
        reel = reel->next;
    return reel;
}

err_t reel_new(struct replay *r, bool standing, struct reel **ret)
{
    struct reel *reel = standing ? reel_of(r, 0) : NULL;
    if (reel == NULL) {
        reel = ref_new(sizeof *reel);
        if (reel == NULL)
            return E_NO_MEMORY;
        reel->of = r;
        reel->number = standing ? 0 : ++r->numbers;
        reel->next = r->reels;
        r->reels = reel;
    }
    *ret = reel;
    return E_OK;
}

void reel_let_go(struct reel *reel)
{
    struct reel **at = &reel->of->reels;
    if (!reel->ended || reel->out != NULL || reel->first != NULL)
        return;
    while (*at != reel)
        at = &(*at)->next;
    *at = reel->next;
    ref_drop(reel);
}

void reel_end(struct reel *reel)
{
    reel->ended = true;
    reel->source = NULL;
}

/* ---- events ---- */

/* The oldest of its session, and so of its stream. */
static void event_drop(struct replay_event *e)
{
    struct reel *reel = e->reel;
    struct replay *r = reel->of;
    struct replay_all *all = r->all;
    assert(r->first == e);
    assert(reel->first == e);
    r->first = e->next;
    r->last = r->first == NULL ? NULL : r->last;
    reel->first = e->next_of_reel;
    reel->last = reel->first == NULL ? NULL : reel->last;
    reel->lost = reel->lost > e->n ? reel->lost : e->n; /* a hole may be younger */
    *(e->older == NULL ? &all->oldest : &e->older->younger) = e->younger;
    *(e->younger == NULL ? &all->youngest : &e->younger->older) = e->older;
    r->bytes -= e->size;
    r->events--;
    all->bytes -= e->size;
    ref_drop(e);
    reel_let_go(reel);
}

static void event_link(struct replay_event *e)
{
    struct reel *reel = e->reel;
    struct replay *r = reel->of;
    struct replay_all *all = r->all;
    *(r->last == NULL ? &r->first : &r->last->next) = e;
    r->last = e;
    *(reel->last == NULL ? &reel->first : &reel->last->next_of_reel) = e;
    reel->last = e;
    e->older = all->youngest;
    *(e->older == NULL ? &all->oldest : &e->older->younger) = e;
    all->youngest = e;
    r->bytes += e->size;
    r->events++;
    all->bytes += e->size;
}

static void make_room(struct replay *r, size_t size)
{
    struct replay_all *all = r->all;
    while (r->first != NULL && (r->events >= REPLAY_EVENTS || r->bytes + size > REPLAY_BYTES))
        event_drop(r->first);
    while (all->oldest != NULL && all->bytes + size > REPLAY_ALL_BYTES)
        event_drop(all->oldest);
}

void reel_add(struct reel *reel, str_t name, str_t message, struct buf *b)
{
    char room[REPLAY_ID_MAX];
    struct replay_event *e = NULL;
    size_t from = b->n;
    assert(!reel->ended);
    reel->made++;
    mcp_sse_put(b, &(struct mcp_sse_event){ .type = STR("message"),
                                            .id = replay_id(name, reel, reel->made, room),
                                            .data = message });
    size_t size = b->n - from;
    if (b->err == E_OK && size <= REPLAY_ALL_BYTES)
        e = ref_new(sizeof *e + size);
    if (e == NULL) { /* what is before it cannot be gone through any more either */
        reel->lost = reel->made;
        return;
    }
    make_room(reel->of, size);
    e->reel = reel;
    e->n = reel->made;
    e->since = clock_mono();
    e->size = size;
    memcpy(e->bytes, b->p + from, size);
    event_link(e);
}

const struct replay_event *reel_after(const struct reel *reel, uint64_t n)
{
    const struct replay_event *e = reel->first;
    while (e != NULL && e->n <= n)
        e = e->next_of_reel;
    return e;
}

void replay_expire(struct replay_all *all, dur_t now)
{
    while (all->oldest != NULL && now.us - all->oldest->since.us > REPLAY_KEEP.us)
        event_drop(all->oldest);
}

/* ---- ids ---- */

str_t replay_id(str_t name, const struct reel *reel, uint64_t n, char room[static REPLAY_ID_MAX])
{
    assert(name.n == REPLAY_NAME);
    int size =
        snprintf(room, REPLAY_ID_MAX, "%.*s-%" PRIu64 "-%" PRIu64, STR_ARG(name), reel->number, n);
    return str_of(room, (size_t)size);
}

err_t replay_find(const struct replay *r, str_t name, str_t id, struct reel **ret, uint64_t *ret_n)
{
    str_t rest = id;
    str_t part[3];
    uint64_t number;
    uint64_t n;
    for (size_t i = 0; i < ARRAY_LEN(part); i++) {
        if (!str_split(&rest, '-', &part[i]))
            return E_NOT_FOUND;
    }
    if (rest.p != NULL || !str_eq(part[0], name) || num_parse_u64(part[1], &number) != E_OK ||
        num_parse_u64(part[2], &n) != E_OK)
        return E_NOT_FOUND;
    struct reel *reel = reel_of(r, number);
    if (reel == NULL || n > reel->made)
        return E_NOT_FOUND;
    *ret = reel;
    *ret_n = n;
    return E_OK;
}

/* ---- a session's ---- */

bool replay_is_read(const struct replay *r)
{
    for (const struct reel *reel = r->reels; reel != NULL; reel = reel->next) {
        if (reel->out != NULL)
            return true;
    }
    return false;
}

void replay_fini(struct replay *r)
{
    struct reel *next;
    assert(!replay_is_read(r));
    while (r->first != NULL)
        event_drop(r->first);
    for (struct reel *reel = r->reels; reel != NULL; reel = next) {
        next = reel->next;
        assert(reel->source == NULL);
        ref_drop(reel);
    }
    r->reels = NULL;
}
