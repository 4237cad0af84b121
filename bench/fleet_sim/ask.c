/* SPDX-License-Identifier: Apache-2.0 */
/* What a device asks, in the very words of our agent (agent/wire.h), and what the answer says. */
#include "sim.h"

#include "base/enc.h"

enum { FIELDS_MAX = 48 };

#define LINE(text)                                                                                 \
    {                                                                                              \
        text, sizeof text - 1                                                                      \
    }

/* One row per question. */
static const struct ask_row {
    str_t line; /* method and path */
    bool bearer;
} rows[COUNT_ASKS] = {
    [AGENT_INIT] = { LINE("POST /api/v1/devices/enroll/init"), false },
    [AGENT_CONFIRM] = { LINE("POST /api/v1/devices/enroll/confirm"), false },
    [AGENT_ROTATE] = { LINE("POST /api/v1/devices/self/rotate"), true },
    [AGENT_ACK] = { LINE("POST /api/v1/iassistants/config/ack"), true },
    [AGENT_HEARTBEAT] = { LINE("POST /api/v1/devices/self/heartbeat"), true },
    [AGENT_FETCH] = { LINE("GET /api/v1/iassistants/config"), true },
};

enum agent_ask ask_next(const struct device *d)
{
    const struct agent_view view = {
        .state = d->state == SIM_ENROLLED ? AGENT_ACTIVE : AGENT_DISABLED,
        .has_token = d->has_token,
        .has_claim = d->entry != NULL,
        .rotate = d->rotate_owed,
        .ack = d->ack_owed,
    };
    return agent_next(&view);
}

static void body_init(struct sim *s, const struct device *d)
{
    char machine[SEED_MACHINE];
    char hostname[SEED_MACHINE + 16];
    secret_t key;
    seed_machine(&s->seed, d->number, machine);
    (void)snprintf(hostname, sizeof hostname, "%s.fleet.example", machine);
    seed_key(&s->seed, d->number, &key);
    const struct agent_host host = {
        .machine_id = machine, .hostname = hostname, .os = "simulated", .version = "fleet-sim"
    };
    agent_body_init(&s->body, &key, &host);
}

static err_t body_confirm(struct sim *s, const struct device *d)
{
    struct agent_store *st = &s->store;
    secret_t key;
    seed_key(&s->seed, d->number, &key);
    TRY(agent_text_set(st->device_id, str_from_cz(d->entry->device_id)));
    TRY(agent_text_set(st->claim, str_from_cz(d->entry->claim)));
    TRY(agent_text_set(st->challenge_context, str_from_cz(d->entry->context)));
    TRY(agent_text_set(st->challenge_nonce, str_from_cz(d->entry->nonce)));
    return agent_body_confirm(s->arena, &s->body, &key, st);
}

/* The same nonce for the same join_seq: asking again gives the same token again. */
static err_t body_rotate(struct sim *s, const struct device *d)
{
    char nonce[SEED_NONCE + 1];
    seed_nonce(&s->seed, "rotate", device_instance(s, d), (uint64_t)d->join_seq, nonce);
    s->store.join_seq = d->join_seq;
    TRY(agent_text_set(s->store.rotate_nonce, str_from_cz(nonce)));
    agent_body_rotate(&s->body, &s->store);
    return E_OK;
}

static str_t etag_text(const struct device *d, char out[static 2 * SHA256_SIZE + 2])
{
    out[0] = '"';
    hex_encode(d->etag, SHA256_SIZE, out + 1);
    out[2 * SHA256_SIZE + 1] = '"';
    return str_of(out, 2 * SHA256_SIZE + 2);
}

static void body_ack(struct sim *s, const struct device *d)
{
    char etag[2 * SHA256_SIZE + 2];
    bool fails = d->role == ROLE_FAIL && d->changes >= s->opt.from_change;
    const struct agent_ack ack = {
        .etag = etag_text(d, etag),
        .version = str_from_cz(d->version),
        .failure = fails ? STR("simulated failure") : STR_NONE,
    };
    agent_body_ack(&s->body, &ack);
}

static err_t body_write(struct sim *s, const struct device *d, enum agent_ask ask)
{
    buf_clear(&s->body);
    if (ask == AGENT_INIT)
        body_init(s, d);
    else if (ask == AGENT_CONFIRM)
        TRY(body_confirm(s, d));
    else if (ask == AGENT_ROTATE)
        TRY(body_rotate(s, d));
    else if (ask == AGENT_ACK)
        body_ack(s, d);
    return s->body.err;
}

static void add_bearer(struct buf *b, str_t token)
{
    BUF_ADD(b, "Authorization: Bearer ");
    buf_add(b, token);
    BUF_ADD(b, "\r\n");
}

/* Pieces and no formats: with a million devices this is what the simulator does all day. */
static void head_write(struct sim *s, const struct device *d, enum agent_ask ask, struct buf *b)
{
    char text[2 * SHA256_SIZE + 2];
    char nonce[SEED_NONCE + 1];
    buf_add(b, rows[ask].line);
    if (d->parks)
        buf_addf(b, "?wait=%u", (unsigned)s->opt.wait_s);
    BUF_ADD(b, " HTTP/1.1\r\nHost: ");
    buf_add(b, str_from_cz(s->opt.host));
    BUF_ADD(b, "\r\n");
    if (rows[ask].bearer)
        add_bearer(b, str_from_cz(d->token));
    if (ask == AGENT_INIT && s->key.n > 0)
        add_bearer(b, s->key);
    if (ask == AGENT_INIT) {
        seed_nonce(&s->seed, "init", device_instance(s, d), d->attempts, nonce);
        buf_addf(b, "Idempotency-Key: %s\r\n", nonce);
    }
    if (ask == AGENT_FETCH && d->has_etag) {
        BUF_ADD(b, "If-None-Match: ");
        buf_add(b, etag_text(d, text));
        BUF_ADD(b, "\r\n");
    }
    if (ask != AGENT_FETCH)
        buf_addf(b, "Content-Type: application/json\r\nContent-Length: %zu\r\n", s->body.n);
    BUF_ADD(b, "\r\n");
}

err_t ask_write(struct sim *s, struct device *d, str_t *ret)
{
    enum agent_ask ask = (enum agent_ask)d->ask;
    struct buf *b = &s->text;
    TRY(body_write(s, d, ask));
    buf_clear(b);
    head_write(s, d, ask, b);
    if (ask != AGENT_FETCH)
        buf_add(b, buf_str(&s->body));
    TRY(b->err);
    *ret = buf_str(b);
    return E_OK;
}

err_t ask_read(struct sim *s, const struct device *d, const struct conn_reply *reply,
               struct agent_news *ret)
{
    struct http_answer_field fields[FIELDS_MAX];
    struct http_answer answer = { .status = reply->status, .fields = fields, .body = reply->body };
    str_t rest = reply->head;
    str_t line;
    (void)str_split(&rest, '\n', &line); /* the status line */
    while (answer.fields_n < FIELDS_MAX && str_split(&rest, '\n', &line)) {
        size_t colon = str_find(line, ':');
        if (colon == line.n)
            continue;
        str_t value = str_sub(line, colon + 1, line.n);
        fields[answer.fields_n++] = (struct http_answer_field){
            .name = str_sub(line, 0, colon),
            .value = str_trim(str_sub(value, 0, str_find(value, '\r'))),
        };
    }
    return agent_read(s->arena, (enum agent_ask)d->ask, &answer, ret);
}
