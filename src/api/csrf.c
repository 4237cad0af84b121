/* SPDX-License-Identifier: Apache-2.0 */
#include "api/csrf.h"

#include "api/cookie.h"
#include "api/services.h"
#include "base/enc.h"
#include "base/rng.h"

enum { PRE_BYTES = 32 };

static bool is_https(const struct request *rq)
{
    return services_settings(rq->services)->https;
}

/* What the token hangs on: the session's cookie, or the one before. */
static str_t token_cookie(const struct request *rq)
{
    return cookie_find(rq->xchg, rq->by_cookie ? COOKIE_SESSION : COOKIE_PRE, is_https(rq));
}

static err_t token_of(struct request *rq, str_t cookie, str_t *ret)
{
    digest_t hash = sha256_of(cookie);
    const str_t parts[] = { STR("seneschal-csrf-v1"), rq->by_cookie ? STR("session") : STR("pre"),
                            str_of(hash.b, sizeof hash.b) };
    digest_t mac = hmac_of_parts(&rq->services->keys.by_use[KEY_CURSOR], parts, ARRAY_LEN(parts));
    return base64url_make(rq->act.arena, mac.b, sizeof mac.b, ret);
}

static err_t pre_make(struct request *rq, str_t *ret)
{
    uint8_t bytes[PRE_BYTES];
    str_t value;
    rng_bytes(bytes, sizeof bytes);
    TRY(base64url_make(rq->act.arena, bytes, sizeof bytes, &value));
    TRY(reply_cookie(rq, COOKIE_PRE, value, (dur_t){ 0 }));
    *ret = value;
    return E_OK;
}

str_t csrf_pre_sent(const struct request *rq)
{
    return cookie_find(rq->xchg, COOKIE_PRE, is_https(rq));
}

err_t csrf_pre(struct request *rq, str_t *ret)
{
    *ret = csrf_pre_sent(rq);
    return ret->p != NULL ? E_OK : pre_make(rq, ret);
}

err_t csrf_token(struct request *rq, str_t *ret)
{
    str_t cookie = token_cookie(rq);
    if (cookie.p == NULL)
        TRY(pre_make(rq, &cookie));
    return token_of(rq, cookie, ret);
}

static err_t token_sent(struct request *rq, str_t *ret)
{
    if (rq->route->form != NULL)
        return form_find(rq->act.arena, rq->xchg->body, CSRF_FIELD, &rq->act.why, ret);
    *ret = http_field(rq->xchg, CSRF_HEADER);
    return E_OK;
}

/* Fetch Metadata: a browser says who made it send this. Others send nothing. */
static bool site_is_foreign(const struct http_xchg *x)
{
    str_t site = http_field(x, STR("Sec-Fetch-Site"));
    return site.p != NULL && !str_eq(site, STR("same-origin")) && !str_eq(site, STR("none"));
}

err_t csrf_check(struct request *rq)
{
    enum http_method method = rq->xchg->method;
    str_t cookie = token_cookie(rq);
    str_t want;
    str_t sent;
    bool reads = method == HTTP_GET || method == HTTP_HEAD;
    if (reads || rq->route->foreign || (!rq->route->page && !rq->by_cookie))
        return E_OK;
    if (site_is_foreign(rq->xchg) || cookie.p == NULL)
        return E_FORGED;
    TRY(token_sent(rq, &sent));
    TRY(token_of(rq, cookie, &want));
    return sent.n == want.n && bytes_eq_ct(sent.p, want.p, want.n) ? E_OK : E_FORGED;
}
