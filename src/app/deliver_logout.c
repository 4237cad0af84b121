/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applications are told that a session has ended (OpenID Connect Back-Channel Logout 1.0 section
 * 2): whatever ended it, for what is told is found in the store.
 */
#include "app/deliver_in.h"
#include "app/deliver_write.h"
#include "base/log.h"
#include "plat/json/out.h"
#include "sql/upstream.h"

enum { TOKEN_MAX = 8 * 1024, PAYLOAD_MAX = 4 * 1024, LOGOUT_ANSWER_MAX = 16 * 1024 };
enum { LOGOUT_ATTEMPTS = 6, LOGOUT_APPS_MAX = 200 };
#define LOGOUT_LOOK     DUR_S(1)
#define LOGOUT_SINCE    DUR_DAYS(1)
#define LOGOUT_KEPT     DUR_DAYS(7)
#define LOGOUT_GOOD     DUR_S(120)
#define LOGOUT_CONNECT  DUR_S(3)
#define LOGOUT_TIME_MAX DUR_S(5)

struct telling {
    struct sql_logout_due_row row;
    bool ok;
};

static err_t told_write(struct act *act, struct services *services, void *arg)
{
    const struct webhook_retry retry = { .attempts = LOGOUT_ATTEMPTS, .first = DUR_S(5) };
    const struct telling *t = arg;
    int64_t attempts = t->row.attempts + 1;
    (void)services;
    TRY(sql_logout_forget(
        act->db, &(struct sql_logout_forget){ .before = { act->now.us - LOGOUT_KEPT.us } }));
    return sql_logout_tell(act->db, &(struct sql_logout_tell){
                                        .session_id = t->row.session_id,
                                        .application_id = t->row.application_id,
                                        .attempts = attempts,
                                        .due_at = ts_add(act->now, webhook_pause(&retry, attempts)),
                                        .done = t->ok || attempts >= LOGOUT_ATTEMPTS });
}

static void payload_write(struct buf *b, const struct sql_logout_due_row *row, str_t issuer)
{
    int64_t now = clock_now().us / 1000000;
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "iss", str, issuer);
    JSON_OUT(&o, "sub", id, row->user_id);
    JSON_OUT(&o, "aud", str, row->client_id);
    JSON_OUT(&o, "iat", i64, now);
    JSON_OUT(&o, "exp", i64, now + LOGOUT_GOOD.us / 1000000);
    JSON_OUT(&o, "jti", id, oid_make());
    JSON_OUT(&o, "sid", id, row->session_id);
    JSON_OUT(&o, "events", raw, STR("{\"http://schemas.openid.net/event/backchannel-logout\":{}}"));
    json_out_close(&o, '}');
}

/* base64url and dots: nothing of it needs an escape in a form. */
static err_t form_make(struct deliver_thread *t, const struct sql_logout_due_row *row, str_t *ret)
{
    struct services *sv = t->deliver->services;
    CLEANUP(buf_fini) struct buf payload = { 0 };
    CLEANUP(buf_fini) struct buf form = { 0 };
    buf_init(&payload, PAYLOAD_MAX);
    buf_init(&form, TOKEN_MAX);
    payload_write(&payload, row, services_settings(sv)->issuer);
    TRY(payload.err);
    BUF_ADD(&form, "logout_token=");
    TRY(issuer_sign(sv->issuer, (enum issuer_alg)row->alg, STR("logout+jwt"), buf_str(&payload),
                    &form));
    TRY(form.err);
    return str_copy(t->arena, buf_str(&form), ret);
}

static err_t tell(struct deliver_thread *t, struct telling *telling, struct diag *why)
{
    static const char *const lines[] = { "Content-Type: application/x-www-form-urlencoded" };
    struct outbound_rules rules = services_settings(t->deliver->services)->outbound;
    struct http_answer answer;
    char *url = str_cz(t->arena, telling->row.uri);
    struct http_call call = { .method = "POST",
                              .url = url,
                              .headers = lines,
                              .headers_n = ARRAY_LEN(lines),
                              .connect_max = LOGOUT_CONNECT,
                              .total_max = LOGOUT_TIME_MAX,
                              .answer_max = LOGOUT_ANSWER_MAX };
    if (url == NULL)
        return E_NO_MEMORY;
    rules.stop = &t->deliver->stop;
    TRY(form_make(t, &telling->row, &call.body));
    TRY(outbound_call(&rules, t->arena, &call, why, &answer));
    telling->ok = answer.status == 200 || answer.status == 204;
    return telling->ok ? E_OK : FAIL(why, E_IO, "the answer was %d", answer.status);
}

/* An application that something waits for, and that nobody is telling just now. */
static bool take_application(struct deliver_thread *t, ts_t since, ts_t now, oid_t *ret)
{
    struct deliver *d = t->deliver;
    struct sql_logout_waiting_row *rows = NULL;
    size_t n = 0;
    bool found = false;
    const struct sql_logout_waiting in = { .since = since, .now = now, .limit = LOGOUT_APPS_MAX };
    if (sql_logout_waiting(t->reader, t->arena, &in, &rows, &n) != E_OK)
        return false;
    (void)pthread_mutex_lock(&d->lock);
    for (size_t i = 0; i < n && !found; i++) {
        *ret = rows[i].application_id;
        found = held_take(&d->held, *ret);
    }
    (void)pthread_mutex_unlock(&d->lock);
    return found;
}

/* Another thread may have told it meanwhile. */
static bool take_due(struct deliver_thread *t, struct sql_logout_due_row *ret)
{
    ts_t now = clock_now();
    struct sql_logout_due in = { .since = { now.us - LOGOUT_SINCE.us }, .now = now };
    if (!take_application(t, in.since, now, &in.application_id))
        return false;
    if (sql_logout_due(t->reader, t->arena, &in, ret) == E_OK)
        return true;
    deliver_give(t->deliver, in.application_id, true);
    return false;
}

bool deliver_logout(struct deliver_thread *t)
{
    struct services *sv = t->deliver->services;
    struct telling telling = { .ok = false };
    struct diag why = { 0 };
    if (sv->sealed || clock_mono().us < t->next.us)
        return false;
    if (!take_due(t, &telling.row)) {
        t->next = (dur_t){ clock_mono().us + LOGOUT_LOOK.us };
        return false;
    }
    err_t e = tell(t, &telling, &why);
    err_t written =
        e == E_CLOSED ? e : deliver_write(sv, t->arena, telling.row.org, told_write, &telling);
    deliver_give(t->deliver, telling.row.application_id, e == E_OK && written == E_OK);
    if (e != E_OK && e != E_CLOSED)
        LOG(LOG_WARNING, "logout-not-told", LOG_F("client_id", telling.row.client_id),
            LOG_F("why", str_from_cz(why.text)), LOG_F("attempts", telling.row.attempts + 1));
    return written == E_OK;
}
