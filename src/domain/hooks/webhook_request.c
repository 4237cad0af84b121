/* SPDX-License-Identifier: Apache-2.0 */
/* What each kind of receiver is sent. */
#include "base/enc.h"
#include "domain/hooks/webhook_sealed.h"
#include "domain/hooks/webhook_send.h"
#include "plat/crypto/crypto.h"
#include "plat/json/out.h"

enum { REQUEST_MAX = 512 * 1024, SUMMARY_MAX = 1024, SIGNATURE_MAX = 256, INPUT_MAX = 60000 };

/* One being made. */
struct making {
    struct act *act;
    const struct row_webhook *hook;
    oid_t id;
    str_t event; /* its name */
    str_t payload;
    const struct json *parsed;
    const struct json *open; /* what is secret of the webhook */
    struct webhook_request *req;
};

static err_t add_line(struct making *m, const char *name, str_t value)
{
    str_t line = STR_NONE;
    if (m->req->lines_n == WEBHOOK_LINES_MAX)
        return E_TOO_BIG;
    TRY(str_format(m->act->arena, &line, "%s: %.*s", name, STR_ARG(value)));
    m->req->lines[m->req->lines_n++] = line.p;
    return E_OK;
}

static str_t text_at(const struct json *object, str_t name)
{
    const struct json *v = object != NULL ? json_member(object, name) : NULL;
    return v != NULL && json_type(v) == JSON_STRING ? json_string(v) : STR_NONE;
}

static err_t bearer(struct making *m)
{
    str_t token = text_at(m->open, STR("token"));
    str_t value = STR_NONE;
    if (token.n == 0)
        return E_OK;
    TRY(str_format(m->act->arena, &value, "Bearer %.*s", STR_ARG(token)));
    return add_line(m, "Authorization", value);
}

static err_t own_headers(struct making *m)
{
    const struct json *map = json_member(m->open, STR("headers"));
    struct json_pair *pairs = NULL;
    size_t n = 0;
    if (map == NULL)
        return E_OK;
    TRY(json_members(m->act->arena, map, &pairs, &n));
    for (size_t i = 0; i < n; i++) {
        char *name = str_cz(m->act->arena, pairs[i].name);
        if (name == NULL)
            return E_NO_MEMORY;
        TRY(add_line(m, name, json_string(pairs[i].value)));
    }
    return E_OK;
}

/* "v1,BASE64" over "ID.TIME.BODY" (Standard Webhooks). */
static err_t add_signature(struct making *m, struct buf *b, str_t whsec, str_t time)
{
    char id[OID_TEXT];
    CLEANUP(secret_wipe) secret_t key = { .n = 0 };
    oid_format(m->id, id);
    const str_t parts[] = { str_of(id, sizeof id), STR("."), time, STR("."), m->req->body };
    TRY(webhook_secret_read(whsec, &key));
    digest_t mac = hmac_of_bytes(&key, parts, ARRAY_LEN(parts));
    buf_add(b, b->n > 0 ? STR(" v1,") : STR("v1,"));
    buf_add_base64(b, mac.b, sizeof mac.b);
    return b->err;
}

static err_t sign(struct making *m)
{
    char id[OID_TEXT];
    str_t time = STR_NONE;
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, SIGNATURE_MAX);
    oid_format(m->id, id);
    TRY(str_format(m->act->arena, &time, "%lld", (long long)(m->act->now.us / 1000000)));
    TRY(add_signature(m, &b, text_at(m->open, STR("secret")), time));
    const struct json *until = json_member(m->open, STR("previous_until"));
    if (until != NULL && json_type(until) == JSON_INT && m->act->now.us < json_int(until))
        TRY(add_signature(m, &b, text_at(m->open, STR("previous")), time));
    TRY(add_line(m, "webhook-id", str_of(id, sizeof id)));
    TRY(add_line(m, "webhook-timestamp", time));
    return add_line(m, "webhook-signature", buf_str(&b));
}

/* "user.created: user ann, by root" */
static err_t summary(struct making *m, str_t *ret)
{
    const struct json *data = json_member(m->parsed, STR("data"));
    const struct json *target = json_member(data, STR("target"));
    const struct json *actor = json_member(data, STR("actor"));
    str_t kind = text_at(target, STR("kind"));
    str_t name = text_at(target, STR("name"));
    str_t by = text_at(actor, STR("name"));
    str_t reason = text_at(data, STR("reason"));
    bool refused = str_eq(text_at(data, STR("result")), STR("refused"));
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, SUMMARY_MAX);
    buf_add(&b, m->event);
    if (kind.n > 0)
        buf_addf(&b, ": %.*s %.*s", STR_ARG(kind), STR_ARG(str_sub(name, 0, 200)));
    if (by.n > 0)
        buf_addf(&b, ", by %.*s", STR_ARG(by));
    if (refused)
        BUF_ADD(&b, ", refused");
    if (reason.n > 0)
        buf_addf(&b, " (%.*s)", STR_ARG(str_sub(reason, 0, 200)));
    TRY(b.err);
    return str_copy(m->act->arena, buf_str(&b), ret);
}

/* Slack reads & < > as its own: they are written as entities. */
static void add_slack_text(struct buf *b, str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '&')
            BUF_ADD(b, "&amp;");
        else if (s.p[i] == '<')
            BUF_ADD(b, "&lt;");
        else if (s.p[i] == '>')
            BUF_ADD(b, "&gt;");
        else
            buf_add_byte(b, s.p[i]);
    }
}

static err_t make_standard(struct making *m, struct buf *b)
{
    buf_add(b, m->payload);
    return E_OK;
}

static err_t make_slack(struct making *m, struct buf *b)
{
    str_t line = STR_NONE;
    CLEANUP(buf_fini) struct buf text = { 0 };
    buf_init(&text, (size_t)8 * SUMMARY_MAX);
    TRY(summary(m, &line));
    add_slack_text(&text, line);
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "text", str, buf_str(&text));
    json_out_close(&o, '}');
    return text.err;
}

static err_t make_ntfy(struct making *m, struct buf *b)
{
    str_t line = STR_NONE;
    TRY(summary(m, &line));
    buf_add(b, line);
    TRY(add_line(m, "Title", m->event));
    if (m->hook->priority.n > 0)
        TRY(add_line(m, "Priority", m->hook->priority));
    return m->hook->tags.n > 0 ? add_line(m, "Tags", m->hook->tags) : E_OK;
}

static err_t make_github(struct making *m, struct buf *b)
{
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    if (m->hook->ref.n > 0) {
        JSON_OUT(&o, "ref", str, m->hook->ref);
        json_out_name(&o, STR("inputs"));
        json_out_open(&o, '{');
        JSON_OUT(&o, "event", str, m->event);
        JSON_OUT(&o, "payload", str, m->payload.n <= INPUT_MAX ? m->payload : STR("{}"));
        json_out_close(&o, '}');
    } else {
        JSON_OUT(&o, "event_type", str, m->hook->event_type.n > 0 ? m->hook->event_type : m->event);
        JSON_OUT(&o, "client_payload", raw, m->payload);
    }
    json_out_close(&o, '}');
    TRY(add_line(m, "Accept", STR("application/vnd.github+json")));
    return add_line(m, "X-GitHub-Api-Version", STR("2022-11-28"));
}

static err_t make_template(struct making *m, struct buf *b)
{
    char id[OID_TEXT];
    oid_format(m->id, id);
    struct webhook_fill from = { .event = m->parsed,
                                 .values = json_member(m->open, STR("values")),
                                 .id = str_of(id, sizeof id) };
    return webhook_template_fill(b, m->hook->template, &from);
}

/* clang-format off */
static const struct {
    err_t (*make)(struct making *m, struct buf *b);
    bool is_signed;
    const char *type;
} formats[WEBHOOK_FORMATS] = {
    [WEBHOOK_STANDARD] = { make_standard, true,  "application/json" },
    [WEBHOOK_SLACK]    = { make_slack,    false, "application/json" },
    [WEBHOOK_NTFY]     = { make_ntfy,     false, "text/plain; charset=utf-8" },
    [WEBHOOK_GITHUB]   = { make_github,   false, "application/json" },
    [WEBHOOK_TEMPLATE] = { make_template, true,  "application/json" },
};
/* clang-format on */

static err_t make(struct making *m)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, REQUEST_MAX);
    b.secret = true;
    TRY(formats[m->hook->format].make(m, &b));
    TRY(b.err);
    TRY(str_copy(m->act->arena, buf_str(&b), &m->req->body));
    TRY(add_line(m, "Content-Type", str_from_cz(formats[m->hook->format].type)));
    TRY(bearer(m));
    TRY(own_headers(m));
    return formats[m->hook->format].is_signed ? sign(m) : E_OK;
}

err_t webhook_request_make(struct act *act, const struct row_webhook *hook, oid_t id, str_t event,
                           str_t body, struct webhook_request *ret)
{
    CLEANUP(json_freep) struct json *open = NULL;
    CLEANUP(json_freep) struct json *parsed = NULL;
    struct webhook_request req = { .url = str_cz(act->arena, hook->url) };
    struct making m = {
        .act = act, .hook = hook, .id = id, .event = event, .payload = body, .req = &req
    };
    if (req.url == NULL)
        return E_NO_MEMORY;
    TRY(webhook_unseal(act, hook, &open));
    TRY(json_parse(body, NULL, &parsed));
    m.open = open;
    m.parsed = parsed;
    TRY(make(&m));
    *ret = req;
    return E_OK;
}
