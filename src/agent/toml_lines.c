/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/toml_out.h"

struct lines {
    struct arena *a;
    struct json *root;
    struct json *table; /* where keys go; borrowed from root */
    int64_t number;     /* of the line */
};

/* A key as toml_write spells it, bare or quoted; its escapes stay: it is only shown. */
static bool key_next(str_t *rest, str_t *ret)
{
    *rest = str_trim(*rest);
    bool quoted = rest->n > 0 && rest->p[0] == '"';
    size_t from = quoted ? 1 : 0;
    size_t n = from;
    while (n < rest->n && memchr(quoted ? "\"" : ".=[] \t", rest->p[n], quoted ? 1 : 6) == NULL)
        n += quoted && rest->p[n] == '\\' ? 2 : 1;
    if (n > rest->n || (n == from && !quoted) || (quoted && n == rest->n))
        return false;
    *ret = str_sub(*rest, from, n - from);
    *rest = str_trim(str_sub(*rest, quoted ? n + 1 : n, rest->n));
    return true;
}

/* The next key of a header and its dot; false after the last one. */
static bool header_next(str_t *rest, str_t *ret)
{
    if (!key_next(rest, ret))
        return false;
    if (rest->n > 0 && rest->p[0] == '.')
        *rest = str_sub(*rest, 1, rest->n);
    return true;
}

/* [a."b c"]: every key is there, and nothing that is no table stands in the way. */
static bool header_fits(const struct lines *l, str_t line)
{
    const struct json *at = l->root;
    str_t rest = str_sub(line, 1, line.n);
    str_t key;
    size_t n = 0;
    while (header_next(&rest, &key)) {
        at = at != NULL && json_type(at) == JSON_OBJECT ? json_member(at, key) : NULL;
        if (at != NULL && json_type(at) != JSON_OBJECT)
            return false;
        n++;
    }
    return n > 0 && str_eq(rest, STR("]"));
}

static err_t header_enter(struct lines *l, str_t line)
{
    struct json *at = l->root;
    str_t rest = str_sub(line, 1, line.n);
    str_t key;
    while (header_next(&rest, &key)) {
        if (json_member(at, key) == NULL)
            TRY(json_set(at, key, json_new_object()));
        at = json_member_mut(at, key);
    }
    l->table = at;
    return E_OK;
}

static err_t lines_one(struct lines *l, str_t line)
{
    str_t rest = line;
    str_t key;
    if (line.n == 0 || line.p[0] == '#')
        return E_OK;
    if (line.p[0] == '[' && header_fits(l, line))
        return header_enter(l, line);
    if (line.p[0] != '[' && key_next(&rest, &key) && rest.n > 0 && rest.p[0] == '=' &&
        json_member(l->table, key) == NULL)
        return json_set(l->table, key, json_new_string(str_trim(str_sub(rest, 1, rest.n))));
    str_t name;
    TRY(str_format(l->a, &name, "line %lld", (long long)l->number));
    return json_set(l->root, name, json_new_string(line));
}

err_t toml_lines(struct arena *a, str_t text, struct json **ret)
{
    CLEANUP(json_freep) struct json *root = json_new_object();
    struct lines l = { .a = a, .root = root, .table = root };
    str_t line;
    if (root == NULL)
        return E_NO_MEMORY;
    if (!str_is_utf8(text) || memchr(text.p, '\0', text.n) != NULL)
        text = STR("not text");
    while (text.n > 0 && str_split(&text, '\n', &line)) {
        l.number++;
        TRY(lines_one(&l, str_trim(line)));
    }
    *ret = root;
    root = NULL;
    return E_OK;
}
