/* SPDX-License-Identifier: Apache-2.0 */
#include "api/basic_auth.h"

#include "api/basic.h"

enum { BASIC_AUTH_MAX = 3072 }; /* a client_id may be a URL, encoded */

static err_t refused(struct request *rq)
{
    return FAIL(&rq->act.why, E_INVALID_CLIENT,
                "want one field Authorization: Basic, of client_id and client_secret");
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
    str_t user = STR_NONE;
    str_t password = STR_NONE;
    str_t id = STR_NONE;
    str_t secret = STR_NONE;
    uint8_t *room = arena_alloc(rq->act.arena, BASIC_AUTH_MAX);
    if (room == NULL)
        return E_NO_MEMORY;
    if (!basic_split(value, room, BASIC_AUTH_MAX, &user, &password))
        return E_BAD_FIELD;
    TRY(half(rq, user, &id));
    TRY(half(rq, password, &secret));
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
