/* SPDX-License-Identifier: Apache-2.0 */
#include "api/signin_parts.h"

#include "api/cookie.h"
#include "api/passage.h"
#include "api/people.h"
#include "api/redirect.h"
#include "api/services.h"
#include "domain/identity/organisation.h"
#include "domain/identity/user.h"
#include "domain/signin/factor.h"

#define BROWSER_COOKIE_PREFIX STR("sen_k_")
#define BROWSER_COOKIE_LIFE   DUR_DAYS(400) /* browsers keep none longer (RFC 6265bis) */

static bool https(const struct request *rq)
{
    return services_settings(rq->services)->https;
}

err_t signin_limit(struct request *rq)
{
    dur_t wait = { 0 };
    if (limit_signin(rq->services->api, &rq->xchg->peer, &wait))
        return E_OK;
    return FAIL(&rq->act.why, E_RATE_LIMITED, "too many attempts from this address: wait %lld s",
                (long long)(wait.us / 1000000 + 1));
}

err_t signin_org(struct request *rq, str_t slug)
{
    rq->act.org = rq->services->default_org;
    if (slug.n > 0)
        TRY(organisation_find(&rq->act, slug, &rq->act.org));
    rq->event.org = rq->act.org;
    return E_OK;
}

str_t signin_network(const struct request *rq)
{
    static const uint8_t mapped_v4[12] = { [10] = 0xff, [11] = 0xff };
    const uint8_t *ip = rq->xchg->peer.ip;
    return str_of(ip, memcmp(ip, mapped_v4, sizeof mapped_v4) == 0 ? 16 : 8);
}

static bool browser_cookie(const struct request *rq, digest_t *ret)
{
    str_t text = cookie_find(rq->xchg, COOKIE_BROWSER, https(rq));
    if (!str_starts(text, BROWSER_COOKIE_PREFIX) || !token_is_ours(text))
        return false;
    *ret = sha256_of(text);
    return true;
}

err_t login_prepare(struct request *rq)
{
    const struct login_in *in = rq->in;
    struct login_do *l = ARENA_NEW(rq->act.arena, struct login_do);
    digest_t cookie;
    if (l == NULL)
        return E_NO_MEMORY;
    TRY(signin_limit(rq));
    TRY(signin_org(rq, in->org));
    const struct signin_ask ask = {
        .name = in->name.n > 0 ? in->name : in->email,
        .network = signin_network(rq),
        .cookie = browser_cookie(rq, &cookie) ? &cookie : NULL,
    };
    TRY(signin_look(&rq->act, &ask, &l->look));
    request_leave_store(rq);
    if (l->look.wait.us == 0)
        TRY(signin_prove(rq->act.arena, &l->look, in->password, &l->proof));
    l->in = in;
    l->org = rq->act.org;
    rq->in = l;
    return E_OK;
}

/* Of a known person it is on the record; others are counted, for what they typed may be a password.
 */
static err_t refused_note(struct request *rq, const struct login_do *l, enum signin_outcome out)
{
    rq->quiet = true;
    if (!oid_is_set(l->look.user)) {
        refusal_count(rq->services->refusals, rq->route->path, E_UNAUTHENTICATED,
                      rq->xchg->peer.ip);
        return E_OK;
    }
    struct audit_event e = rq->event;
    e.action = STR("session.refused");
    e.result = AUDIT_REFUSED;
    e.reason = out == SIGNIN_WAIT ? STR("too-early") : STR("wrong");
    e.target_kind = STR("user");
    e.target_id = l->look.user;
    e.target_name = l->look.username;
    return request_audit_more(rq, &e);
}

err_t login_decide(struct request *rq, const struct login_do *l, enum signin_outcome *ret,
                   dur_t *ret_wait)
{
    enum signin_outcome out = SIGNIN_WAIT;
    dur_t wait = l->look.wait;
    rq->act.org = l->org;
    rq->event.org = l->org;
    if (wait.us == 0) /* else no password was looked at: nothing to count */
        TRY(signin_decide(&rq->act, &l->look, &l->proof, &out, &wait));
    if (out != SIGNIN_RIGHT)
        TRY(refused_note(rq, l, out));
    *ret = out;
    *ret_wait = wait;
    return E_OK;
}

static struct session_in session_words(struct request *rq, oid_t user, int64_t amr)
{
    return (struct session_in){
        .user = user,
        .level = SESSION_WHOLE,
        .amr = amr,
        .lasts = services_settings(rq->services)->session,
        .ip = request_peer(rq),
        .agent = http_field(rq->xchg, STR("User-Agent")),
    };
}

/* Another person's, or one that cannot go on: it ends, so that nobody finds it on the way back. */
static err_t before_ends(struct request *rq, oid_t user, bool *ret_same)
{
    struct row_session before;
    oid_t org = rq->act.org;
    *ret_same = false;
    if (!rq->by_cookie || !oid_is_set(rq->session_id))
        return E_OK;
    rq->act.org = rq->act.actor.org;
    err_t e = session_get_live(&rq->act, rq->session_id, &before);
    if (e == E_OK && oid_eq(before.user_id, user))
        *ret_same = true;
    else if (e == E_OK)
        e = session_end(&rq->act, rq->session_id, STR("replaced"));
    rq->act.org = org;
    if (e == E_UNAUTHENTICATED)
        act_clear_why(&rq->act);
    return e == E_UNAUTHENTICATED ? E_OK : e;
}

/* Whoever it was, the person hears of it. */
static err_t browser_notice(struct request *rq, const struct browser_in *in)
{
    str_t agent = http_field(rq->xchg, STR("User-Agent"));
    str_t link = STR_NONE;
    TRY(people_link(rq, STR("/portal"), &link));
    const struct notice_field fields[] = {
        { .name = "username", .value = in->username },
        { .name = "device", .value = agent.n > 0 && str_is_utf8(agent) ? agent : STR("?") },
        { .name = "address", .value = request_peer(rq) },
        { .name = "link", .value = link },
    };
    return people_tell(rq, (struct notice_in){ .kind = NOTICE_NEW_DEVICE,
                                               .user = in->user,
                                               .fields = fields,
                                               .fields_n = ARRAY_LEN(fields) });
}

/* A browser that has been here keeps its own count of failures; a new one gets a cookie for it. */
static err_t browser_keep(struct request *rq, const struct browser_in *in)
{
    digest_t cookie;
    bool strange = false;
    struct token_text text = { .n = 0 };
    bool sent = browser_cookie(rq, &cookie);
    if (!sent) {
        token_make(BROWSER_COOKIE_PREFIX, &text);
        cookie = sha256_of(str_of(text.p, text.n));
        TRY(reply_cookie(rq, COOKIE_BROWSER, str_of(text.p, text.n), BROWSER_COOKIE_LIFE));
    }
    TRY(browser_remember(&rq->act, in->user, &cookie, &strange));
    return strange ? browser_notice(rq, in) : E_OK;
}

/* Who has a second factor is only half in by anything else. */
static err_t level_of(struct request *rq, oid_t user, int64_t amr, enum session_level *ret)
{
    struct factors has;
    TRY(factors_of(&rq->act, user, &has));
    *ret = factors_wanted(&has) && (amr & AMR_SECOND) == 0 ? SESSION_HALF : SESSION_WHOLE;
    return E_OK;
}

err_t browser_signs_in(struct request *rq, const struct browser_in *in, struct row_session *ret)
{
    struct session_in words = session_words(rq, in->user, in->amr);
    struct token_text cookie = { .n = 0 };
    struct row_session row;
    bool same;
    words.kind = SESSION_BROWSER;
    TRY(level_of(rq, in->user, in->amr, &words.level));
    words.upstream = in->upstream;
    words.upstream_sub = in->upstream_sub;
    words.upstream_sid = in->upstream_sid;
    TRY(before_ends(rq, in->user, &same));
    if (same && oid_is_set(in->upstream)) { /* one that came from there ends from there */
        TRY(session_end(&rq->act, rq->session_id, STR("replaced")));
        same = false;
    }
    err_t e = same ? session_again(&rq->act, rq->session_id, words.level, in->amr, &row, &cookie)
                   : session_open(&rq->act, &words, &row, &cookie);
    if (e == E_OK)
        e = reply_cookie(rq, COOKIE_SESSION, str_of(cookie.p, cookie.n), words.lasts.life);
    explicit_bzero(&cookie, sizeof cookie);
    TRY(e);
    TRY(browser_keep(rq, in));
    request_target(rq, "user", in->user, in->username);
    TRY(session_details(rq, &row, NULL));
    *ret = row;
    return E_OK;
}

err_t recovery_code_notice(struct request *rq, oid_t user)
{
    struct row_user_account row;
    struct factors has;
    str_t left = STR_NONE;
    TRY(user_get(&rq->act, user, &row));
    TRY(factors_of(&rq->act, user, &has));
    TRY(str_format(rq->act.arena, &left, "%lld", (long long)has.codes));
    const struct notice_field fields[] = { { .name = "username", .value = row.username },
                                           { .name = "left", .value = left } };
    return people_tell(rq, (struct notice_in){ .kind = NOTICE_RECOVERY_CODE,
                                               .user = user,
                                               .fields = fields,
                                               .fields_n = ARRAY_LEN(fields) });
}

err_t browser_goes_on(struct request *rq, const struct row_session *s, str_t next)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t url = next;
    if (s->level == SESSION_HALF) {
        buf_init(&b, KIB(16));
        BUF_ADD(&b, "/login/factor");
        url_add_param(&b, STR("next"), next);
        TRY(b.err);
        TRY(str_copy(rq->act.arena, buf_str(&b), &url));
    }
    return reply_redirect(rq, 303, url);
}

err_t client_signs_in(struct request *rq, oid_t user, int64_t amr, struct row_session *ret)
{
    struct session_in words = session_words(rq, user, amr);
    struct token_text none;
    words.kind = SESSION_API;
    words.lasts.idle = (dur_t){ 0 }; /* its refresh token runs out instead */
    TRY(session_open(&rq->act, &words, ret, &none));
    return session_details(rq, ret, NULL);
}

err_t browser_signs_out(struct request *rq)
{
    return reply_cookie(rq, COOKIE_SESSION, STR(""), (dur_t){ 0 });
}

err_t session_details(struct request *rq, const struct row_session *s, const char *reason)
{
    char id[OID_TEXT];
    str_t text;
    oid_format(s->id, id);
    TRY(str_format(rq->act.arena, &text, "{\"kind\":\"%s\",\"session\":\"%.*s\"}",
                   session_kind_name((enum session_kind)s->kind), OID_TEXT, id));
    request_details(rq, text);
    if (reason != NULL)
        request_reason(rq, str_from_cz(reason));
    return E_OK;
}
