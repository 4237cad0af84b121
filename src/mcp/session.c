/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/session.h"

#include "base/enc.h"
#include "base/ref.h"
#include "base/rng.h"

#include <assert.h>
#include <stdatomic.h>

static_assert(sizeof(struct session) % 8 == 0, "rows of a slab");

err_t sessions_init(struct sessions *all)
{
    map_init(&all->by_id);
    all->ends.next = &all->ends;
    all->ends.prev = &all->ends;
    return slab_init(&all->rows, sizeof(struct session), SESSIONS_ROOM);
}

/* Their calls and streams have ended before. */
void sessions_fini(struct sessions *all)
{
    for (struct session *s = all->ends.next; s != NULL && s != &all->ends; s = s->next) {
        session_forget(s, NULL);
        replay_fini(&s->replay);
        ref_drop(s->block);
    }
    map_fini(&all->by_id);
    slab_fini(&all->rows);
}

static void unlink_of(struct session *s)
{
    s->prev->next = s->next;
    s->next->prev = s->prev;
}

static void link_first(struct sessions *all, struct session *s)
{
    s->prev = &all->ends;
    s->next = all->ends.next;
    s->next->prev = s;
    all->ends.next = s;
}

static bool id_is(const void *rows, uint32_t row, const void *key)
{
    const struct session *s = slab_row(rows, row);
    return memcmp(s->id, key, SESSION_ID) == 0;
}

/* Who has waited longest without using his makes room, if nothing of his is under way. */
static err_t make_room(struct sessions *all, size_t max)
{
    while (slab_count(&all->rows) >= max) { /* more than one where `max` is less than it was */
        struct session *old = session_oldest(all);
        if (old == NULL || !session_is_idle(old))
            return E_OVERLOADED;
        session_free(all, old);
    }
    return E_OK;
}

err_t session_new(struct sessions *all, const struct mcp_in *in, size_t max, struct session **ret)
{
    uint8_t bits[SESSION_ID / 2];
    uint32_t row;
    TRY(make_room(all, max));
    TRY(slab_take(&all->rows, &row));
    struct session *s = slab_row(&all->rows, row);
    *s = (struct session){
        .row = row,
        .used = true,
        .kind = in->who.actor.kind,
        .principal = in->who.actor.id,
        .client = in->who.actor.client,
        .org = in->who.actor.org,
        .face = in->face,
        .replay.all = &all->kept,
    };
    rng_bytes(bits, sizeof bits);
    hex_encode(bits, sizeof bits, s->id);
    err_t e = map_put(&all->by_id, map_hash(s->id, SESSION_ID), row);
    if (e != E_OK) {
        slab_give(&all->rows, row);
        return e;
    }
    link_first(all, s);
    atomic_store_explicit(&all->n, slab_count(&all->rows), memory_order_relaxed);
    *ret = s;
    return E_OK;
}

static bool is_his(const struct session *s, const struct mcp_in *in)
{
    const struct actor *a = &in->who.actor;
    bool face = s->face == in->face && (s->face != FACE_ONE || str_eq(s->server, in->server));
    return face && s->kind == a->kind && oid_eq(s->principal, a->id) &&
           oid_eq(s->client, a->client) && oid_eq(s->org, a->org);
}

struct session *session_find(struct sessions *all, const struct mcp_in *in, str_t id)
{
    if (id.n != SESSION_ID)
        return NULL;
    uint32_t row = map_get(&all->by_id, map_hash(id.p, id.n), id_is, &all->rows, id.p);
    if (row == MAP_NONE)
        return NULL;
    struct session *s = slab_row(&all->rows, row);
    return is_his(s, in) ? s : NULL;
}

void session_touch(struct sessions *all, struct session *s, dur_t now)
{
    s->seen = now;
    unlink_of(s);
    link_first(all, s);
}

static str_t keep(char **at, str_t text)
{
    str_t kept = str_of(*at, text.n);
    if (text.p == NULL)
        return STR_NONE;
    if (text.n > 0)
        memcpy(*at, text.p, text.n);
    *at += text.n;
    return kept;
}

err_t session_agree(struct session *s, str_t server, str_t capabilities, str_t client_info)
{
    char *block = ref_new(server.n + capabilities.n + client_info.n + 1);
    char *at = block;
    if (block == NULL)
        return E_NO_MEMORY;
    ref_drop(s->block);
    s->block = block;
    s->server = keep(&at, server);
    s->capabilities = keep(&at, capabilities);
    s->client_info = keep(&at, client_info);
    return E_OK;
}

bool session_is_of(const struct session *s, oid_t principal_or_org)
{
    return oid_eq(s->principal, principal_or_org) || oid_eq(s->org, principal_or_org);
}

bool session_is_idle(const struct session *s)
{
    return s->stream == NULL && s->calls == NULL && !replay_is_read(&s->replay);
}

void session_free(struct sessions *all, struct session *s)
{
    assert(s->used);
    assert(session_is_idle(s));
    session_forget(s, NULL);
    replay_fini(&s->replay);
    (void)map_drop(&all->by_id, map_hash(s->id, SESSION_ID), s->row); /* it is in */
    unlink_of(s);
    ref_drop(s->block);
    uint32_t row = s->row;
    *s = (struct session){ 0 };
    slab_give(&all->rows, row);
    atomic_store_explicit(&all->n, slab_count(&all->rows), memory_order_relaxed);
}

struct session *session_oldest(struct sessions *all)
{
    return all->ends.prev == &all->ends ? NULL : all->ends.prev;
}

uint64_t session_ask(struct session *s, struct call *c, uint64_t ask)
{
    struct asked *a = s->asked_n < SESSION_ASKS_MAX ? ref_new(sizeof *a) : NULL;
    if (a == NULL)
        return 0;
    *a = (struct asked){ .next = s->asked, .id = ++s->asked_last, .call = c, .ask = ask };
    s->asked = a;
    s->asked_n++;
    return a->id;
}

static void drop_at(struct session *s, struct asked **at)
{
    struct asked *a = *at;
    *at = a->next;
    s->asked_n--;
    ref_drop(a);
}

bool session_answered(struct session *s, uint64_t id, struct call **ret, uint64_t *ret_ask)
{
    struct asked **at = &s->asked;
    while (*at != NULL && (*at)->id != id)
        at = &(*at)->next;
    if (*at == NULL)
        return false;
    *ret = (*at)->call;
    *ret_ask = (*at)->ask;
    drop_at(s, at);
    return true;
}

void session_forget(struct session *s, const struct call *c)
{
    struct asked **at = &s->asked;
    while (*at != NULL) {
        if (c == NULL || (*at)->call == c)
            drop_at(s, at);
        else
            at = &(*at)->next;
    }
}
