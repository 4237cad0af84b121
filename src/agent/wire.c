/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/wire.h"
#include "base/enc.h"
#include "base/num.h"
#include "plat/jose/jwk.h"
#include "plat/json/out.h"

#include <assert.h>

enum { RETRY_AFTER_MAX_S = 3600, ORG_TEXT = 36 /* a UUID */ };

#define ON(ask) (1U << (ask))

/* Which refusal of ours means what, and where it may be said. All others are as good as no answer.
 */
static const struct wire_refusal {
    str_t slug;
    int status;
    unsigned on;
    enum agent_event event;
} refusals[] = {
    { { "device-revoked", 14 }, 403, ~0U, AGENT_REVOKED },
    { { "device-blocked", 14 }, 403, ~0U, AGENT_BLOCKED },
    { { "unauthenticated", 15 },
      401,
      ON(AGENT_FETCH) | ON(AGENT_ACK) | ON(AGENT_HEARTBEAT) | ON(AGENT_ROTATE) | ON(AGENT_PIN) |
          ON(AGENT_REJECT),
      AGENT_UNAUTHENTICATED },
    { { "unauthenticated", 15 }, 401, ON(AGENT_INIT), AGENT_TURNED_AWAY },
    { { "forbidden", 9 }, 403, ON(AGENT_INIT), AGENT_TURNED_AWAY },
    { { "fleet-locked", 12 }, 403, ON(AGENT_INIT) | ON(AGENT_CONFIRM), AGENT_TURNED_AWAY },
    { { "key-exhausted", 13 }, 403, ON(AGENT_INIT) | ON(AGENT_CONFIRM), AGENT_TURNED_AWAY },
    { { "key-expired", 11 }, 403, ON(AGENT_INIT) | ON(AGENT_CONFIRM), AGENT_TURNED_AWAY },
    { { "already-enrolled", 16 }, 409, ON(AGENT_INIT), AGENT_TURNED_AWAY },
    { { "already-known", 13 }, 409, ON(AGENT_INIT), AGENT_TURNED_AWAY },
    { { "bad-field", 9 }, 422, ON(AGENT_INIT), AGENT_TURNED_AWAY },
    { { "unknown-field", 13 }, 422, ON(AGENT_INIT), AGENT_TURNED_AWAY },
    /* The same Idempotency-Key with another body: the host was renamed or updated in between. */
    { { "conflict", 8 }, 409, ON(AGENT_INIT), AGENT_CLAIM_USED },
    { { "conflict", 8 },
      409,
      ON(AGENT_CONFIRM),
      AGENT_CLAIM_WRONG }, /* another request was taken */
    { { "forbidden", 9 }, 403, ON(AGENT_CONFIRM), AGENT_CLAIM_WRONG }, /* refused */
    { { "claim-used", 10 }, 409, ON(AGENT_CONFIRM), AGENT_CLAIM_USED },
    { { "claim-wrong", 11 }, 403, ON(AGENT_CONFIRM), AGENT_CLAIM_WRONG },
    { { "not-found", 9 }, 404, ON(AGENT_CONFIRM), AGENT_CLAIM_WRONG },
    { { "signature-required", 18 }, 403, ON(AGENT_CONFIRM), AGENT_CHALLENGED },
    { { "challenge-expired", 17 }, 409, ON(AGENT_CONFIRM), AGENT_CHALLENGED },
};

err_t agent_seed_read(const struct agent_store *s, secret_t *ret)
{
    secret_t seed = { .n = ED25519_SEED };
    if (base64url_decode_n(str_from_cz(s->seed), seed.b, ED25519_SEED) != E_OK)
        return E_CORRUPT;
    *ret = seed;
    secret_wipe(&seed);
    return E_OK;
}

static struct pubkey wire_pubkey(const secret_t *seed)
{
    uint8_t x[ED25519_PUBLIC];
    struct pubkey k;
    ed25519_public(seed, x);
    err_t e = pubkey_from_raw(PUBKEY_ED25519, str_of(x, sizeof x), STR_NONE, &k);
    assert(e == E_OK); /* a public key that was made from a seed is one */
    return k;
}

static void wire_optional(struct json_out *o, str_t name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    json_out_name(o, name);
    json_out_str(o, str_from_cz(value));
}

void agent_body_init(struct buf *b, const secret_t *seed, const struct agent_host *host)
{
    struct json_out o = json_out_to(b);
    struct pubkey k = wire_pubkey(seed);
    json_out_open(&o, '{');
    wire_optional(&o, STR("machine_id"), host->machine_id);
    wire_optional(&o, STR("hostname"), host->hostname);
    wire_optional(&o, STR("os"), host->os);
    wire_optional(&o, STR("client_version"), host->version);
    JSON_OUT(&o, "type", str, STR("agent"));
    json_out_name(&o, STR("public_key"));
    jwk_write(b, &k);
    o.comma = true;
    json_out_close(&o, '}');
}

/* API.md, confirm: context \0 device_id \0 nonce \0, the texts as they stand in the answer, then
 * SHA-256 of the SPKI. */
static void wire_sign(struct buf *b, const secret_t *seed, const struct agent_store *s,
                      uint8_t ret[static ED25519_SIG])
{
    const char *const texts[] = { s->challenge_context, s->device_id, s->challenge_nonce };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        buf_add(b, str_from_cz(texts[i]));
        buf_add_byte(b, '\0');
    }
    struct pubkey k = wire_pubkey(seed);
    digest_t d = pubkey_hash(&k);
    buf_add(b, str_of(d.b, sizeof d.b));
    if (b->err == E_OK)
        ed25519_sign(seed, buf_str(b), ret);
}

err_t agent_body_confirm(struct arena *a, struct buf *b, const secret_t *seed,
                         const struct agent_store *s)
{
    uint8_t signature[ED25519_SIG];
    str_t text;
    struct buf message;
    buf_init(&message, KIB(4));
    wire_sign(&message, seed, s, signature);
    err_t e = message.err;
    buf_fini(&message);
    TRY(e);
    TRY(base64url_make(a, signature, sizeof signature, &text));
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "device_id", str, str_from_cz(s->device_id));
    JSON_OUT(&o, "claim", str, str_from_cz(s->claim));
    if (s->challenge_nonce[0] != '\0')
        JSON_OUT(&o, "signature", str, text);
    json_out_close(&o, '}');
    return E_OK;
}

void agent_body_rotate(struct buf *b, const struct agent_store *s)
{
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "join_seq", i64, s->join_seq);
    JSON_OUT(&o, "nonce", str, str_from_cz(s->rotate_nonce));
    json_out_close(&o, '}');
}

void agent_body_ack(struct buf *b, const struct agent_ack *ack)
{
    struct json_out o = json_out_to(b);
    str_t reason = ack->failure.p != NULL ? ack->failure : ack->note;
    json_out_open(&o, '{');
    if (ack->version.n > 0)
        JSON_OUT(&o, "version", str, ack->version);
    JSON_OUT(&o, "etag", str, ack->etag);
    JSON_OUT(&o, "result", str, ack->failure.p == NULL ? STR("applied") : STR("failed"));
    if (reason.p != NULL)
        JSON_OUT(&o, "reason", str, reason);
    JSON_OUT(&o, "applied_at", ts, clock_now());
    if (ack->drift.p != NULL) {
        JSON_OUT(&o, "drift", raw, ack->drift);
        JSON_OUT(&o, "drift_count", i64, ack->drift_n);
        JSON_OUT(&o, "drifted_at", ts, ack->drifted_at);
    }
    json_out_close(&o, '}');
}

void agent_body_reject(struct buf *b, str_t etag, const char *reason)
{
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "etag", str, etag);
    JSON_OUT(&o, "result", str, STR("rejected"));
    JSON_OUT(&o, "reason", str, str_from_cz(reason));
    json_out_close(&o, '}');
}

void agent_body_heartbeat(struct buf *b, const struct agent_host *host)
{
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    wire_optional(&o, STR("client_version"), host->version);
    json_out_close(&o, '}');
}

/* A text that the store can keep; absent when it is missing, empty or too long. */
static str_t wire_text(const struct json *v, str_t name)
{
    const struct json *member = json_member(v, name);
    if (member == NULL || json_type(member) != JSON_STRING)
        return STR_NONE;
    str_t s = json_string(member);
    return s.n > 0 && s.n < AGENT_TEXT && memchr(s.p, '\0', s.n) == NULL ? s : STR_NONE;
}

static int64_t wire_number(const struct json *v, str_t name)
{
    const struct json *member = json_member(v, name);
    return member != NULL && json_type(member) == JSON_INT ? json_int(member) : -1;
}

static bool wire_challenge(const struct json *v, struct agent_news *n)
{
    const struct json *c = json_member(v, STR("challenge"));
    if (c == NULL || json_type(c) != JSON_OBJECT)
        return false;
    n->challenge_context = wire_text(c, STR("context"));
    n->challenge_nonce = wire_text(c, STR("nonce"));
    return n->challenge_context.p != NULL && n->challenge_nonce.p != NULL;
}

static void wire_init(const struct json *v, struct agent_news *n)
{
    n->device_id = wire_text(v, STR("device_id"));
    n->request_id = wire_text(v, STR("request_id"));
    n->code = wire_text(v, STR("code"));
    n->claim = wire_text(v, STR("claim"));
    if (n->device_id.p != NULL && n->claim.p != NULL && wire_challenge(v, n))
        n->event = AGENT_INITED;
}

/* The last part of the key set's address is the organisation; the address itself may be one that
 * only the server's neighbours reach, so that the set is asked where everything is asked. */
static str_t wire_org(const struct json *v)
{
    str_t uri = wire_text(v, STR("jwks_uri"));
    str_t path = STR("/iassistants/config/keys/");
    if (uri.n < path.n + ORG_TEXT)
        return STR_NONE;
    str_t org = str_sub(uri, uri.n - ORG_TEXT, ORG_TEXT);
    if (!str_ends(str_sub(uri, 0, uri.n - ORG_TEXT), path))
        return STR_NONE;
    for (size_t i = 0; i < org.n; i++) {
        if (org.p[i] != '-' && hex_digit(org.p[i]) < 0)
            return STR_NONE;
    }
    return org;
}

static err_t wire_pin(const struct json *v, struct agent_news *n)
{
    struct pubkey root;
    const struct json *jwk = json_member(v, STR("root_key"));
    str_t org = wire_org(v);
    err_t e = jwk == NULL || org.p == NULL ? E_NOT_FOUND : jwk_read(jwk, NULL, &root);
    if (e == E_NO_MEMORY)
        return e;
    if (e != E_OK || root.kind != PUBKEY_ED25519)
        return E_OK;
    n->root = root;
    n->org = org;
    return E_OK;
}

static err_t wire_self(int status, const struct json *v, struct agent_news *n)
{
    TRY(wire_pin(v, n));
    if (status == 200 && n->org.p != NULL)
        n->event = AGENT_PINNED;
    return E_OK;
}

static err_t wire_confirm(int status, const struct json *v, struct agent_news *n)
{
    if (status == 202) {
        (void)wire_challenge(
            v, n); /* without one the next answer asks for a signature and brings one */
        n->event = AGENT_WAITING;
        return E_OK;
    }
    TRY(wire_pin(v, n));
    n->token = wire_text(v, STR("token"));
    n->join_seq = wire_number(v, STR("join_seq"));
    if (status == 200 && n->token.p != NULL && n->join_seq >= 0)
        n->event = AGENT_ENROLLED;
    return E_OK;
}

static void wire_rotate(const struct json *v, struct agent_news *n)
{
    n->token = wire_text(v, STR("token"));
    n->join_seq = wire_number(v, STR("join_seq"));
    if (n->token.p != NULL && n->join_seq >= 0)
        n->event = AGENT_CONFIRMED;
}

bool agent_etag_is(str_t etag)
{
    uint8_t hash[SHA256_SIZE];
    return etag.n == 2 * SHA256_SIZE + 2 && etag.p[0] == '"' && etag.p[etag.n - 1] == '"' &&
           hex_decode(str_sub(etag, 1, etag.n - 2), hash, sizeof hash) == E_OK;
}

err_t agent_etag_make(struct arena *a, str_t bytes, str_t *ret)
{
    char hex[2 * SHA256_SIZE];
    digest_t d = sha256_of(bytes);
    hex_encode(d.b, sizeof d.b, hex);
    return str_format(a, ret, "\"%.*s\"", (int)sizeof hex, hex);
}

static void wire_config(const struct http_answer *answer, const struct json *v,
                        struct agent_news *n)
{
    const struct json *enabled = json_member(v, STR("enabled"));
    const struct json *config = json_member(v, STR("config"));
    n->etag = http_answer_field(answer, STR("ETag"));
    if (enabled == NULL || json_type(enabled) != JSON_BOOL || config == NULL ||
        json_type(config) != JSON_OBJECT ||
        !agent_etag_is(n->etag)) /* whether of these bytes: verify.c */
        return;
    n->enabled = json_bool(enabled);
    n->version = wire_text(v, STR("version"));
    n->body = answer->body;
    n->event = AGENT_CONFIGURED;
}

static void wire_refusal(enum agent_ask ask, int status, const struct json *v, struct agent_news *n)
{
    n->slug = wire_text(v, STR("code"));
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
        const struct wire_refusal *r = &refusals[i];
        if (r->status != status || (r->on & ON(ask)) == 0 || !str_eq(r->slug, n->slug))
            continue;
        if (r->event == AGENT_CHALLENGED && !wire_challenge(v, n))
            continue; /* nothing to sign: not ours */
        n->event = r->event;
        return;
    }
}

static err_t wire_success(enum agent_ask ask, const struct http_answer *answer,
                          const struct json *v, struct agent_news *n)
{
    switch (ask) {
    case AGENT_INIT:
        wire_init(v, n);
        return E_OK;
    case AGENT_CONFIRM:
        return wire_confirm(answer->status, v, n);
    case AGENT_ROTATE:
        wire_rotate(v, n);
        return E_OK;
    case AGENT_FETCH:
        wire_config(answer, v, n);
        return E_OK;
    case AGENT_PIN:
        return wire_self(answer->status, v, n);
    case AGENT_ACK:
    case AGENT_HEARTBEAT:
    case AGENT_REJECT:
        return E_OK;
    case AGENT_ASKS:
        break;
    }
    assert(false);
    return E_INTERNAL;
}

/* The texts of a parsed body die with it: the arena keeps them. */
static err_t wire_keep(struct arena *a, struct agent_news *n)
{
    str_t *const texts[] = { &n->slug,
                             &n->device_id,
                             &n->request_id,
                             &n->code,
                             &n->claim,
                             &n->challenge_context,
                             &n->challenge_nonce,
                             &n->token,
                             &n->version,
                             &n->org };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (texts[i]->p != NULL)
            TRY(str_copy(a, *texts[i], texts[i]));
    }
    return E_OK;
}

/* Answers without a body that say all that is to say. */
static bool wire_bare(enum agent_ask ask, int status, struct agent_news *n)
{
    bool good = (ask == AGENT_FETCH && status == 304) || (ask == AGENT_ACK && status == 204) ||
                (ask == AGENT_HEARTBEAT && status == 202);
    bool told = ask == AGENT_REJECT && status == 204; /* nothing is in force by that */
    if (good || told)
        n->event = good ? AGENT_CONFIRMED : AGENT_UNCHANGED;
    return good || told;
}

static int64_t wire_retry_after(const struct http_answer *answer)
{
    uint64_t s = 0;
    if (num_parse_u64(http_answer_field(answer, STR("Retry-After")), &s) != E_OK)
        return 0;
    return s > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S : (int64_t)s;
}

err_t agent_read(struct arena *a, enum agent_ask ask, const struct http_answer *answer,
                 struct agent_news *ret)
{
    struct agent_news n = { .event = AGENT_UNREACHED };
    n.retry_after_s = wire_retry_after(answer);
    n.later = answer->status == 429 || answer->status >= 500;
    CLEANUP(json_freep) struct json *v = NULL;
    if (!wire_bare(ask, answer->status, &n)) {
        err_t e = json_parse(answer->body, NULL, &v);
        if (e == E_NO_MEMORY)
            return e;
        bool object = e == E_OK && json_type(v) == JSON_OBJECT;
        if (object && answer->status >= 200 && answer->status < 300)
            TRY(wire_success(ask, answer, v, &n));
        else if (object && answer->status >= 400)
            wire_refusal(ask, answer->status, v, &n);
    }
    TRY(wire_keep(a, &n));
    *ret = n;
    return E_OK;
}
