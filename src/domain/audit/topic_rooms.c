/* SPDX-License-Identifier: Apache-2.0 */
/* Who is told of what: topic.h. */
#include "base/map.h"
#include "base/ref.h"
#include "base/slab.h"
#include "domain/audit/topic.h"
#include "sql/audit.h"

#include <pthread.h>
#include <stdatomic.h>

#define SWEEP_EVERY DUR_S(10)

struct topic_room {
    oid_t id;
    uint32_t row;
    uint32_t inside;  /* who looks */
    uint32_t pending; /* bits that the group of the writer has moved */
    uint64_t born;    /* of all rooms that there were the so-manieth */
    dur_t empty_at;   /* since when nobody looks; 0: somebody does, or there is no such room */
    _Atomic uint32_t counts[TOPIC_COUNT];
};

struct topics {
    pthread_mutex_t lock; /* of all but the counts */
    struct slab rooms;
    struct map by_id;
    bool pending;        /* in some room; the writer's own */
    _Atomic size_t open; /* rooms */
    uint64_t born;       /* rooms that there ever were */
    dur_t swept_at;
};

static void topics_fini(void *block)
{
    struct topics *t = block;
    (void)pthread_mutex_destroy(&t->lock);
    map_fini(&t->by_id);
    slab_fini(&t->rooms);
}

err_t topics_new(struct topics **ret)
{
    struct topics *t = ref_new_owner(sizeof *t, topics_fini);
    if (t == NULL)
        return E_NO_MEMORY;
    (void)pthread_mutex_init(&t->lock, NULL);
    map_init(&t->by_id);
    err_t e = slab_init(&t->rooms, sizeof(struct topic_room), TOPIC_ROOMS_MAX);
    if (e != E_OK) {
        ref_drop(t);
        return e;
    }
    *ret = t;
    return E_OK;
}

void topics_free(struct topics *t)
{
    ref_drop(t);
}

static uint64_t room_hash(oid_t id)
{
    return map_hash(id.b, sizeof id.b);
}

static bool room_is(const void *rows, uint32_t row, const void *key)
{
    const struct topic_room *room = slab_row(rows, row);
    return oid_eq(room->id, *(const oid_t *)key);
}

static struct topic_room *room_find(const struct topics *t, oid_t id)
{
    uint32_t row = map_get(&t->by_id, room_hash(id), room_is, &t->rooms, &id);
    return row == MAP_NONE ? NULL : slab_row(&t->rooms, row);
}

static void room_end(struct topics *t, struct topic_room *room)
{
    (void)map_drop(&t->by_id, room_hash(room->id), room->row); /* it is in */
    room->pending = 0;
    room->empty_at = (dur_t){ 0 };
    slab_give(&t->rooms, room->row);
    (void)atomic_fetch_sub(&t->open, 1);
}

/* Rooms that nobody came back to in time; how many. */
static size_t rooms_sweep(struct topics *t, dur_t now, dur_t linger)
{
    size_t n = 0;
    t->swept_at = now;
    for (uint32_t row = 0; row < t->rooms.used; row++) {
        struct topic_room *room = slab_row(&t->rooms, row);
        if (room->empty_at.us == 0 || now.us - room->empty_at.us < linger.us)
            continue;
        room_end(t, room);
        n++;
    }
    return n;
}

static void rooms_sweep_at_times(struct topics *t)
{
    dur_t now = clock_mono();
    if (now.us - t->swept_at.us >= SWEEP_EVERY.us)
        (void)rooms_sweep(t, now, TOPIC_LINGER);
}

static err_t room_make(struct topics *t, oid_t id, struct topic_room **ret)
{
    uint32_t row;
    err_t full = slab_take(&t->rooms, &row);
    if (full != E_OK && rooms_sweep(t, clock_mono(), (dur_t){ 0 }) > 0) /* he goes before them */
        full = slab_take(&t->rooms, &row);
    TRY(full);
    err_t e = map_put(&t->by_id, room_hash(id), row);
    if (e != E_OK) {
        slab_give(&t->rooms, row);
        return e;
    }
    struct topic_room *room = slab_row(&t->rooms, row);
    room->id = id;
    room->row = row;
    room->born = ++t->born;
    (void)atomic_fetch_add(&t->open, 1);
    *ret = room;
    return E_OK;
}

err_t topics_enter(struct topics *t, oid_t id, uint32_t max, struct topic_room **ret)
{
    (void)pthread_mutex_lock(&t->lock);
    err_t e = E_OK;
    struct topic_room *room = room_find(t, id);
    if (room == NULL)
        e = room_make(t, id, &room);
    else if (room->inside >= max)
        e = E_OVERLOADED;
    if (e == E_OK) {
        room->inside++;
        room->empty_at = (dur_t){ 0 };
    }
    rooms_sweep_at_times(t);
    (void)pthread_mutex_unlock(&t->lock);
    if (e == E_OK)
        *ret = room;
    return e;
}

void topics_leave(struct topics *t, struct topic_room *room)
{
    if (room == NULL)
        return;
    (void)pthread_mutex_lock(&t->lock);
    if (--room->inside == 0)
        room->empty_at = clock_mono();
    rooms_sweep_at_times(t);
    (void)pthread_mutex_unlock(&t->lock);
}

void topics_read(const struct topic_room *room, struct topic_counts *ret)
{
    for (int i = 0; i < TOPIC_COUNT; i++)
        ret->of[i] = atomic_load_explicit(&room->counts[i], memory_order_acquire);
    ret->born = room->born;
}

static void room_raise(struct topic_room *room, uint32_t bits)
{
    for (int i = 0; i < TOPIC_COUNT; i++) {
        if ((bits & 1U << i) != 0)
            (void)atomic_fetch_add_explicit(&room->counts[i], 1, memory_order_release);
    }
}

void topics_tell(struct topics *t, oid_t id, enum topic what)
{
    if (atomic_load(&t->open) == 0)
        return;
    (void)pthread_mutex_lock(&t->lock);
    struct topic_room *room = room_find(t, id);
    if (room != NULL)
        room_raise(room, 1U << what);
    (void)pthread_mutex_unlock(&t->lock);
}

/* Whose the target is: a device of a person, a call that he wants to make. */
static err_t owner_of(struct db *db, struct arena *a, const struct audit_event *e, oid_t *ret)
{
    struct sql_topic_device_owner_row device;
    struct sql_topic_approval_owner_row approval;
    err_t err = E_NOT_FOUND;
    if (str_eq(e->target_kind, STR("device"))) {
        err = sql_topic_device_owner(
            db, a, &(struct sql_topic_device_owner){ .org = e->org, .id = e->target_id }, &device);
        if (err == E_OK)
            *ret = device.user_id;
    } else if (str_eq(e->target_kind, STR("approval"))) {
        err = sql_topic_approval_owner(
            db, a, &(struct sql_topic_approval_owner){ .org = e->org, .id = e->target_id },
            &approval);
        if (err == E_OK)
            *ret = approval.principal;
    }
    return err == E_NOT_FOUND ? E_OK : err;
}

static void note_in(struct topics *t, oid_t id, uint32_t bits)
{
    struct topic_room *room = room_find(t, id);
    if (room == NULL)
        return;
    room->pending |= bits;
    t->pending = true;
}

err_t topics_note(struct topics *t, struct db *db, struct arena *a, const struct audit_event *e)
{
    uint32_t bits = 0;
    oid_t owner = { 0 };
    if (atomic_load(&t->open) == 0)
        return E_OK;
    (void)topics_of(e->action, &bits); /* of one that is in no table, the record is told alone */
    if (bits != 0)
        TRY(owner_of(db, a, e, &owner));
    const oid_t own[] = { e->actor_id, e->target_id, owner };
    (void)pthread_mutex_lock(&t->lock);
    note_in(t, e->org, bits | 1U << TOPIC_AUDIT);
    for (size_t i = 0; i < ARRAY_LEN(own); i++) {
        if (oid_is_set(own[i]))
            note_in(t, own[i], bits | 1U << TOPIC_AUDIT);
    }
    (void)pthread_mutex_unlock(&t->lock);
    return E_OK;
}

void topics_end(struct topics *t, bool durable)
{
    if (!t->pending)
        return;
    (void)pthread_mutex_lock(&t->lock);
    for (uint32_t row = 0; row < t->rooms.used; row++) {
        struct topic_room *room = slab_row(&t->rooms, row);
        if (durable)
            room_raise(room, room->pending);
        room->pending = 0;
    }
    t->pending = false;
    rooms_sweep_at_times(t);
    (void)pthread_mutex_unlock(&t->lock);
}
