/* SPDX-License-Identifier: Apache-2.0 */
#include "api/cookie.h"

#include "api/services.h"

#include <assert.h>

/* The names on HTTPS, and without it. */
static const struct {
    const char *https;
    const char *plain;
} names[COOKIE_COUNT] = {
    [COOKIE_SESSION] = { "__Host-seneschal", "seneschal" },
    [COOKIE_PRE] = { "__Host-seneschal-pre", "seneschal-pre" },
    [COOKIE_BROWSER] = { "__Host-seneschal-device", "seneschal-device" },
    [COOKIE_FORWARD] = { "__Host-seneschal-app", "seneschal-app" },
    [COOKIE_FORWARD_START] = { "__Host-seneschal-start", "seneschal-start" },
    [COOKIE_LANG] = { "seneschal-lang", "seneschal-lang" }, /* who plants one changes words only */
};

static str_t name_of(enum cookie_kind kind, bool https)
{
    return str_from_cz(https ? names[kind].https : names[kind].plain);
}

/* The values of one name in all Cookie fields; returns how many. */
static size_t value_of(const struct http_xchg *x, str_t name, str_t *ret)
{
    size_t found = 0;
    for (size_t i = 0; i < x->fields_n; i++) {
        str_t rest = x->fields[i].value;
        str_t pair;
        if (!str_eq_nocase(x->fields[i].name, STR("Cookie")))
            continue;
        while (str_split(&rest, ';', &pair)) {
            pair = str_trim(pair);
            str_t this = str_sub(pair, 0, str_find(pair, '='));
            if (this.n == pair.n || !str_eq(this, name))
                continue;
            *ret = str_sub(pair, this.n + 1, pair.n);
            found++;
        }
    }
    return found;
}

str_t cookie_find(const struct http_xchg *x, enum cookie_kind kind, bool https)
{
    str_t value = STR_NONE;
    size_t n = value_of(x, name_of(kind, https), &value);
    return n == 1 && value.n > 0 ? value : STR_NONE;
}

static bool value_is_plain(str_t value)
{
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if (c <= 0x20 || c >= 0x7f || strchr("\",;\\", c) != NULL)
            return false;
    }
    return true;
}

err_t reply_cookie(struct request *rq, enum cookie_kind kind, str_t value, dur_t life)
{
    bool secure = services_settings(rq->services)->https;
    str_t name = name_of(kind, secure);
    str_t line;
    str_t age = STR("");
    assert(value_is_plain(value)); /* our own tokens */
    if (value.n == 0)
        age = STR("; Max-Age=0");
    else if (life.us > 0)
        TRY(str_format(rq->act.arena, &age, "; Max-Age=%lld", (long long)(life.us / 1000000)));
    TRY(str_format(rq->act.arena, &line, "%.*s=%.*s; Path=/; HttpOnly; SameSite=Lax%s%.*s",
                   STR_ARG(name), STR_ARG(value), secure ? "; Secure" : "", STR_ARG(age)));
    return reply_header(rq, STR("Set-Cookie"), line);
}
