/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /live: what changed, as a tail (tail.h) for the pages of the console. A stream is in
 * the rooms of its organisation and of its person (domain/audit/topic.h), and of the server where
 * he runs it; it compares their counts with those that it has told. A slow reader is told later
 * that something changed, once. What he may do himself is a topic of its own, `rights`, which his
 * stream alone tells.
 *
 * The `id` of an event is START.N.PERMS.BORN-SUM.BORN-SUM[.BORN-SUM]: when this server began, the
 * event's number, what he may do, and of each room which it is and how much of what he may read has
 * moved in it up to this event. Who comes back with one where nothing has moved since is told
 * nothing; else he is told to look at everything again, because what it was is not kept.
 */
#include "api/handlers_console.h"
#include "api/passage.h"
#include "api/tail.h"
#include "api/whole_server.h"
#include "base/num.h"
#include "domain/audit/topic.h"

#define TELL_EVERY DUR_S(1)
#define FULL       N_("so many pages are told of changes already: close one of them")

enum {
    LIVE_OWN_MAX = 64, /* streams of one person: pages that he has open */
    LIVE_OUT_MAX = 8192,
    MARK_MAX = 160 /* his rights, and two numbers of each room */
};

static const struct field live_change_fields[] = {
    FIELD(struct live_change, topic,
          .doc =
              "devices, policies, rollouts, people, applications, tools, approvals, permissions, "
              "homeassistant, audit, notices, sessions, admin, rights"),
};
const struct shape live_change_shape = SHAPE(struct live_change, "LiveChange", live_change_fields);

static const struct field live_end_fields[] = {
    FIELD(struct live_end, reason, .doc = "of `end`: unauthenticated; of `reload`: missed"),
};
const struct shape live_end_shape = SHAPE(struct live_end, "LiveEnd", live_end_fields);

enum room { ROOM_ORG, ROOM_OWN, ROOM_SERVER, ROOM_COUNT };

struct mark {
    char p[MARK_MAX];
    size_t n;
};

struct live_stream {
    struct tail tail;
    struct topic_room *rooms[ROOM_COUNT]; /* of the server: NULL where he does not run it */
    struct topic_counts told[ROOM_COUNT];
    perms_t perms;
    oid_t org;   /* that is looked at */
    uint64_t n;  /* of the last event */
    bool missed; /* something, while he was away: not said yet */
    bool rights; /* his have changed: not said yet */
    dur_t told_at;
};

static struct live_stream *stream_of(struct tail *tail)
{
    return CONTAINER_OF(tail, struct live_stream, tail);
}

static void live_fini(struct tail *tail)
{
    struct topics *topics = audit_topics(tail->api->services->audit);
    for (int i = 0; i < ROOM_COUNT; i++)
        topics_leave(topics, stream_of(tail)->rooms[i]);
}

static bool may_read(const struct live_stream *l, int room, int topic)
{
    return room == ROOM_OWN || topic_may((enum topic)topic, l->perms);
}

/* How far he has been told, as an `id` has it. */
static struct mark mark_make(const struct live_stream *l)
{
    struct mark m;
    m.n = (size_t)snprintf(m.p, sizeof m.p, ".%llu", (unsigned long long)l->perms.bits);
    for (int i = 0; i < ROOM_COUNT; i++) {
        uint64_t sum = 0;
        if (l->rooms[i] == NULL)
            continue;
        for (int t = 0; t < TOPIC_COUNT; t++)
            sum += may_read(l, i, t) ? l->told[i].of[t] : 0;
        int n = snprintf(m.p + m.n, sizeof m.p - m.n, ".%llu-%llu",
                         (unsigned long long)l->told[i].born, (unsigned long long)sum);
        assert(n > 0);
        m.n += (size_t)n;
        assert(m.n < sizeof m.p);
    }
    return m;
}

static void add_id(struct live_stream *l, const struct mark *m)
{
    buf_addf(&l->tail.out, "id: %lld.%llu%.*s\n", (long long)l->tail.api->services->started_at.us,
             (unsigned long long)l->n, (int)m->n, m->p);
}

/* Its newest `id`, which also keeps a proxy from thinking that nobody is there. Who has missed
 * something keeps his until that was said. */
static void live_mark(struct tail *tail)
{
    struct live_stream *l = stream_of(tail);
    struct mark m = mark_make(l);
    if (!l->missed)
        add_id(l, &m);
    BUF_ADD(&tail->out, "\n");
}

/* Bits of what moved in rooms of others where he may read it, and in his own. */
static uint32_t live_moved(struct live_stream *l)
{
    uint32_t moved = 0;
    for (int i = 0; i < ROOM_COUNT; i++) {
        struct topic_counts now;
        if (l->rooms[i] == NULL)
            continue;
        topics_read(l->rooms[i], &now);
        for (int t = 0; t < TOPIC_COUNT; t++) {
            if (may_read(l, i, t) && now.of[t] != l->told[i].of[t])
                moved |= 1U << t;
        }
        l->told[i] = now;
    }
    return moved;
}

static void add_change(struct live_stream *l, const char *topic, const struct mark *m)
{
    l->n++;
    buf_addf(&l->tail.out, "event: change\ndata: {\"topic\":\"%s\"}\n", topic);
    add_id(l, m);
    BUF_ADD(&l->tail.out, "\n");
}

static bool live_tell(struct tail *tail)
{
    struct live_stream *l = stream_of(tail);
    dur_t now = clock_mono();
    if (l->missed) {
        BUF_ADD(&tail->out, "event: reload\ndata: {\"reason\":\"missed\"}\n\n");
        l->missed = false;
        return false;
    }
    const struct mark before = mark_make(l); /* whoever is cut off among these has missed some */
    if (l->rights) /* at once and first: until he knows, he asks for what he may not read */
        add_change(l, "rights", &before);
    l->rights = false;
    if (now.us - l->told_at.us < TELL_EVERY.us)
        return false;
    uint32_t moved = live_moved(l);
    for (int t = 0; t < TOPIC_COUNT; t++) {
        if ((moved & 1U << t) != 0)
            add_change(l, topic_name((enum topic)t), &before);
    }
    if (moved != 0)
        l->told_at = now;
    return false;
}

/* Everybody may follow his own organisation; what he is told is what he may read now. */
static bool live_may(struct tail *tail, const struct actor *actor)
{
    struct live_stream *l = stream_of(tail);
    l->rights = l->rights || l->perms.bits != actor->perms.bits;
    l->perms = actor->perms;
    return oid_eq(l->org, actor->org) || perms_have(actor->perms, PERM_SYSTEM_ADMIN);
}

static size_t live_max(const struct services *sv)
{
    return sv->live_max;
}

static const struct tail_kind live_kind = {
    .of = TAIL_OF_CHANGES,
    .life_s = (int64_t)12 * 60 * 60,
    .last = "event: end\ndata: {\"reason\":\"unauthenticated\"}\n\n",
    .full = FULL,
    .tell = live_tell,
    .add_mark = live_mark,
    .may = live_may,
    .max = live_max,
    .fini = live_fini,
};

static err_t live_enter(struct request *rq, struct live_stream *l)
{
    struct topics *topics = audit_topics(rq->services->audit);
    const struct actor *actor = &rq->act.actor;
    bool person = oid_is_set(actor->id);
    TRY(topics_enter(topics, rq->act.org, UINT32_MAX, &l->rooms[ROOM_ORG]));
    TRY(topics_enter(topics, actor->id, person ? LIVE_OWN_MAX : UINT32_MAX, &l->rooms[ROOM_OWN]));
    if (whole_server(rq->services, actor))
        TRY(topics_enter(topics, (oid_t){ 0 }, UINT32_MAX, &l->rooms[ROOM_SERVER]));
    return E_OK;
}

/* "START.N" and a mark: does it say what is told now? *ret_n: N, where it is one of this server. */
static bool nothing_missed(const struct live_stream *l, ts_t started, str_t text, uint64_t *ret_n)
{
    const struct mark m = mark_make(l);
    str_t rest = text;
    str_t start;
    str_t number;
    int64_t at;
    uint64_t n;
    if (!str_split(&rest, '.', &start) || rest.p == NULL || !str_split(&rest, '.', &number))
        return false;
    if (num_parse_i64(start, &at) != E_OK || at != started.us || num_parse_u64(number, &n) != E_OK)
        return false;
    *ret_n = n;
    return str_eq(rest, str_of(m.p + 1, m.n - 1)); /* without its first dot */
}

static void live_come_back(struct request *rq, struct live_stream *l)
{
    str_t last = http_field(rq->xchg, STR("Last-Event-ID"));
    if (last.n > 0)
        l->missed = !nothing_missed(l, rq->services->started_at, last, &l->n);
}

err_t live_get(struct request *rq)
{
    enum actor_kind kind = rq->act.actor.kind;
    if (kind == ACTOR_DEVICE || kind == ACTOR_ENROLMENT_KEY)
        return FAIL(&rq->act.why, E_FORBIDDEN, "this is for people and service accounts");
    TRY(tail_new(rq, &live_kind, sizeof(struct live_stream), LIVE_OUT_MAX, &rq->tail));
    struct live_stream *l = stream_of(rq->tail);
    err_t e = live_enter(rq, l);
    if (e == E_OVERLOADED)
        return FAIL(&rq->act.why, e, "%s", FULL);
    TRY(e);
    l->org = rq->act.org;
    l->perms = rq->act.actor.perms;
    l->told_at = (dur_t){ clock_mono().us - TELL_EVERY.us };
    (void)live_moved(l); /* begin here */
    live_come_back(rq, l);
    return E_OK;
}
