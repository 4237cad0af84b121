/* SPDX-License-Identifier: Apache-2.0 */
#include "api/redirect.h"

#include "api/reply.h"
#include "base/enc.h"

/* A byte of a path that stands for itself, or "%xx" of one that no browser turns into structure. */
static bool path_step_is_plain(str_t path, size_t at, size_t *ret_n)
{
    uint8_t byte = (uint8_t)path.p[at];
    *ret_n = 1;
    if (byte != '%')
        return true;
    *ret_n = 3;
    if (at + 2 >= path.n || hex_decode(str_sub(path, at + 1, 2), &byte, 1) != E_OK)
        return false;
    return byte >= 0x20 && byte != 0x7f && strchr("/\\.", byte) == NULL;
}

static bool path_is_plain(str_t path)
{
    size_t step;
    for (size_t i = 0; i < path.n; i += step) {
        if (!path_step_is_plain(path, i, &step))
            return false;
    }
    str_t rest = str_sub(path, 1, path.n);
    str_t segment;
    for (bool more = rest.n > 0; more && str_split(&rest, '/', &segment);) {
        bool last = rest.p == NULL;
        bool dots = str_eq(segment, STR(".")) || str_eq(segment, STR(".."));
        if (dots || (segment.n == 0 && !last))
            return false;
    }
    return true;
}

bool own_path(str_t s)
{
    if (s.n == 0 || s.n > OWN_PATH_MAX || s.p[0] != '/')
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= 0x20 || c >= 0x7f || strchr("\\#\"<>", c) != NULL)
            return false;
    }
    return path_is_plain(str_sub(s, 0, str_find(s, '?')));
}

str_t own_path_or_root(str_t s)
{
    return own_path(s) ? s : STR("/");
}

static bool header_holds(str_t value)
{
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if (c <= 0x20 || c >= 0x7f)
            return false;
    }
    return value.n > 0;
}

err_t reply_redirect(struct request *rq, int status, str_t url)
{
    if (!header_holds(url))
        return FAIL(&rq->act.why, E_BAD_FIELD, "the address to go to is not one");
    TRY(reply_header(rq, STR("Location"), url));
    return reply_empty(rq, status);
}

err_t reply_login(struct request *rq)
{
    str_t url;
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, KIB(16));
    login_url(&b, rq->xchg);
    TRY(b.err);
    TRY(str_copy(rq->act.arena, buf_str(&b), &url));
    return reply_redirect(rq, 303, url);
}

void login_url(struct buf *b, const struct http_xchg *x)
{
    bool back = x->method == HTTP_GET && own_path(x->target);
    BUF_ADD(b, "/login");
    url_add_param(b, STR("next"), back ? x->target : STR_NONE);
}

void url_add_encoded(struct buf *b, str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter || (c >= '0' && c <= '9') || (c != '\0' && strchr("-._~", c) != NULL))
            buf_add_byte(b, (char)c);
        else
            buf_addf(b, "%%%02X", c);
    }
}

void url_add_param(struct buf *b, str_t name, str_t value)
{
    if (value.p == NULL)
        return;
    str_t so_far = buf_str(b);
    buf_add_byte(b, str_find(so_far, '?') == so_far.n ? '?' : '&');
    url_add_encoded(b, name);
    buf_add_byte(b, '=');
    url_add_encoded(b, value);
}
