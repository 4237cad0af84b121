/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials that are known by their structure: private keys, passwords in URLs, dotted tokens. */
#include "domain/policy/secret_text.h"

#include "base/enc.h"
#include "plat/json/json.h"

enum {
    JWT_HEADER_MAX = 4096, /* as base64url */
    PEM_LABEL_MAX = 64,
    DISCORD_ID_MIN = 23, /* base64url of a number of 17 to 20 digits */
    DISCORD_ID_MAX = 28,
    DISCORD_TIME = 6,
    DISCORD_MAC_MIN = 27,
};

/* RFC 7468 section 3: "-----BEGIN " label "-----"; OpenPGP's (RFC 9580 section 6.2) ends in BLOCK.
 */
static bool holds_private_key(str_t text)
{
    static const char begin[] = "-----BEGIN ";
    const char *end = text.p + text.n;
    for (const char *at = text.p; at < end;) {
        at = memmem(at, (size_t)(end - at), begin, sizeof begin - 1);
        if (at == NULL)
            return false;
        at += sizeof begin - 1;
        str_t label = str_of(at, (size_t)(end - at));
        label = str_sub(label, 0, PEM_LABEL_MAX);
        label.n = str_find(label, '-');
        if (str_ends(label, STR("PRIVATE KEY")) || str_ends(label, STR("PRIVATE KEY BLOCK")))
            return true;
    }
    return false;
}

/* RFC 3986 section 3.2.1: userinfo "@" host, and userinfo is name ":" password. */
static bool has_password(str_t authority)
{
    size_t at = authority.n;
    while (at > 0 && authority.p[at - 1] != '@')
        at--;
    if (at == 0)
        return false;
    str_t info = str_sub(authority, 0, at - 1);
    size_t colon = str_find(info, ':');
    if (colon + 1 >= info.n)
        return false;
    return strchr("$%{*", info.p[colon + 1]) == NULL; /* filled in later, or hidden already */
}

static size_t authority_end(str_t text, size_t from)
{
    while (from < text.n && text.p[from] > ' ' && strchr("/?#<>\"'`\\", text.p[from]) == NULL)
        from++;
    return from;
}

static bool holds_url_password(str_t text)
{
    static const char mark[] = "://";
    const char *found = memmem(text.p, text.n, mark, sizeof mark - 1);
    while (found != NULL) {
        size_t from = (size_t)(found - text.p) + sizeof mark - 1;
        size_t end = authority_end(text, from);
        if (has_password(str_sub(text, from, end - from)))
            return true;
        found = memmem(text.p + end, text.n - end, mark, sizeof mark - 1);
    }
    return false;
}

static bool is_base64url(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

/* The run of base64url characters at `from`. */
static str_t part_at(str_t text, size_t from)
{
    size_t end = from;
    while (end < text.n && is_base64url(text.p[end]))
        end++;
    return str_sub(text, from, end - from);
}

/* RFC 7515 section 4: the header is a JSON object with `alg`. Base64url of '{' begins with 'e'. */
static err_t is_jose_header(struct arena *a, str_t part, bool *ret)
{
    str_t plain;
    CLEANUP(json_freep) struct json *v = NULL;
    *ret = false;
    if (part.n > JWT_HEADER_MAX || part.p[0] != 'e')
        return E_OK;
    err_t e = base64url_decode(a, part, &plain);
    if (e == E_OK)
        e = json_parse(plain, NULL, &v);
    if (e == E_NO_MEMORY)
        return e;
    *ret = e == E_OK && json_type(v) == JSON_OBJECT && json_member(v, STR("alg")) != NULL;
    return E_OK;
}

/* A bot's token of Discord: its number, the time and a MAC. */
static err_t is_discord(struct arena *a, const str_t part[static 3], bool *ret)
{
    str_t plain;
    *ret = false;
    if (part[0].n < DISCORD_ID_MIN || part[0].n > DISCORD_ID_MAX || part[1].n != DISCORD_TIME ||
        part[2].n < DISCORD_MAC_MIN)
        return E_OK;
    err_t e = base64url_decode(a, part[0], &plain);
    if (e != E_OK)
        return e == E_NO_MEMORY ? e : E_OK;
    bool digits = true;
    for (size_t i = 0; i < plain.n; i++)
        digits = digits && plain.p[i] >= '0' && plain.p[i] <= '9';
    *ret = digits;
    return E_OK;
}

/* Three parts with dots between them. */
static err_t dotted_kind(struct arena *a, const str_t part[static 3], const char **ret)
{
    bool found = false;
    *ret = NULL;
    if (part[0].n == 0 || part[1].n == 0 || part[2].n == 0)
        return E_OK;
    TRY(is_jose_header(a, part[0], &found));
    if (found) {
        *ret = "a JSON Web Token";
        return E_OK;
    }
    TRY(is_discord(a, part, &found));
    if (found)
        *ret = "a Discord bot token";
    return E_OK;
}

/* Each run of characters is read once: the last three are kept. */
static err_t holds_dotted(struct arena *a, str_t text, const char **ret)
{
    str_t part[3] = { STR_NONE, STR_NONE, STR_NONE };
    *ret = NULL;
    for (size_t at = 0; at < text.n && *ret == NULL;) {
        part[0] = part[1];
        part[1] = part[2];
        part[2] = part_at(text, at);
        TRY(dotted_kind(a, part, ret));
        at += part[2].n;
        if (at < text.n && text.p[at] != '.')
            part[1] = part[2] = STR_NONE; /* what follows begins anew */
        at++;
    }
    return E_OK;
}

err_t secret_text_kind(struct arena *a, const struct secret_index *ix, str_t text, const char **ret)
{
    const char *kind = NULL;
    if (text.n > 0)
        kind = secret_shape_kind(ix, text);
    if (kind == NULL && text.n > 0 && holds_private_key(text))
        kind = "a private key";
    if (kind == NULL && text.n > 0 && holds_url_password(text))
        kind = "a password in a URL";
    if (kind == NULL)
        TRY(holds_dotted(a, text, &kind));
    *ret = kind;
    return E_OK;
}
