/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/rollout_ack.h"

#include "domain/policy/rollout_member.h"

struct hearing {
    struct act *act;
    struct rollout ro;
    const struct rollout_word *word;
    struct row_rollout_device member;
    bool known; /* there is such a row */
};

static bool same_digest(str_t stored, const digest_t *d)
{
    return str_eq(stored, digest_bytes(d));
}

static err_t find_member(struct hearing *h)
{
    err_t e = sql_rollout_device_get(
        h->act->db, h->act->arena,
        &(struct sql_rollout_device_get){ .rollout = h->ro.r.id, .device = h->word->device },
        &h->member);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    h->known = e == E_OK;
    return E_OK;
}

static enum rollout_member word_state(const struct rollout_word *word)
{
    return word->applied ? MEMBER_APPLIED : MEMBER_FAILED;
}

static err_t note(struct hearing *h)
{
    const struct row_rollout_device *m = &h->member;
    struct rollout_tally tally = { 0 };
    if (same_digest(m->acked, &h->word->etag))
        return E_OK; /* its first word about these bytes stands */
    rollout_tally_move(&tally, m->ring, m->state, word_state(h->word));
    TRY(sql_rollout_device_set(
        h->act->db, &(struct sql_rollout_device_set){ .rollout = h->ro.r.id,
                                                      .device = m->device,
                                                      .state = word_state(h->word),
                                                      .since = m->since,
                                                      .seen_at = h->act->now,
                                                      .etag = digest_bytes(&h->word->etag),
                                                      .acked = digest_bytes(&h->word->etag),
                                                      .reason = h->word->reason,
                                                      .at = h->act->now }));
    return rollout_tally_write(h->act, h->ro.r.id, &tally, NULL);
}

/* It spoke before the job found it. */
static err_t note_new(struct hearing *h, int64_t ring)
{
    struct rollout_tally tally = { 0 };
    rollout_tally_join(&tally, ring, word_state(h->word));
    TRY(sql_rollout_device_add(
        h->act->db, &(struct sql_rollout_device_add){ .rollout = h->ro.r.id,
                                                      .device = h->word->device,
                                                      .ring = ring,
                                                      .state = word_state(h->word),
                                                      .since = h->act->now,
                                                      .seen_at = h->act->now,
                                                      .etag = digest_bytes(&h->word->etag),
                                                      .acked = digest_bytes(&h->word->etag),
                                                      .reason = h->word->reason,
                                                      .now = h->act->now }));
    return rollout_tally_write(h->act, h->ro.r.id, &tally, NULL);
}

/* Are these the bytes that it has now, and is the target in them? */
static err_t is_target(struct hearing *h, bool *ret)
{
    struct rollout_known *known = ARENA_NEW(h->act->arena, struct rollout_known);
    struct member_config c;
    if (known == NULL)
        return E_NO_MEMORY;
    TRY(member_config_find(h->act, known, h->ro.r.id, h->act->org, h->word->device, &c));
    *ret = c.reached && !c.same && memcmp(c.etag.b, h->word->etag.b, SHA256_SIZE) == 0;
    return E_OK;
}

static err_t hear_under_way(struct hearing *h)
{
    int64_t ring = 0;
    bool target = false;
    TRY(find_member(h));
    if (h->known && same_digest(h->member.etag, &h->word->etag))
        return h->member.state == MEMBER_UNCHANGED ? E_OK : note(h);
    if (!h->known) {
        TRY(rollout_load_rings(h->act, &h->ro));
        TRY(rollout_ring_that_takes(h->act, &h->ro, h->word->device, &ring));
        if (ring == 0)
            return E_OK;
    }
    TRY(is_target(h, &target));
    if (!target)
        return E_OK;
    return h->known ? note(h) : note_new(h, ring);
}

/* Aborted, and taken back: a late word of the target is a device more to wait for; a word of
 * anything else is one that is back. */
static err_t hear_taken_back(struct hearing *h)
{
    TRY(find_member(h));
    if (!h->known)
        return E_OK;
    if (same_digest(h->member.etag, &h->word->etag))
        return h->member.state == MEMBER_UNCHANGED ? E_OK : note(h);
    return sql_rollout_device_back(
        h->act->db,
        &(struct sql_rollout_device_back){ .rollout = h->ro.r.id, .device = h->word->device });
}

err_t rollout_heard(struct act *act, const struct rollout_word *word)
{
    struct row_rollout *rows = NULL;
    size_t n = 0;
    TRY(sql_rollout_open_org(act->db, act->arena, &(struct sql_rollout_open_org){ .org = act->org },
                             &rows, &n));
    for (size_t i = 0; i < n; i++) {
        struct hearing h = { .act = act, .ro = { .r = rows[i] }, .word = word };
        if (rows[i].state != ROLLOUT_ABORTED)
            TRY(hear_under_way(&h));
        else if (rows[i].arms == ARMS_NONE)
            TRY(hear_taken_back(&h));
    }
    return E_OK;
}
