/* SPDX-License-Identifier: Apache-2.0 */
/* What was refused, for everybody to see: store, journal, notice, and once the server. */
#include "agent/agent.h"
#include "agent/journal.h"
#include "plat/crypto/crypto.h"

/* True the first time: what is refused at every poll is said once. */
static bool refuse_is_new(struct agent_trust *t, enum verify_refusal why, str_t etag)
{
    const str_t parts[] = { str_from_cz(verify_word(why)), STR("\0"), etag };
    digest_t d = sha256_of_parts(parts, ARRAY_LEN(parts));
    size_t n = t->told_n < TRUST_TOLD_MAX ? t->told_n : TRUST_TOLD_MAX;
    for (size_t i = 0; i < n; i++) {
        if (memcmp(t->told[i].b, d.b, sizeof d.b) == 0)
            return false;
    }
    t->told[t->told_n++ % TRUST_TOLD_MAX] = d;
    return true;
}

/* `etag`: as the answer had it. */
err_t trust_refuse(struct seneschal_agent *g, enum verify_refusal why, str_t etag)
{
    struct agent_store *s = &g->store;
    const char *word = verify_word(why);
    TRY(agent_text_set(s->refused, str_from_cz(word)));
    TRY(agent_text_set(s->refused_etag, agent_etag_is(etag) ? etag : STR("")));
    s->refused_us = clock_wall().us;
    if (!refuse_is_new(&g->trust, why, str_from_cz(s->refused_etag)))
        return E_OK;
    if (s->refused_etag[0] != '\0') {
        g->trust.owed = why;
        memcpy(g->trust.owed_etag, s->refused_etag, sizeof s->refused_etag);
    }
    agent_tell(g, "agent-rejected", word);
    if (journal_note(g->dir, word, str_from_cz(s->refused_etag), &g->why) != E_OK)
        agent_tell(g, "agent-failed", g->why.text); /* it is no change: nothing depends on it */
    return agent_store_save(g->dir, s, &g->why);
}

err_t trust_watch_clock(struct seneschal_agent *g)
{
    const struct agent_store *s = &g->store;
    if (g->trust.clock_told || !verify_clock_is_back(s->seen_iat_s, clock_wall()))
        return E_OK;
    g->trust.clock_told = true;
    agent_tell(g, "agent-clock", verify_text(VERIFY_CLOCK_BACK));
    return trust_refuse(g, VERIFY_CLOCK_BACK, str_from_cz(s->etag));
}

void trust_accept(struct seneschal_agent *g, const struct verify_lease *lease)
{
    struct agent_store *s = &g->store;
    g->trust.rejections = 0;
    g->trust.clock_told = false;
    agent_text_clear(s->refused);
    agent_text_clear(s->refused_etag);
    s->refused_us = 0;
    if (lease->iat_s > s->seen_iat_s)
        s->seen_iat_s = lease->iat_s;
    if (lease->status != VERIFY_ENROLLED) /* it may carry the store's number, not this device's */
        return;
    memcpy(s->seen_device, s->device_id, sizeof s->seen_device);
    s->seen_seq = lease->seq;
    lease_take(g, lease);
}
