/* SPDX-License-Identifier: Apache-2.0 */
#include "api/basic_auth.h"

#include "base/enc.h"

enum { BASIC_MAX = 4096 };

static err_t refused(struct request *rq)
{
    return FAIL(&rq->act.why, E_INVALID_CLIENT,
                "want one field Authorization: Basic, of client_id and client_secret");
}

/* The alphabet of RFC 4648 section 4 as that of section 5, without padding. */
static err_t base64_decode(struct arena *a, str_t text, str_t *ret)
{
    char *url = arena_alloc(a, text.n + 1);
    size_t n = text.n;
    if (url == NULL)
        return E_NO_MEMORY;
    while (n > 0 && text.n - n < 2 && text.p[n - 1] == '=')
        n--;
    for (size_t i = 0; i < n; i++) {
        char c = text.p[i];
        if (c == '-' || c == '_')
            return E_BAD_FIELD;
        url[i] = c == '+' ? '-' : c == '/' ? '_' : c;
    }
    return base64url_decode(a, str_of(url, n), ret);
}

/* One half, decoded by the one reader of forms. */
static err_t half(struct request *rq, str_t text, str_t *ret)
{
    str_t form = STR_NONE;
    if (str_find(text, '&') < text.n)
        return E_BAD_FIELD;
    TRY(str_format(rq->act.arena, &form, "v=%.*s", STR_ARG(text)));
    return form_find(rq->act.arena, form, STR("v"), NULL, ret);
}

static err_t halves(struct request *rq, str_t value, str_t *ret_id, str_t *ret_secret)
{
    str_t scheme = str_sub(value, 0, str_find(value, ' '));
    str_t pair = STR_NONE;
    str_t id = STR_NONE;
    str_t secret = STR_NONE;
    if (!str_eq_nocase(scheme, STR("Basic")) || value.n > BASIC_MAX)
        return E_BAD_FIELD;
    TRY(base64_decode(rq->act.arena, str_trim(str_sub(value, scheme.n, value.n)), &pair));
    size_t colon = str_find(pair, ':');
    if (colon == pair.n)
        return E_BAD_FIELD;
    TRY(half(rq, str_sub(pair, 0, colon), &id));
    TRY(half(rq, str_sub(pair, colon + 1, pair.n), &secret));
    *ret_id = id;
    *ret_secret = secret;
    return E_OK;
}

err_t basic_auth(struct request *rq, str_t *ret_id, str_t *ret_secret)
{
    size_t count = http_field_count(rq->xchg, STR("Authorization"));
    *ret_id = STR_NONE;
    *ret_secret = STR_NONE;
    if (count == 0)
        return E_OK;
    if (count > 1)
        return refused(rq);
    err_t e = halves(rq, http_field(rq->xchg, STR("Authorization")), ret_id, ret_secret);
    return e == E_OK || e == E_NO_MEMORY ? e : refused(rq);
}
