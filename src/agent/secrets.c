/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/secrets.h"

#include "agent/agent.h"
#include "base/num.h"
#include "base/rng.h"
#include "plat/crypto/guarded.h"
#include "plat/json/json.h"

enum { SECRET_ANSWER_MAX = 64 * 1024, SECRET_ARENA_MAX = 1024 * 1024, SECRET_URL_MAX = 2048 };

/* One that nobody has set yet: the number moves when somebody does, so this is only for a server
 * that does not tell it. */
static const struct agent_law missing_law = {
    .first = { 5 * INT64_C(1000000) },
    .cap = { 300 * INT64_C(1000000) },
    .spread = { 5 * INT64_C(1000000) },
};

void agent_secrets_init(struct agent_secrets *s)
{
    (void)pthread_mutex_init(&s->lock, NULL); /* with default attributes it cannot fail here */
}

/* Under the lock. */
static void row_drop(struct agent_secrets *s, struct agent_secret *row)
{
    s->changes += row->value != NULL ? 1 : 0;
    guarded_free(row->value);
    row->value = NULL;
    row->n = 0;
    row->revision = 0;
}

static void drop_all(struct agent_secrets *s)
{
    (void)pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->n; i++)
        row_drop(s, &s->rows[i]);
    s->changes += s->n > 0 ? 1 : 0;
    s->n = 0;
    (void)pthread_mutex_unlock(&s->lock);
    s->etag[0] = '\0';
    s->seq_asked = -1; /* never as it was: what comes into force again is asked for anew */
}

void agent_secrets_fini(struct agent_secrets *s)
{
    drop_all(s);
    (void)pthread_mutex_destroy(&s->lock);
}

static struct agent_secret *row_find(struct agent_secrets *s, str_t name)
{
    for (size_t i = 0; i < s->n; i++) {
        if (str_eq(str_from_cz(s->rows[i].name), name))
            return &s->rows[i];
    }
    return NULL;
}

static void row_add(struct agent_secrets *s, str_t name)
{
    struct agent_secret *row = &s->rows[s->n++];
    *row = (struct agent_secret){ .named = true, .due = true };
    memcpy(row->name, name.p, name.n);
    s->changes++;
}

/* Those that are named no more are forgotten. */
static void collect(struct seneschal_agent *g)
{
    struct agent_secrets *s = &g->secrets;
    str_t rest = buf_str(&g->force);
    str_t name;
    bool full = false;
    (void)pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->n; i++)
        s->rows[i].named = false;
    while (secret_ref_next(&rest, &name)) {
        struct agent_secret *row = row_find(s, name);
        if (row != NULL)
            row->named = true;
        else if (s->n < AGENT_SECRETS_MAX)
            row_add(s, name);
        else
            full = true;
    }
    for (size_t i = s->n; i > 0; i--) {
        if (s->rows[i - 1].named)
            continue;
        row_drop(s, &s->rows[i - 1]);
        s->changes++;
        s->rows[i - 1] = s->rows[--s->n];
    }
    (void)pthread_mutex_unlock(&s->lock);
    (void)snprintf(s->etag, sizeof s->etag, "%s", g->store.etag);
    if (full)
        agent_tell(g, "agent-secret", "the configuration names more secrets than are fetched");
}

static void tell(struct seneschal_agent *g, const struct agent_secret *row, const char *what)
{
    char text[SECRET_NAME_MAX + 32];
    (void)snprintf(text, sizeof text, "%s: %s", row->name, what);
    agent_tell(g, "agent-secret", text);
}

/* In guarded memory, and only then in the place of the one before. */
static err_t row_set(struct agent_secrets *s, struct agent_secret *row, str_t value,
                     int64_t revision)
{
    char *fresh = guarded_new(value.n);
    if (fresh == NULL)
        return E_NO_MEMORY;
    memcpy(fresh, value.p, value.n);
    (void)pthread_mutex_lock(&s->lock);
    bool same = row->value != NULL && row->revision == revision && row->n == value.n &&
                bytes_eq_ct(row->value, value.p, value.n);
    s->changes += same ? 0 : 1;
    guarded_free(row->value);
    row->value = fresh;
    row->n = value.n;
    row->revision = revision;
    (void)pthread_mutex_unlock(&s->lock);
    return E_OK;
}

err_t agent_secrets_read(struct agent_secrets *s, struct agent_secret *row, str_t body)
{
    CLEANUP(json_freep) struct json *v = NULL;
    err_t e = json_parse(body, NULL, &v);
    if (e == E_NO_MEMORY)
        return e;
    if (e != E_OK || json_type(v) != JSON_OBJECT)
        return E_IO;
    const struct json *name = json_member(v, STR("name"));
    const struct json *value = json_member(v, STR("value"));
    const struct json *revision = json_member(v, STR("revision"));
    if (name == NULL || json_type(name) != JSON_STRING ||
        !str_eq(json_string(name), str_from_cz(row->name)) || value == NULL ||
        json_type(value) != JSON_STRING || revision == NULL || json_type(revision) != JSON_INT)
        return E_IO;
    str_t text = json_string(value);
    if (text.n == 0 || text.n > AGENT_SECRET_VALUE_MAX)
        return E_IO;
    return row_set(s, row, text, json_int(revision));
}

static err_t row_ask(struct seneschal_agent *g, struct arena *a, const struct agent_secret *row,
                     struct http_answer *ret)
{
    char url[SECRET_URL_MAX];
    str_t line;
    (void)snprintf(url, sizeof url, "%s/api/v1/devices/self/secrets/%s", g->server,
                   row->name); /* both fit */
    TRY(str_format(a, &line, "Authorization: Bearer %s", g->store.token));
    const char *headers[] = { line.p };
    const struct http_call call = {
        .method = "GET",
        .url = url,
        .headers = headers,
        .headers_n = ARRAY_LEN(headers),
        .connect_max = DUR_S(10),
        .total_max = DUR_S(15),
        .answer_max = SECRET_ANSWER_MAX,
    };
    return http_client_call(g->http, a, &call, &g->why, ret);
}

static void row_later(struct agent_secret *row, const struct agent_law *law, int64_t least_s)
{
    row->failures++;
    dur_t wait = agent_backoff(law, row->failures, rng_u64());
    row->again.us = clock_mono().us + wait.us + DUR_S(least_s).us;
}

static int64_t retry_after(const struct http_answer *answer)
{
    enum { LEAST_MAX_S = 3600 };
    uint64_t s = 0;
    if (num_parse_u64(http_answer_field(answer, STR("Retry-After")), &s) != E_OK)
        return 0;
    return s > LEAST_MAX_S ? LEAST_MAX_S : (int64_t)s;
}

/* This server's word that there is none: any proxy can say 404. */
static bool says_not_found(const struct http_answer *answer)
{
    CLEANUP(json_freep) struct json *v = NULL;
    if (answer->status != 404 || json_parse(answer->body, NULL, &v) != E_OK ||
        json_type(v) != JSON_OBJECT)
        return false;
    const struct json *code = json_member(v, STR("code"));
    return code != NULL && json_type(code) == JSON_STRING &&
           str_eq(json_string(code), STR("not-found"));
}

/* What follows from an answer; *ret_on: the others may be asked for too. */
static err_t row_follow(struct seneschal_agent *g, struct agent_secret *row,
                        const struct http_answer *answer, bool *ret_on)
{
    struct agent_secrets *s = &g->secrets;
    *ret_on = true;
    if (answer->status == 200) {
        bool missed = row->failures > 0;
        err_t e = agent_secrets_read(s, row, answer->body);
        if (e == E_OK) {
            row->failures = 0;
            row->again.us = 0;
            if (missed)
                tell(g, row, "here");
            return E_OK;
        }
        if (e == E_NO_MEMORY)
            return e;
    }
    bool none = says_not_found(answer);
    if (none) {
        (void)pthread_mutex_lock(&s->lock);
        row_drop(s, row);
        (void)pthread_mutex_unlock(&s->lock);
    }
    if (none && row->failures == 0)
        tell(g, row, "nobody has set it for this device");
    row_later(row, none ? &missing_law : &agent_default_law, none ? 0 : retry_after(answer));
    *ret_on = none;
    return E_OK;
}

static err_t row_fetch(struct seneschal_agent *g, struct agent_secret *row, bool *ret_on)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(SECRET_ARENA_MAX);
    struct http_answer answer;
    if (a == NULL)
        return E_NO_MEMORY;
    row->due = false;
    err_t e = row_ask(g, a, row, &answer);
    if (e == E_OK)
        e = row_follow(g, row, &answer, ret_on);
    arena_wipe(a);
    if (e == E_OK || e == E_CLOSED || e == E_NO_MEMORY)
        return e;
    diag_clear(&g->why); /* the poll tells who cannot be reached */
    row_later(row, &agent_default_law, 0);
    *ret_on = false;
    return E_OK;
}

/* One after the other: where one is not answered the rest waits with it. */
static err_t fetch_due(struct seneschal_agent *g)
{
    struct agent_secrets *s = &g->secrets;
    dur_t now = clock_mono();
    bool moved = s->seq != s->seq_asked;
    s->seq_asked = s->seq;
    for (size_t i = 0; i < s->n; i++) {
        struct agent_secret *row = &s->rows[i];
        if (moved)
            row->failures = 0;
        row->due = row->due || moved || (row->again.us != 0 && row->again.us <= now.us);
    }
    bool on = true;
    for (size_t i = 0; i < s->n; i++) {
        struct agent_secret *row = &s->rows[i];
        if (row->due && on)
            TRY(row_fetch(g, row, &on));
        else if (row->due)
            row_later(row, &agent_default_law, 0);
        row->due = false;
    }
    return E_OK;
}

void agent_secrets_collect(struct seneschal_agent *g)
{
    struct agent_secrets *s = &g->secrets;
    if (!s->wanted)
        return;
    if (!agent_in_force(g))
        drop_all(s);
    else if (strcmp(s->etag, g->store.etag) != 0)
        collect(g);
}

/* An answer that comes at once because of us is no sign of a server that turns in circles. */
static dur_t sooner(const struct agent_secrets *s, dur_t wait)
{
    const struct agent_law law = { .first = DUR_S(1), .cap = DUR_S(1) };
    dur_t least = agent_backoff(&law, 2, rng_u64());
    return s->heard && s->seq != s->seq_asked && wait.us > least.us ? least : wait;
}

err_t agent_secrets_follow(struct seneschal_agent *g, dur_t *wait)
{
    struct agent_secrets *s = &g->secrets;
    agent_secrets_collect(g);
    *wait = sooner(s, *wait);
    s->heard = false;
    return s->n > 0 ? fetch_due(g) : E_OK;
}

void agent_secrets_query(const struct seneschal_agent *g, bool waits, char *url, size_t size)
{
    const struct agent_secrets *s = &g->secrets;
    size_t n = strlen(url);
    if (!s->wanted || (waits && s->n == 0))
        return; /* who names none is not woken for other changes */
    (void)snprintf(url + n, size - n, "%cseq=%lld", waits ? '&' : '?', (long long)s->seq);
}

void agent_secrets_heard(struct seneschal_agent *g, const struct http_answer *answer)
{
    int64_t seq = 0;
    if (num_parse_i64(http_answer_field(answer, STR("Seneschal-Seq")), &seq) == E_OK && seq >= 0)
        g->secrets.seq = seq;
    g->secrets.heard = answer->status == 200 || answer->status == 304;
}

unsigned agent_secrets_poll_s(const struct seneschal_agent *g, unsigned poll_s)
{
    const struct agent_secrets *s = &g->secrets;
    int64_t least_us = DUR_S(poll_s).us;
    int64_t now_us = clock_mono().us;
    for (size_t i = 0; i < s->n; i++) {
        if (s->rows[i].again.us != 0 && s->rows[i].again.us - now_us < least_us)
            least_us = s->rows[i].again.us - now_us;
    }
    if (poll_s == 0 || least_us < DUR_S(1).us)
        return poll_s == 0 ? 0 : 1;
    return (unsigned)(least_us / DUR_S(1).us);
}

void agent_secrets_show(const struct agent_secrets *s, struct json_out *o)
{
    json_out_name(o, STR("secrets"));
    json_out_open(o, '{');
    for (size_t i = 0; i < s->n; i++) {
        if (s->rows[i].value == NULL)
            continue;
        json_out_name(o, str_from_cz(s->rows[i].name));
        json_out_i64(o, s->rows[i].revision);
    }
    json_out_close(o, '}');
    json_out_name(o, STR("secrets_missing"));
    json_out_open(o, '[');
    for (size_t i = 0; i < s->n; i++) {
        if (s->rows[i].value == NULL)
            json_out_str(o, str_from_cz(s->rows[i].name));
    }
    json_out_close(o, ']');
}

err_t agent_secrets_write(struct agent_secrets *s, str_t name, struct buf *b)
{
    (void)pthread_mutex_lock(&s->lock);
    const struct agent_secret *row = row_find(s, name);
    bool here = row != NULL && row->value != NULL;
    if (here) {
        struct json_out o = json_out_to(b);
        json_out_open(&o, '{');
        JSON_OUT(&o, "name", str, name);
        JSON_OUT(&o, "revision", i64, row->revision);
        JSON_OUT(&o, "value", str, str_of(row->value, row->n));
        json_out_close(&o, '}');
    }
    (void)pthread_mutex_unlock(&s->lock);
    return here ? b->err : E_NOT_FOUND;
}

err_t agent_secrets_copy(struct agent_secrets *s, str_t name, char *to, size_t size)
{
    (void)pthread_mutex_lock(&s->lock);
    const struct agent_secret *row = row_find(s, name);
    err_t e = row == NULL || row->value == NULL ? E_NOT_FOUND : row->n >= size ? E_TOO_BIG : E_OK;
    if (e == E_OK) {
        memcpy(to, row->value, row->n);
        to[row->n] = '\0';
    }
    (void)pthread_mutex_unlock(&s->lock);
    return e;
}
