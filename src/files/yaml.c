/* SPDX-License-Identifier: Apache-2.0 */
#include "files/yaml.h"

#include "files/read.h"
#include "plat/json/out.h"

enum { LEVELS = JSON_DEPTH_MAX + 4 };

static bool is_letter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Words that YAML readers of any version take for a truth or for nothing. */
static bool is_word_of_yaml(str_t s)
{
    static const char *const words[] = {
        "true", "false", "null", "yes", "no", "on", "off", "y", "n"
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eq_nocase(s, str_from_cz(words[i])))
            return true;
    }
    return false;
}

bool yaml_is_plain(str_t s)
{
    const str_t others = STR("_-./+@?=");
    if (s.n == 0 || !(is_letter((unsigned char)s.p[0]) || s.p[0] == '/') || is_word_of_yaml(s))
        return false;
    for (size_t i = 1; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool last = i + 1 == s.n;
        bool plain = is_letter(c) || (c >= '0' && c <= '9') || str_find(others, (char)c) < others.n;
        bool inner = !last && (c == ':' || c == ' ') && s.p[i + 1] != ' ' && s.p[i + 1] != '#';
        if (!plain && !inner)
            return false;
    }
    return true;
}

static void add_text(struct buf *b, str_t s)
{
    struct json_out o = json_out_to(b);
    if (yaml_is_plain(s))
        buf_add(b, s);
    else
        json_out_str(&o, s); /* a string of JSON is one of YAML */
}

static void add_scalar(struct buf *b, const struct json *v)
{
    if (json_type(v) == JSON_STRING)
        add_text(b, json_string(v));
    else
        json_write(b, v);
}

static bool is_block(const struct json *v)
{
    bool nests = json_type(v) == JSON_OBJECT || json_type(v) == JSON_ARRAY;
    return nests && json_count(v) > 0;
}

/* A mapping or list that is being written. */
struct level {
    const struct json *v;
    struct json_pair *pairs; /* of a mapping */
    size_t n;
    size_t next;
    bool first_inline; /* its first line goes on behind "- " */
};

static err_t level_open(struct arena *a, const struct json *v, bool first_inline, struct level *l)
{
    *l = (struct level){ .v = v, .n = json_count(v), .first_inline = first_inline };
    return json_type(v) == JSON_OBJECT ? json_members(a, v, &l->pairs, &l->n) : E_OK;
}

static void add_indent(struct buf *b, size_t depth)
{
    for (size_t i = 0; i < depth; i++)
        BUF_ADD(b, "  ");
}

/* The next member or item of the innermost level: what it is, up to its value. */
static const struct json *item_begin(struct buf *b, struct level *l, size_t depth)
{
    if (!(l->first_inline && l->next == 0))
        add_indent(b, depth);
    const struct json *v = l->pairs != NULL ? l->pairs[l->next].value : json_at(l->v, l->next);
    if (l->pairs != NULL) {
        add_text(b, l->pairs[l->next].name);
        BUF_ADD(b, ":");
    } else {
        BUF_ADD(b, "-");
    }
    l->next++;
    return v;
}

static err_t write_tree(struct buf *b, struct arena *a, const struct json *top)
{
    struct level levels[LEVELS];
    size_t depth = 0;
    TRY(level_open(a, top, false, &levels[0]));
    for (;;) {
        struct level *l = &levels[depth];
        if (l->next == l->n && depth == 0)
            return b->err;
        if (l->next == l->n) {
            depth--;
            continue;
        }
        const struct json *v = item_begin(b, l, depth);
        if (!is_block(v)) {
            BUF_ADD(b, " ");
            add_scalar(b, v);
            BUF_ADD(b, "\n");
            continue;
        }
        if (depth + 1 == LEVELS)
            return E_TOO_BIG;
        bool in_list = l->pairs == NULL;
        buf_add(b, in_list ? STR(" ") : STR("\n"));
        depth++;
        TRY(level_open(a, v, in_list, &levels[depth]));
    }
}

/* Sections in the order of the table; rows of a list without the name that a world gives them. */
err_t yaml_write(struct buf *b, struct arena *a, const struct json *world)
{
    for (size_t i = 0; i < file_kinds_n; i++) {
        const struct file_kind *k = &file_kinds[i];
        const struct json *section = json_member(world, str_from_cz(k->section));
        struct json_pair *pairs;
        size_t n;
        if (section == NULL || json_count(section) == 0)
            continue;
        CLEANUP(json_freep) struct json *top = json_new_object();
        if (top == NULL)
            return E_NO_MEMORY;
        struct json *body = k->list ? json_new_array() : json_clone(section);
        if (body == NULL)
            return E_NO_MEMORY;
        TRY(json_set(top, str_from_cz(k->section), body)); /* takes it in any case */
        TRY(json_members(a, section, &pairs, &n));
        for (size_t r = 0; k->list && r < n; r++)
            TRY(json_push(body, json_clone(pairs[r].value)));
        TRY(write_tree(b, a, top));
    }
    return b->err;
}
