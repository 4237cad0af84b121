/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/dpop_seen.h"

#include "base/map.h"
#include "base/ref.h"
#include "domain/oauth/dpop.h"

#include <assert.h>

static_assert((SEEN_SLOTS & (SEEN_SLOTS - 1)) == 0, "a mask finds the slot");
static_assert((int)DPOP_SEEN_MAX < (int)SEEN_SLOTS, "probing ends at a free slot");

err_t dpop_seen_init(struct dpop_seen *s, ts_t now)
{
    struct dpop_seen made = { .turn = ts_add(now, DPOP_WINDOW) };
    for (size_t i = 0; i < ARRAY_LEN(made.sets); i++)
        made.sets[i].keys = ref_new((size_t)SEEN_SLOTS * SEEN_KEY);
    if (made.sets[0].keys == NULL || made.sets[1].keys == NULL) {
        dpop_seen_fini(&made);
        return E_NO_MEMORY;
    }
    *s = made;
    return E_OK;
}

void dpop_seen_fini(struct dpop_seen *s)
{
    for (size_t i = 0; i < ARRAY_LEN(s->sets); i++)
        ref_drop(s->sets[i].keys);
    *s = (struct dpop_seen){ .turn = { 0 } };
}

/* Where it is, or the free slot where it would be. */
static size_t seen_slot(const struct seen_set *set, const uint8_t key[static SEEN_KEY], bool *there)
{
    static const uint8_t nothing[SEEN_KEY];
    size_t at = (size_t)map_hash(key, SEEN_KEY) & (SEEN_SLOTS - 1);
    while (memcmp(set->keys[at], nothing, SEEN_KEY) != 0) {
        if (memcmp(set->keys[at], key, SEEN_KEY) == 0) {
            *there = true;
            return at;
        }
        at = (at + 1) & (SEEN_SLOTS - 1);
    }
    *there = false;
    return at;
}

static void seen_clear(struct seen_set *set)
{
    if (set->n > 0)
        memset(set->keys, 0, (size_t)SEEN_SLOTS * SEEN_KEY);
    set->n = 0;
}

static void seen_turn(struct dpop_seen *s, ts_t now)
{
    if (now.us < s->turn.us)
        return;
    struct seen_set older = s->sets[1];
    seen_clear(&older);
    s->sets[1] = s->sets[0];
    s->sets[0] = older;
    if (now.us >= ts_add(s->turn, DPOP_WINDOW).us) /* nobody came for a whole window */
        seen_clear(&s->sets[1]);
    s->turn = ts_add(now, DPOP_WINDOW);
}

err_t dpop_seen_add(struct dpop_seen *s, ts_t now, const digest_t *what)
{
    bool young = false;
    bool old = false;
    uint8_t key[SEEN_KEY];
    memcpy(key, what->b, sizeof key);
    key[0] |= 1U; /* never the free slot's zeros */
    seen_turn(s, now);
    size_t at = seen_slot(&s->sets[0], key, &young);
    (void)seen_slot(&s->sets[1], key, &old);
    if (young || old)
        return E_CONFLICT;
    if (s->sets[0].n >= DPOP_SEEN_MAX)
        return E_OVERLOADED;
    memcpy(s->sets[0].keys[at], key, sizeof key);
    s->sets[0].n++;
    return E_OK;
}
