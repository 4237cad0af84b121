/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/journal.h"
#include "agent/diff.h"
#include "agent/store.h"
#include "base/enc.h"
#include "plat/crypto/crypto.h"
#include "plat/json/out.h"
#include "plat/os/file.h"

enum {
    JOURNAL_ARENA_MAX = 64 * 1024 * 1024,
    JOURNAL_POINTER_MAX = 1024,
    JOURNAL_CHANGE_MAX = 16 * 1024
};

static const char name_newest[] = "journal.ndjson";

/* Generation 0 is the newest. */
static err_t journal_path(const char *dir, int generation, char out[static AGENT_PATH_MAX])
{
    int n = generation == 0
                ? snprintf(out, AGENT_PATH_MAX, "%s/%s", dir, name_newest)
                : snprintf(out, AGENT_PATH_MAX, "%s/%s.%d", dir, name_newest, generation);
    return n > 0 && n < AGENT_PATH_MAX ? E_OK : E_BAD_FIELD;
}

/* The two sides of a change. What cannot be read as a configuration counts as none. */
struct journal_sides {
    struct json *before;
    struct json *after;
};

static void journal_sides_fini(struct journal_sides *s)
{
    json_free(s->before);
    json_free(s->after);
}

static err_t journal_parse(str_t text, struct json **ret)
{
    struct json *v = NULL;
    err_t e = text.n == 0 ? E_NOT_FOUND : json_parse(text, NULL, &v);
    if (e == E_NO_MEMORY)
        return e;
    if (e == E_OK && json_type(v) == JSON_OBJECT)
        *ret = v;
    else
        json_free(v);
    return E_OK;
}

static const struct json *journal_config(const struct json *v)
{
    const struct json *config = v != NULL ? json_member(v, STR("config")) : NULL;
    return config != NULL && json_type(config) == JSON_OBJECT ? config : NULL;
}

static bool journal_enabled(const struct json *v)
{
    const struct json *enabled = v != NULL ? json_member(v, STR("enabled")) : NULL;
    return enabled != NULL && json_type(enabled) == JSON_BOOL && json_bool(enabled);
}

struct journal_line {
    struct json_out out;
    int64_t shown;
    int64_t more; /* changes for which the line has no room */
};

/* A leaf as JSON; of a long text its beginning. */
static void journal_value(struct json_out *o, const struct json *v)
{
    static const char dots[] = { '\xe2', '\x80', '\xa6' }; /* U+2026 */
    char room[JOURNAL_TEXT_MAX + sizeof dots];
    if (json_type(v) != JSON_STRING || json_string(v).n <= JOURNAL_TEXT_MAX) {
        json_write(o->b, v);
        o->comma = true;
        return;
    }
    memcpy(room, json_string(v).p, JOURNAL_TEXT_MAX);
    memcpy(room + JOURNAL_TEXT_MAX, dots, sizeof dots);
    json_out_str(o, str_of(room, sizeof room));
}

static void journal_side(struct json_out *o, str_t name, const struct json *v, bool hidden)
{
    if (v == NULL)
        return;
    json_out_name(o, name);
    if (hidden)
        json_out_str(o, STR("***"));
    else
        journal_value(o, v);
}

static void journal_change(void *arg, const struct agent_change *c)
{
    struct journal_line *line = arg;
    struct json_out *o = &line->out;
    if (c->pointer.n > JOURNAL_POINTER_MAX || o->b->n > JOURNAL_LINE_MAX - JOURNAL_CHANGE_MAX) {
        line->more++;
        return;
    }
    json_out_open(o, '{');
    JSON_OUT(o, "pointer", str, c->pointer);
    if (c->hidden)
        JSON_OUT(o, "hidden", bool, true);
    journal_side(o, STR("old"), c->from, c->hidden);
    journal_side(o, STR("new"), c->to, c->hidden);
    json_out_close(o, '}');
    line->shown++;
}

static void journal_hash(struct json_out *o, str_t name, str_t text)
{
    char hex[2 * SHA256_SIZE];
    digest_t d = sha256_of(text);
    hex_encode(d.b, sizeof d.b, hex);
    json_out_name(o, name);
    json_out_str(o, str_of(hex, sizeof hex));
}

/* One line with its end; empty when nothing has changed. */
static err_t journal_encode(struct arena *a, const struct journal_entry *entry, struct buf *b)
{
    CLEANUP(journal_sides_fini) struct journal_sides sides = { 0 };
    TRY(journal_parse(entry->before, &sides.before));
    TRY(journal_parse(entry->after, &sides.after));
    struct journal_line line = { .out = json_out_to(b) };
    struct json_out *o = &line.out;
    bool enabled = journal_enabled(sides.after);
    json_out_open(o, '{');
    JSON_OUT(o, "at", ts, clock_now());
    JSON_OUT(o, "event", str, str_from_cz(entry->event));
    JSON_OUT(o, "enabled", bool, enabled);
    JSON_OUT(o, "etag", str, entry->etag);
    JSON_OUT(o, "version", str, entry->version);
    journal_hash(o, STR("from"), entry->before);
    journal_hash(o, STR("to"), entry->after);
    json_out_name(o, STR("changes"));
    json_out_open(o, '[');
    TRY(agent_diff(a, journal_config(sides.before), journal_config(sides.after), journal_change,
                   &line));
    json_out_close(o, ']');
    if (line.more > 0)
        JSON_OUT(o, "more", i64, line.more);
    json_out_close(o, '}');
    buf_add_byte(b, '\n');
    bool quiet = line.shown == 0 && line.more == 0 && enabled == journal_enabled(sides.before) &&
                 entry->before.n > 0;
    if (quiet)
        buf_clear(b);
    return b->err;
}

/* The last line has the same two hashes: recorded before a crash, and now made. */
static err_t journal_stands(struct arena *a, const char *path, str_t line, bool *ret)
{
    str_t text;
    *ret = false;
    err_t e = file_read(a, path, JOURNAL_FILE_MAX + JOURNAL_LINE_MAX, NULL, &text);
    if (e != E_OK)
        return e == E_NO_MEMORY ? e : E_OK;
    CLEANUP(journal_sides_fini) struct journal_sides lines = { 0 };
    str_t last = STR_NONE;
    str_t part;
    while (str_split(&text, '\n', &part)) {
        if (part.n > 0)
            last = part;
    }
    TRY(journal_parse(last.p != NULL ? last : STR(""), &lines.before));
    TRY(journal_parse(line, &lines.after));
    static const str_t names[] = { { "from", 4 }, { "to", 2 } };
    bool same = lines.before != NULL && lines.after != NULL;
    for (size_t i = 0; same && i < ARRAY_LEN(names); i++) {
        const struct json *x = json_member(lines.before, names[i]);
        const struct json *y = json_member(lines.after, names[i]);
        same = x != NULL && y != NULL && json_equal(x, y);
    }
    *ret = same;
    return E_OK;
}

/* A full file becomes the first of the older ones. */
static err_t journal_rotate(const char *dir, size_t more, struct diag *why)
{
    char from[AGENT_PATH_MAX];
    char to[AGENT_PATH_MAX];
    size_t size = 0;
    TRY(journal_path(dir, 0, from));
    err_t e = file_size(from, &size, NULL);
    if (e != E_OK || size + more <= JOURNAL_FILE_MAX)
        return e == E_NOT_FOUND ? E_OK : e;
    for (int i = JOURNAL_FILES - 1; i > 0; i--) {
        TRY(journal_path(dir, i - 1, from));
        TRY(journal_path(dir, i, to));
        e = file_rename(from, to, why);
        if (e != E_OK && e != E_NOT_FOUND)
            return e;
    }
    return E_OK;
}

static err_t journal_put(struct arena *a, const char *dir, str_t line, bool again, struct diag *why)
{
    char path[AGENT_PATH_MAX];
    bool stands = false;
    TRY(journal_path(dir, 0, path));
    if (again)
        TRY(journal_stands(a, path, line, &stands));
    if (stands)
        return E_OK;
    TRY(journal_rotate(dir, line.n, why));
    return file_append(path, 0600, line, why);
}

err_t journal_append(const char *dir, const struct journal_entry *entry, bool again,
                     struct diag *why)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(JOURNAL_ARENA_MAX);
    struct buf b;
    if (a == NULL)
        return E_NO_MEMORY;
    buf_init(&b, (size_t)2 * JOURNAL_LINE_MAX);
    err_t e = journal_encode(a, entry, &b);
    if (e == E_OK && b.n > 0)
        e = journal_put(a, dir, buf_str(&b), again, why);
    buf_fini(&b);
    return e;
}

static err_t journal_encode_drift(struct arena *a, const struct journal_drift *entry, struct buf *b)
{
    struct journal_line line = { .out = json_out_to(b) };
    struct json_out *o = &line.out;
    json_out_open(o, '{');
    JSON_OUT(o, "at", ts, clock_now());
    JSON_OUT(o, "event", str, str_from_cz(entry->event));
    JSON_OUT(o, "adapter", str, entry->adapter);
    JSON_OUT(o, "path", str, entry->path);
    json_out_name(o, STR("changes"));
    json_out_open(o, '[');
    TRY(agent_diff(a, entry->from, entry->to, journal_change, &line));
    json_out_close(o, ']');
    if (line.more > 0)
        JSON_OUT(o, "more", i64, line.more);
    json_out_close(o, '}');
    buf_add_byte(b, '\n');
    return b->err;
}

err_t journal_drifted(const char *dir, const struct journal_drift *entry, struct diag *why)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(JOURNAL_ARENA_MAX);
    struct buf b;
    if (a == NULL)
        return E_NO_MEMORY;
    buf_init(&b, (size_t)2 * JOURNAL_LINE_MAX);
    err_t e = journal_encode_drift(a, entry, &b);
    if (e == E_OK)
        e = journal_put(a, dir, buf_str(&b), false, why);
    buf_fini(&b);
    return e;
}

err_t journal_note(const char *dir, const char *reason, str_t etag, struct diag *why)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(4));
    struct buf b;
    if (a == NULL)
        return E_NO_MEMORY;
    buf_init(&b, KIB(4));
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "at", ts, clock_now());
    JSON_OUT(&o, "event", str, STR("rejected"));
    JSON_OUT(&o, "reason", str, str_from_cz(reason));
    JSON_OUT(&o, "etag", str, etag);
    json_out_close(&o, '}');
    buf_add_byte(&b, '\n');
    err_t e = b.err != E_OK ? b.err : journal_put(a, dir, buf_str(&b), false, why);
    buf_fini(&b);
    return e;
}

static void forget_changes(struct json_out *o, const struct json *list)
{
    json_out_open(o, '[');
    for (size_t i = 0; json_type(list) == JSON_ARRAY && i < json_count(list); i++) {
        const struct json *c = json_at(list, i);
        const struct json *pointer =
            json_type(c) == JSON_OBJECT ? json_member(c, STR("pointer")) : NULL;
        if (pointer == NULL || json_type(pointer) != JSON_STRING)
            continue;
        json_out_open(o, '{');
        JSON_OUT(o, "pointer", str, json_string(pointer));
        JSON_OUT(o, "hidden", bool, true);
        json_out_close(o, '}');
    }
    json_out_close(o, ']');
}

struct forgetting {
    struct arena *a;
    struct buf *b;
};

/* A line that a crash has cut is dropped: it may hold half a value. */
static err_t forget_line(void *arg, str_t text)
{
    struct forgetting *f = arg;
    CLEANUP(json_freep) struct json *line = NULL;
    struct json_pair *members;
    size_t n;
    TRY(journal_parse(text, &line));
    if (line == NULL)
        return E_OK;
    TRY(json_members(f->a, line, &members, &n));
    struct json_out o = json_out_to(f->b);
    json_out_open(&o, '{');
    for (size_t i = 0; i < n; i++) {
        json_out_name(&o, members[i].name);
        if (str_eq(members[i].name, STR("changes")))
            forget_changes(&o, members[i].value);
        else
            json_write(f->b, members[i].value);
        o.comma = true;
    }
    json_out_close(&o, '}');
    buf_add_byte(f->b, '\n');
    return f->b->err;
}

static err_t journal_lines(str_t text, err_t (*each)(void *arg, str_t line), void *arg)
{
    str_t line;
    while (text.n > 0 && str_split(&text, '\n', &line)) {
        if (line.n > 0)
            TRY(each(arg, line));
    }
    return E_OK;
}

err_t journal_forget(const char *dir, struct diag *why)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(JOURNAL_ARENA_MAX);
    char path[AGENT_PATH_MAX];
    if (a == NULL)
        return E_NO_MEMORY;
    for (int i = 0; i < JOURNAL_FILES; i++) {
        CLEANUP(buf_fini) struct buf b = { 0 };
        str_t text;
        buf_init(&b, (size_t)2 * JOURNAL_FILE_MAX);
        arena_reset(a);
        struct forgetting f = { a, &b };
        TRY(journal_path(dir, i, path));
        err_t e = file_read(a, path, JOURNAL_FILE_MAX + JOURNAL_LINE_MAX, NULL, &text);
        if (e == E_NOT_FOUND)
            continue;
        if (e == E_OK)
            e = journal_lines(text, forget_line, &f);
        if (e == E_OK)
            e = file_write(path, 0600, buf_str(&b), why);
        if (e != E_OK) /* a record that cannot be cleaned goes as a whole */
            TRY(file_remove(path, why));
    }
    return E_OK;
}

err_t journal_read(const char *dir, err_t (*each)(void *arg, str_t line), void *arg,
                   struct diag *why)
{
    CLEANUP(arena_freep) struct arena *a = arena_new((size_t)2 * JOURNAL_FILE_MAX);
    char path[AGENT_PATH_MAX];
    if (a == NULL)
        return E_NO_MEMORY;
    for (int i = JOURNAL_FILES - 1; i >= 0; i--) {
        str_t text;
        arena_reset(a);
        TRY(journal_path(dir, i, path));
        struct diag here = { 0 };
        err_t e = file_read(a, path, JOURNAL_FILE_MAX + JOURNAL_LINE_MAX, &here, &text);
        if (e == E_NOT_FOUND)
            continue;
        if (e != E_OK)
            return FAIL(why, e, "%s", here.text);
        TRY(journal_lines(text, each, arg));
    }
    return E_OK;
}
