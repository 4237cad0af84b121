/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/adapt_map.h"
#include "agent/diff.h"
#include "agent/pointer.h"

#include <assert.h>

enum { MAP_REFUSED_MAX = 64 };

static const char not_object[] = "want an object";
static const char is_null[] = "null is no value";
static const char is_secret[] = "a reference to a secret; the file is readable by all";
static const char is_long[] = "a name below it is too long";
static const char in_the_way[] = "what stands above its place is no object";
static const char strange[] = "no adapter knows this member";

/* What in a subtree cannot be written to any file. */
struct refusing {
    struct arena *a;
    str_t subtree;
    struct adapt_notes *notes;
    str_t cut[MAP_REFUSED_MAX]; /* pointers into the subtree */
    size_t cut_n;
    bool all; /* there is no end of them: nothing of it is written */
    err_t err;
};

static err_t note_add(struct arena *a, struct adapt_notes *notes, str_t pointer, const char *why)
{
    for (size_t i = 0; i < notes->n; i++) {
        if (str_eq(notes->v[i].pointer, pointer) && notes->v[i].why == why)
            return E_OK; /* several rows read one member */
    }
    if (notes->n == ADAPT_NOTES_MAX) {
        notes->more++;
        return E_OK;
    }
    struct adapt_note *note = &notes->v[notes->n];
    TRY(str_copy(a, pointer, &note->pointer));
    note->why = why;
    notes->n++;
    return E_OK;
}

static err_t refuse_leaf(struct refusing *r, str_t pointer, const char *why)
{
    str_t full;
    TRY(str_format(r->a, &full, "%.*s%.*s", STR_ARG(r->subtree), STR_ARG(pointer)));
    TRY(note_add(r->a, r->notes, full, why));
    if (pointer.n == 0 || r->cut_n == MAP_REFUSED_MAX) {
        r->all = true; /* nothing of the subtree */
        return E_OK;
    }
    return str_copy(r->a, pointer, &r->cut[r->cut_n++]);
}

static void refuse_each(void *arg, const struct agent_change *c)
{
    struct refusing *r = arg;
    static const str_t secret = { "/$secret", 8 };
    if (r->err != E_OK || r->all)
        return;
    if (c->pointer.n + r->subtree.n >= POINTER_MAX)
        r->err = refuse_leaf(r, STR(""), is_long);
    else if (str_ends(c->pointer, secret))
        r->err = refuse_leaf(r, str_sub(c->pointer, 0, c->pointer.n - secret.n), is_secret);
    else if (json_type(c->to) == JSON_NULL)
        r->err = refuse_leaf(r, c->pointer, is_null);
}

/* The product's own subtree, without what cannot be written; an empty object when there is none. */
static err_t map_subtree(struct arena *a, str_t subtree, const struct json *config,
                         struct adapt_notes *notes, struct json **ret)
{
    struct refusing *r = ARENA_NEW(a, struct refusing);
    const struct json *src = pointer_get(config, subtree);
    if (r == NULL)
        return E_NO_MEMORY;
    r->a = a;
    r->subtree = subtree;
    r->notes = notes;
    bool object = src != NULL && json_type(src) == JSON_OBJECT;
    if (src != NULL && !object)
        TRY(note_add(a, notes, subtree, not_object));
    if (object)
        TRY(agent_diff(a, NULL, src, refuse_each, r));
    TRY(r->err);
    struct json *out = object && !r->all ? json_clone(src) : json_new_object();
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < r->cut_n && !r->all; i++)
        pointer_cut(out, r->cut[i]);
    *ret = out;
    return E_OK;
}

static const struct {
    const char *name;
    const char *wanted;
    enum json_type type;
} types[ADAPT_TYPES] = {
    [ADAPT_BOOL] = { "true or false", "want true or false", JSON_BOOL },
    [ADAPT_INT] = { "whole number", "want a whole number", JSON_INT },
    [ADAPT_TEXT] = { "text", "want a text", JSON_STRING },
    [ADAPT_TEXTS] = { "list of texts", "want a list of texts", JSON_ARRAY },
    [ADAPT_TEXT_MAP] = { "object of texts", "want an object of texts", JSON_OBJECT },
    [ADAPT_BOOL_MAP] = { "object of true or false", "want an object of true or false",
                         JSON_OBJECT },
    [ADAPT_LIST] = { "list", "want a list", JSON_ARRAY },
    [ADAPT_OBJECT] = { "object", not_object, JSON_OBJECT },
};
static const char not_a_word[] = "is none of its words";

const char *adapt_type_name(enum adapt_type t)
{
    assert(t < ADAPT_TYPES);
    return types[t].name;
}

static bool is_word(const char *words, str_t s)
{
    str_t rest = str_from_cz(words);
    str_t word;
    bool found = words[0] == '\0';
    while (!found && str_split(&rest, '|', &word))
        found = str_eq(word, s);
    return found;
}

/* An object's members, all of one type. */
static bool map_fits(const struct json *v, enum json_type type)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(4));
    struct json_pair *pairs;
    size_t n = 0;
    if (a == NULL || json_members(a, v, &pairs, &n) != E_OK)
        return false;
    bool fits = true;
    for (size_t i = 0; fits && i < n; i++)
        fits = json_type(pairs[i].value) == type;
    return fits;
}

static bool texts_fit(const struct json *v, const char *words)
{
    bool fits = true;
    for (size_t i = 0; fits && i < json_count(v); i++) {
        const struct json *s = json_at(v, i);
        fits = json_type(s) == JSON_STRING && is_word(words, json_string(s));
    }
    return fits;
}

bool adapt_type_fits(enum adapt_type type, const char *words, const struct json *v)
{
    assert(type < ADAPT_TYPES);
    if (json_type(v) != types[type].type)
        return false;
    switch (type) {
    case ADAPT_TEXT:
        return is_word(words, json_string(v));
    case ADAPT_TEXTS:
        return texts_fit(v, words);
    case ADAPT_TEXT_MAP:
        return map_fits(v, JSON_STRING);
    case ADAPT_BOOL_MAP:
        return map_fits(v, JSON_BOOL);
    case ADAPT_BOOL:
    case ADAPT_INT:
    case ADAPT_LIST:
    case ADAPT_OBJECT:
    case ADAPT_TYPES:
        break;
    }
    return true;
}

static const char *type_wanted(const struct adapt_row *row, const struct json *v)
{
    return row->words[0] != '\0' && json_type(v) == types[row->type].type ? not_a_word
                                                                          : types[row->type].wanted;
}

/* A constant of the table. */
static err_t constant(const char *text, struct json **ret)
{
    err_t e = json_parse(str_from_cz(text), NULL, ret);
    assert(e == E_OK || e == E_NO_MEMORY); /* a test reads every row */
    return e;
}

static err_t row_take(struct arena *a, const struct adapt_row *row, struct adapt_notes *notes,
                      struct json *out)
{
    const struct json *v = pointer_get(out, str_from_cz(row->to));
    if (v == NULL || adapt_type_fits(row->type, row->words, v))
        return E_OK;
    TRY(note_add(a, notes, str_from_cz(row->from), type_wanted(row, v)));
    pointer_cut(out, str_from_cz(row->to));
    return E_OK;
}

static bool list_has(const struct json *list, const struct json *v)
{
    bool found = false;
    for (size_t i = 0; !found && i < json_count(list); i++)
        found = json_equal(json_at(list, i), v);
    return found;
}

/* The list that stands there, and what it lacks of `put`. */
static err_t row_add(const struct adapt_row *row, const struct json *put, struct json *out)
{
    const struct json *old = pointer_get(out, str_from_cz(row->to));
    struct json *list = old != NULL ? json_clone(old) : json_new_array();
    err_t e = list == NULL ? E_NO_MEMORY : E_OK;
    for (size_t i = 0; e == E_OK && i < json_count(put); i++) {
        const struct json *v = json_at(put, i);
        if (!list_has(list, v))
            e = json_push(list, json_clone(v));
    }
    if (e != E_OK) {
        json_free(list);
        return e;
    }
    return pointer_put(out, str_from_cz(row->to), list);
}

static err_t row_set(struct arena *a, const struct adapt_row *row, const struct json *config,
                     struct adapt_notes *notes, struct json *out)
{
    CLEANUP(json_freep) struct json *when = NULL;
    CLEANUP(json_freep) struct json *put = NULL;
    const struct json *v = pointer_get(config, str_from_cz(row->from));
    if (v == NULL)
        return E_OK;
    if (!adapt_type_fits(row->type, row->words, v))
        return note_add(a, notes, str_from_cz(row->from), type_wanted(row, v));
    TRY(constant(row->when, &when));
    TRY(constant(row->put, &put));
    bool set = json_equal(v, when) &&
               (row->kind == ADAPT_ADD || pointer_get(out, str_from_cz(row->to)) == NULL);
    if (!set)
        return E_OK;
    err_t e = row->kind == ADAPT_ADD ? row_add(row, put, out)
                                     : pointer_put(out, str_from_cz(row->to), json_clone(put));
    return e == E_CONFLICT ? note_add(a, notes, str_from_cz(row->from), in_the_way) : e;
}

static err_t map_rows(struct arena *a, const struct adapt_product *p, const struct json *config,
                      struct adapt_notes *notes, struct json *out)
{
    for (size_t i = 0; i < p->rows_n; i++) {
        if (p->rows[i].kind == ADAPT_TAKE)
            TRY(row_take(a, &p->rows[i], notes, out));
    }
    for (size_t i = 0; i < p->rows_n; i++) {
        if (p->rows[i].kind != ADAPT_TAKE)
            TRY(row_set(a, &p->rows[i], config, notes, out));
    }
    return E_OK;
}

/* The table's form; where a program has no table, what it can tell that it is off by. */
static err_t map_off(const struct adapt_ask *ask, struct json **ret)
{
    const struct adapt_product *p = ask->product;
    CLEANUP(json_freep)
    struct json *out = ask->kept != NULL ? json_clone(ask->kept) : json_new_object();
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < p->off_n; i++) {
        struct json *put = NULL;
        str_t to = str_from_cz(p->off[i].to);
        if (pointer_get(out, to) != NULL)
            continue; /* kept */
        TRY(constant(p->off[i].put, &put));
        TRY(pointer_put(out, to, put));
    }
    if (p->off_n == 0) {
        const struct json *reason = json_member(ask->doc, STR("reason"));
        bool told = reason != NULL && json_type(reason) == JSON_STRING;
        TRY(json_set(out, STR("enabled"), json_new_bool(false)));
        TRY(json_set(out, STR("reason"),
                     json_new_string(told ? json_string(reason) : STR("disabled"))));
    }
    *ret = out;
    out = NULL;
    return E_OK;
}

static bool doc_says(const struct json *doc, str_t name)
{
    const struct json *v = json_member(doc, name);
    return v != NULL && json_type(v) == JSON_BOOL && json_bool(v);
}

bool adapt_is_enabled(const struct json *doc)
{
    return doc_says(doc, STR("enabled"));
}

static const struct json *doc_config(const struct json *doc)
{
    const struct json *config = json_member(doc, STR("config"));
    return config != NULL && json_type(config) == JSON_OBJECT ? config : NULL;
}

err_t adapt_map(struct arena *a, const struct adapt_ask *ask, struct adapt_notes *notes,
                struct json **ret)
{
    const struct adapt_product *p = ask->product;
    const struct json *config = doc_config(ask->doc);
    str_t subtree = p->subtree[0] != '\0' ? str_from_cz(p->subtree) : ask->subtree;
    const struct json *own = config != NULL ? pointer_get(config, subtree) : NULL;
    bool enabled = config != NULL && adapt_is_enabled(ask->doc);
    bool minimal = !enabled && own != NULL && doc_says(ask->doc, STR("degraded"));
    if (!enabled && !minimal)
        return map_off(ask, ret);
    CLEANUP(json_freep) struct json *out = NULL;
    if (p->subtree[0] == '\0') {
        out = own != NULL ? json_clone(own) : json_new_object();
        if (out == NULL)
            return E_NO_MEMORY;
    } else {
        TRY(map_subtree(a, subtree, config, notes, &out));
        TRY(map_rows(a, p, config, notes, out));
    }
    *ret = out;
    out = NULL;
    return E_OK;
}

err_t adapt_kept(const struct adapt_product *p, const struct json *mapped, struct json **ret)
{
    CLEANUP(json_freep) struct json *kept = json_new_object();
    if (kept == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < p->kept_n; i++) {
        str_t name = str_from_cz(p->kept[i]);
        const struct json *v = json_type(mapped) == JSON_OBJECT ? json_member(mapped, name) : NULL;
        if (v != NULL)
            TRY(json_set(kept, name, json_clone(v)));
    }
    *ret = kept;
    kept = NULL;
    return E_OK;
}

static bool is_known(str_t pointer)
{
    size_t n = 0;
    const struct adapt_product *products = adapt_products(&n);
    for (size_t i = 0; i < n; i++) {
        if (str_eq(pointer, str_from_cz(products[i].subtree)))
            return true;
        for (size_t k = 0; k < products[i].rows_n; k++) {
            if (str_eq(pointer, str_from_cz(products[i].rows[k].from)))
                return true;
        }
    }
    return false;
}

err_t adapt_strangers(struct arena *a, const struct json *doc, struct adapt_notes *notes)
{
    const struct json *config = doc_config(doc);
    const struct json *all = config != NULL ? json_member(config, STR("assistants")) : NULL;
    struct json_pair *pairs;
    size_t n = 0;
    if (all == NULL)
        return E_OK;
    if (json_type(all) != JSON_OBJECT)
        return note_add(a, notes, STR("/assistants"), not_object);
    TRY(json_members(a, all, &pairs, &n));
    for (size_t i = 0; i < n; i++) {
        struct buf b;
        buf_init(&b, KIB(64));
        BUF_ADD(&b, "/assistants");
        json_pointer_add(&b, str_sub(pairs[i].name, 0, POINTER_MAX));
        err_t e = b.err;
        if (e == E_OK && !is_known(buf_str(&b)))
            e = note_add(a, notes, buf_str(&b), strange);
        buf_fini(&b);
        TRY(e);
    }
    return E_OK;
}
