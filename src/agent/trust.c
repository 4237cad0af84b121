/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/agent.h"
#include "base/enc.h"

enum { TRUST_KID_AGAIN_S = 60 };

err_t trust_load(struct seneschal_agent *g)
{
    struct agent_trust *t = &g->trust;
    const struct agent_store *s = &g->store;
    uint8_t x[ED25519_PUBLIC];
    t->pin.org = str_from_cz(s->org);
    if (s->root[0] != '\0' &&
        (base64url_decode_n(str_from_cz(s->root), x, sizeof x) != E_OK ||
         pubkey_from_raw(PUBKEY_ED25519, str_of(x, sizeof x), STR_NONE, &t->pin.root) != E_OK))
        return FAIL(&g->why, E_CORRUPT, "%s: the root key in the state is none", g->dir);
    err_t e = verify_keys_read(g->arena, s->keys_n, str_from_cz(s->keys), &t->keys);
    if (e == E_CORRUPT)
        return FAIL(&g->why, e, "%s: the key set in the state is none", g->dir);
    return e;
}

static bool trust_is_pinned(const struct seneschal_agent *g)
{
    return g->store.root[0] != '\0';
}

bool trust_wants_pin(const struct seneschal_agent *g)
{
    return !trust_is_pinned(g) && clock_mono().us >= g->trust.pin_after.us;
}

/* Who answers with another root key, or for another organisation, is not our server. */
static bool trust_pin_fits(const struct seneschal_agent *g, const struct agent_news *n)
{
    const struct verify_pin *pin = &g->trust.pin;
    return n->org.p == NULL || !trust_is_pinned(g) ||
           (str_eq(n->org, pin->org) &&
            str_eq(str_of(n->root.spki, n->root.spki_n), str_of(pin->root.spki, pin->root.spki_n)));
}

err_t trust_pin(struct seneschal_agent *g, const struct agent_news *n)
{
    struct agent_store *s = &g->store;
    struct agent_trust *t = &g->trust;
    str_t x;
    if (n->org.p == NULL || trust_is_pinned(g)) /* none: the answers will be refused for it */
        return E_OK;
    TRY(base64url_make(g->arena, n->root.spki + n->root.spki_n - ED25519_PUBLIC, ED25519_PUBLIC,
                       &x));
    TRY(agent_text_set(s->org, n->org));
    TRY(agent_text_set(s->root, x));
    t->pin = (struct verify_pin){ n->root, str_from_cz(s->org) };
    return E_OK;
}

static struct verify_trust trust_against(const struct seneschal_agent *g)
{
    const struct agent_store *s = &g->store;
    bool same = strcmp(s->seen_device, s->device_id) == 0;
    return (struct verify_trust){
        .keys = &g->trust.keys,
        .device = str_from_cz(s->device_id),
        .seq = same ? s->seen_seq : 0, /* enrolled anew it is another device */
        .iat_s = s->seen_iat_s,
        .now = clock_wall(),
    };
}

/* What is held against what was learnt. */
struct judging {
    struct seneschal_agent *g;
    const struct http_answer *answer;
    struct agent_news *news;
    enum verify_status status; /* the lease must say it */
    str_t etag;                /* and name this; absent: none */
    bool config;               /* with a signature over the bytes */
};

static err_t judge_once(const struct judging *j, struct verify_result *ret)
{
    struct seneschal_agent *g = j->g;
    const struct verify_trust t = trust_against(g);
    const struct verify_answer in = {
        .body = j->answer->body,
        .etag = j->etag,
        .signature = http_answer_field(j->answer, STR("Seneschal-Signature")),
        .lease = http_answer_field(j->answer, STR("Seneschal-Lease")),
    };
    TRY(j->config ? verify_config(g->arena, &t, &in, ret)
                  : verify_lease(g->arena, &t, in.lease, j->status, j->etag, ret));
    /* One that was used up is not used again, whatever our clock says. */
    bool newer = ret->lease.iat_s > g->store.lease_iat_s;
    if (ret->refusal == VERIFY_GOOD && j->status == VERIFY_ENROLLED && !newer &&
        lease_left(g, false).us == 0)
        ret->refusal = VERIFY_LEASE_EXPIRED;
    return E_OK;
}

static bool keys_may_ask(const struct seneschal_agent *g, str_t kid)
{
    const struct agent_trust *t = &g->trust;
    return trust_is_pinned(g) && (!str_eq(kid, str_of(t->asked_kid, t->asked_kid_n)) ||
                                  clock_mono().us - t->asked.us >= DUR_S(TRUST_KID_AGAIN_S).us);
}

static err_t keys_take(struct seneschal_agent *g, const struct verify_keys *keys)
{
    struct buf b;
    buf_init(&b, AGENT_TEXT);
    verify_keys_write(&b, keys);
    err_t e = b.err == E_OK ? agent_text_set(g->store.keys, buf_str(&b)) : b.err;
    buf_fini(&b);
    TRY(e);
    g->store.keys_n = keys->n;
    g->trust.keys = *keys;
    return agent_store_save(g->dir, &g->store, &g->why);
}

/*
 * The key set, because of a kid that is not in ours. `ret`: VERIFY_GOOD: it is here, judge again.
 * E_TIMEOUT: the server could not be asked, which says nothing about the answer.
 */
static err_t keys_fetch(struct seneschal_agent *g, str_t kid, enum verify_refusal *ret)
{
    struct agent_trust *t = &g->trust;
    struct http_answer set;
    struct verify_keys keys;
    TRY(agent_ask_keys(g, &set));
    if (set.status == 429 || set.status >= 500)
        return E_TIMEOUT;
    t->asked = clock_mono();
    t->asked_kid_n = kid.n;
    memcpy(t->asked_kid, kid.p, kid.n); /* jws.h: at most JWS_NAME_MAX bytes */
    if (set.status != 200) {
        *ret = VERIFY_KEY_UNKNOWN;
        return E_OK;
    }
    const struct verify_set in = { set.body, http_answer_field(&set, STR("Seneschal-Signature")) };
    TRY(verify_key_set(g->arena, &t->pin, g->store.keys_n, &in, ret, &keys));
    return *ret == VERIFY_GOOD ? keys_take(g, &keys) : E_OK;
}

/* E_TIMEOUT: see keys_fetch. */
static err_t judge(const struct judging *j, struct verify_result *ret)
{
    enum verify_refusal set = VERIFY_GOOD;
    TRY(judge_once(j, ret));
    if (ret->refusal != VERIFY_KEY_UNKNOWN || !keys_may_ask(j->g, ret->kid))
        return E_OK;
    TRY(keys_fetch(j->g, ret->kid, &set));
    if (set == VERIFY_GOOD)
        return judge_once(j, ret);
    ret->refusal = set;
    return E_OK;
}

/* What is ours by its looks: then it must be ours in truth. A page of a portal is no answer. */
static bool config_claims(const struct http_answer *answer, const struct agent_news *n)
{
    return n->event == AGENT_CONFIGURED ||
           http_answer_field(answer, STR("Seneschal-Signature")).p != NULL ||
           http_answer_field(answer, STR("Seneschal-Lease")).p != NULL;
}

static err_t judge_config(struct judging *j)
{
    struct agent_news *n = j->news;
    struct verify_result r;
    j->etag = http_answer_field(j->answer, STR("ETag"));
    j->config = true;
    n->etag = j->etag;
    n->body = j->answer->body;
    TRY(judge(j, &r));
    n->lease = r.lease;
    n->refusal = r.refusal;
    if (r.refusal == VERIFY_GOOD)
        return E_OK;
    n->event = AGENT_REJECTED;
    return agent_etag_is(n->etag) ? E_OK : agent_etag_make(j->g->arena, n->body, &n->etag);
}

/* A 304 proves nothing, unless it was asked for a lease. */
static err_t judge_unchanged(struct judging *j)
{
    struct agent_news *n = j->news;
    struct verify_result r;
    if (!j->g->trust.prefers) {
        n->event = AGENT_UNCHANGED;
        return E_OK;
    }
    j->etag = str_from_cz(j->g->store.etag);
    TRY(judge(j, &r));
    n->lease = r.lease;
    n->refusal = r.refusal;
    if (r.refusal != VERIFY_GOOD) {
        n->event = AGENT_REJECTED;
        n->etag = j->etag;
    }
    return E_OK;
}

/* A refusal without a lease, or with one that is refused, is what any proxy can say: it is followed
 * as far as that goes, and it is seen. */
static err_t judge_refusal(struct judging *j)
{
    struct agent_news *n = j->news;
    struct verify_result r;
    j->status = n->event == AGENT_REVOKED ? VERIFY_REVOKED : VERIFY_BLOCKED;
    TRY(judge(j, &r));
    n->refusal = r.refusal;
    if (r.refusal != VERIFY_GOOD)
        return E_OK;
    n->lease = r.lease;
    if (n->event == AGENT_REVOKED)
        n->event = AGENT_WIPED;
    return E_OK;
}

err_t trust_judge(struct seneschal_agent *g, enum agent_ask ask, const struct http_answer *answer,
                  struct agent_news *n)
{
    struct judging j = { .g = g, .answer = answer, .news = n, .etag = STR_NONE };
    bool ours = ask != AGENT_INIT && ask != AGENT_CONFIRM; /* those have no device yet */
    err_t e = E_OK;
    if (ask == AGENT_FETCH && answer->status == 200 && config_claims(answer, n))
        e = judge_config(&j);
    else if (ask == AGENT_FETCH && n->event == AGENT_CONFIRMED)
        e = judge_unchanged(&j);
    else if ((n->event == AGENT_ENROLLED || n->event == AGENT_PINNED) && !trust_pin_fits(g, n))
        *n = (struct agent_news){ .event = AGENT_REJECTED, .refusal = VERIFY_KEY_SET_INVALID };
    else if (ours && (n->event == AGENT_REVOKED || n->event == AGENT_BLOCKED))
        e = judge_refusal(&j);
    if (e == E_TIMEOUT)
        *n = (struct agent_news){ .event = AGENT_UNREACHED, .later = true };
    return e == E_TIMEOUT ? E_OK : e;
}
