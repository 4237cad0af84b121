/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a device: what it makes of an answer, and when it asks again. */
#include "sim.h"

#include "../tokens.h"

#include "base/enc.h"

enum { SOON_US = 500000, POLL_LEAST_S = 5 };

/* Places of the shuffle, from the front: so many fail, the next so many vanish, and so on. */
static enum role role_at(const struct sim_options *o, uint32_t place)
{
    const struct {
        enum role role;
        struct share share;
    } parts[] = { { ROLE_FAIL, o->fail },
                  { ROLE_VANISH, o->vanish },
                  { ROLE_CLONE, o->clone },
                  { ROLE_ROTATE, o->rotate } };
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        uint32_t n = share_of(parts[i].share, o->devices);
        if (place < n)
            return parts[i].role;
        place -= n;
    }
    return ROLE_PLAIN;
}

static struct device *copy_of(struct sim *s, const struct device *d)
{
    uint32_t place = seed_place(&s->seed, d->number, (uint32_t)s->opt.devices);
    return &s->devices[s->opt.devices + place - s->clones_at];
}

void device_in(struct sim *s, struct device *d, dur_t wait)
{
    int64_t tick = (s->now_us - s->began_us + wait.us + SIM_TICK_US - 1) / SIM_TICK_US;
    wheel_start(&s->wheel, &d->timer, (uint64_t)tick);
}

static void device_fire(struct loop_timer *t)
{
    struct device *d = CONTAINER_OF(t, struct device, timer);
    device_turn(d->sim, d);
}

static void device_make(struct sim *s, struct device *d, uint32_t number)
{
    uint32_t place = seed_place(&s->seed, number, (uint32_t)s->opt.devices);
    d->sim = s;
    d->timer.fire = device_fire;
    d->number = number;
    d->role = (uint8_t)role_at(&s->opt, place);
    d->random = seed_random(&s->seed, device_instance(s, d));
    d->rotates = d->role == ROLE_CLONE || d->role == ROLE_ROTATE;
    d->state = s->opt.prefilled ? SIM_ENROLLED : SIM_UNENROLLED;
    d->has_token = s->opt.prefilled;
    if (s->opt.prefilled)
        bench_token(number, d->token);
    d->has_etag = s->opt.etag_text != NULL;
    memcpy(d->etag, s->opt.etag, sizeof d->etag);
    s->counts.states[d->state]++;
}

bool devices_make(struct sim *s)
{
    uint32_t n = (uint32_t)s->opt.devices;
    uint32_t copies = share_of(s->opt.clone, n);
    s->clones_at = share_of(s->opt.fail, n) + share_of(s->opt.vanish, n);
    s->devices_n = n + copies;
    s->devices = calloc(s->devices_n, sizeof *s->devices);
    if (s->devices == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        struct device *d = &s->devices[i];
        device_make(s, d, i);
        outage_add(s, d);
        device_in(s, d, (dur_t){ random_upto(&d->random, s->opt.ramp.us) });
        if (d->role == ROLE_CLONE)
            copy_of(s, d)->number = i;
    }
    for (uint32_t i = n; i < s->devices_n; i++) {
        struct device *d = &s->devices[i];
        device_make(s, d, d->number);
        d->is_copy = true;
        device_state_set(s, d, SIM_ASLEEP);
    }
    return true;
}

void devices_free(struct sim *s)
{
    for (size_t i = 0; s->devices != NULL && i < s->devices_n; i++)
        free(s->devices[i].entry);
    free(s->devices);
}

void device_state_set(struct sim *s, struct device *d, enum sim_state to)
{
    enum sim_state from = (enum sim_state)d->state;
    s->counts.states[from]--;
    s->counts.states[to]++;
    d->state = (uint8_t)to;
    report_state(s, d, from);
}

static void device_acked_set(struct sim *s, struct device *d, enum acked to)
{
    s->counts.applied -= d->acked == ACKED_APPLIED;
    s->counts.failed -= d->acked == ACKED_FAILED;
    s->counts.applied += to == ACKED_APPLIED;
    s->counts.failed += to == ACKED_FAILED;
    d->acked = (uint8_t)to;
}

/* It falls silent for good; a machine that died says no good-bye. */
static void device_end(struct sim *s, struct device *d, enum sim_state to)
{
    device_state_set(s, d, to);
    wheel_stop(&s->wheel, &d->timer);
    lanes_drop(s, d);
    stream_drop(s, d);
    outage_served(s, d);
}

/* Somebody copied the state directory of an enrolled machine: from here on both are alive. */
static void copy_wake(struct sim *s, const struct device *original)
{
    struct device *copy = copy_of(s, original);
    if (copy->state != SIM_ASLEEP)
        return;
    copy->has_token = true;
    copy->join_seq = original->join_seq;
    copy->has_etag = original->has_etag;
    copy->changes = original->changes;
    copy->rotate_owed = true;
    memcpy(copy->token, original->token, sizeof copy->token);
    memcpy(copy->etag, original->etag, sizeof copy->etag);
    memcpy(copy->version, original->version, sizeof copy->version);
    device_state_set(s, copy, SIM_ENROLLED);
    device_in(s, copy, (dur_t){ random_upto(&copy->random, s->opt.ramp.us) });
}

/* A text of the contract is far shorter than what it is kept in; one that is not is no answer. */
static bool text_keep(char *out, size_t room, str_t text)
{
    if (text.n >= room)
        return false;
    if (text.n > 0)
        memcpy(out, text.p, text.n);
    out[text.n] = '\0';
    return true;
}

#define KEEP(member, text) text_keep((member), sizeof(member), (text))

static bool take_entry(struct device *d, const struct agent_news *news)
{
    if (d->entry == NULL)
        d->entry = calloc(1, sizeof *d->entry);
    struct entry *e = d->entry;
    if (e == NULL)
        return false;
    return (news->device_id.p == NULL || KEEP(e->device_id, news->device_id)) &&
           (news->claim.p == NULL || KEEP(e->claim, news->claim)) &&
           (news->challenge_nonce.p == NULL ||
            (KEEP(e->nonce, news->challenge_nonce) && KEEP(e->context, news->challenge_context)));
}

static void entry_drop(struct device *d)
{
    free(d->entry);
    d->entry = NULL;
}

static bool take_token(struct device *d, const struct agent_news *news)
{
    entry_drop(d);
    d->join_seq = news->join_seq;
    d->has_token = true;
    return KEEP(d->token, news->token);
}

static bool take_config(struct sim *s, struct device *d, const struct agent_news *news)
{
    d->changes++;
    d->has_etag = true;
    d->ack_owed = true;
    device_acked_set(s, d, ACKED_NOTHING);
    return KEEP(d->version, news->version) &&
           hex_decode(str_sub(news->etag, 1, news->etag.n - 2), d->etag, sizeof d->etag) == E_OK;
}

static void take_ack(struct sim *s, struct device *d)
{
    bool failed = d->role == ROLE_FAIL && d->changes >= s->opt.from_change;
    d->ack_owed = false;
    device_acked_set(s, d, failed ? ACKED_FAILED : ACKED_APPLIED);
    if (!d->rotates || d->is_copy)
        return;
    d->rotates = false;
    d->rotate_owed = true;
    if (d->role == ROLE_CLONE)
        copy_wake(s, d);
}

/* False: the answer is not what the contract says. */
static bool device_take(struct sim *s, struct device *d, const struct agent_news *news)
{
    switch (news->event) {
    case AGENT_INITED:
    case AGENT_WAITING:
    case AGENT_CHALLENGED:
        return take_entry(d, news);
    case AGENT_ENROLLED:
        return take_token(d, news);
    case AGENT_CONFIGURED:
        return take_config(s, d, news);
    case AGENT_CONFIRMED:
        if (d->ask == AGENT_ACK)
            take_ack(s, d);
        if (d->ask != AGENT_ROTATE)
            return true;
        d->rotate_owed = false;
        s->counts.rotated++;
        return take_token(d, news);
    case AGENT_CLAIM_USED:
    case AGENT_CLAIM_WRONG:
        entry_drop(d);
        d->attempts++; /* asks with another nonce: another request */
        return true;
    case AGENT_TURNED_AWAY:
    case AGENT_REVOKED:
    case AGENT_BLOCKED:
    case AGENT_UNAUTHENTICATED:
        return true;
    case AGENT_UNCHANGED: /* what is signed is not looked at here */
    case AGENT_REJECTED:
    case AGENT_PINNED:
    case AGENT_WIPED:
    case AGENT_UNREACHED:
    case AGENT_LEASE_OVER:
    case AGENT_GRACE_OVER:
    case AGENT_EVENTS:
        break;
    }
    return false;
}

/* A refusal of ours would be the same the next time: what was to be told or asked is dropped. */
static void device_refused(struct sim *s, struct device *d, int status)
{
    if (told_to_wait(status))
        return;
    s->counts.strange++;
    if (d->ask == AGENT_ACK)
        d->ack_owed = false;
    if (d->ask == AGENT_ROTATE)
        d->rotate_owed = false;
}

/* With streams a device that has nothing to ask waits for its own, if it has one already. */
static bool stream_idles(struct sim *s, const struct device *d)
{
    return s->opt.stream && stream_stands(s, d) && !d->nudged && !d->rotate_owed;
}

/* True: at once. */
static bool device_wait(struct sim *s, struct device *d, enum sim_wait wait, int64_t retry_after_s)
{
    if (wait == SIM_PACE && stream_idles(s, d)) {
        d->failures = 0;
        return false;
    }
    dur_t in = sim_delay(&s->pace, wait, retry_after_s, &d->failures, &d->random);
    s->counts.retries += d->failures > 0;
    if (d->parks && wait == SIM_PACE &&
        s->now_us - d->asked_us < SOON_US) /* do not turn in circles */
        in.us = DUR_S(POLL_LEAST_S).us + random_upto(&d->random, DUR_S(POLL_LEAST_S).us);
    if (in.us == 0)
        return true;
    device_in(s, d, in);
    return false;
}

/* Steps on the way in: a device is served once it has its configuration, or knows that it waits. */
static bool half_way(enum agent_event event)
{
    return event == AGENT_INITED || event == AGENT_CHALLENGED || event == AGENT_ENROLLED;
}

/* Where nothing can be asked at once: at the next tick. */
static void device_wait_timed(struct sim *s, struct device *d, enum sim_wait wait,
                              int64_t retry_after_s)
{
    if (device_wait(s, d, wait, retry_after_s))
        device_in(s, d, (dur_t){ 0 });
}

bool device_answer(struct sim *s, struct device *d, const struct conn_reply *reply)
{
    struct agent_news news;
    arena_reset(s->arena);
    s->reached = true;
    if (ask_read(s, d, reply, &news) != E_OK || !device_take(s, d, &news)) {
        news.event = AGENT_UNREACHED;
        device_refused(s, d, reply->status);
    }
    count_answer(s, d->ask, reply->status, news.retry_after_s);
    if (!told_to_wait(reply->status) && !d->parks) /* a long poll takes as long as it is told to */
        count_took(s, s->now_us - d->asked_us);
    if (reply->status < 500 && reply->status != 429 && !half_way(news.event))
        outage_served(s, d);
    struct sim_move move = sim_step((enum sim_state)d->state, news.event);
    if (d->ask == AGENT_ROTATE && news.event == AGENT_CONFIRMED)
        move.wait = SIM_GO; /* its first use makes the new token the current one */
    bool vanishes = news.event == AGENT_CONFIGURED && d->role == ROLE_VANISH &&
                    d->changes >= s->opt.from_change;
    if (vanishes || move.wait == SIM_END) {
        device_end(s, d, vanishes ? SIM_VANISHED : move.to);
        return false;
    }
    device_state_set(s, d, move.to);
    if (d->ask == AGENT_FETCH && news.event == AGENT_UNREACHED && s->opt.stream)
        d->nudged = true; /* it is still to be asked */
    if (move.to != SIM_ENROLLED)
        stream_drop(s, d);
    return device_wait(s, d, move.wait, news.retry_after_s);
}

static bool device_asks(const struct device *d)
{
    return d->lane != NULL || d->queued;
}

void device_nudge(struct sim *s, struct device *d)
{
    d->nudged = true;
    if (!device_asks(d) && d->timer.next == NULL)
        device_turn(s, d);
}

void device_stream_ended(struct sim *s, struct device *d)
{
    const struct streams *st = &s->streams;
    int64_t spread_us = st->spread_us >= 0 ? st->spread_us : s->opt.spread.us;
    if (d->state != SIM_ENROLLED || d->nudged || device_asks(d))
        return; /* it was told why: what it asks goes on from there */
    outage_add(s, d);
    device_in(s, d,
              (dur_t){ random_upto(&d->random, s->opt.storms ? s->opt.storm.us : spread_us) });
}

void device_without_stream(struct sim *s, struct device *d, int status, int64_t retry_after_s)
{
    s->counts.strange += status >= 400 && !told_to_wait(status) && status != 401 && status != 403;
    d->nudged = !told_to_wait(status); /* a poll says what is the matter */
    device_wait_timed(s, d, SIM_ASKED, retry_after_s);
}

void device_unanswered(struct sim *s, struct device *d, bool refused)
{
    s->counts.refused += refused;
    s->counts.lost += !refused;
    if (s->opt.storms && refused && s->reached) {
        storm_refused(s, d);
        return;
    }
    outage_add(s, d);
    if (s->opt.storms) {
        device_in(s, d, (dur_t){ random_upto(&d->random, s->opt.storm.us) });
        return;
    }
    device_wait_timed(s, d, SIM_BACK_OFF, 0);
}

/* Is a stream what it wants next? Only when nothing is left to ask. */
static bool device_streams(const struct sim *s, const struct device *d)
{
    return s->opt.stream && d->state == SIM_ENROLLED && d->has_etag && !d->nudged && !d->ack_owed &&
           !d->rotate_owed && !stream_stands(s, d);
}

void device_turn(struct sim *s, struct device *d)
{
    if (device_asks(d))
        return; /* it asks already: an outage has given it another time */
    if (s->prober != NULL && s->prober != d) {
        storm_refused(s, d);
        return;
    }
    if (device_streams(s, d)) {
        stream_open(s, d);
        return;
    }
    d->ask = (uint8_t)ask_next(d);
    if (d->ask == AGENT_FETCH)
        d->nudged = false;
    /* Who was cut off asks first without parking: so it is seen when all are served again. */
    d->parks = d->ask == AGENT_FETCH && d->state == SIM_ENROLLED && d->has_etag && !d->owed &&
               s->opt.wait_s > 0;
    d->asked_us = s->now_us;
    d->retried = false;
    lanes_ask(s, d);
}
