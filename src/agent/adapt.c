/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/adapt_in.h"
#include "agent/pointer.h"
#include "plat/json/out.h"
#include "plat/os/file.h"
#include "plat/os/owned.h"

#include <stdatomic.h>

enum {
    ADAPT_MODE = 0644, /* the assistant runs as anybody */
    ADAPT_NOTE_MAX = 400,
    ADAPT_REPORT_MAX = 16 * 1024,
    ADAPT_REPORTED_MAX = 16,
    ADAPT_ROUND = 16 /* an arena rounds up */
};

/* How often the server is told of drift: two programs may quarrel about a file for ever. */
static const dur_t told_each = { 60 * INT64_C(1000000) };

static const char kept_suffix[] = ".before-seneschal";
void adapt_hash(str_t bytes, char out[static ADAPT_HASH])
{
    digest_t d = sha256_of(bytes);
    hex_encode(d.b, sizeof d.b, out);
    out[ADAPT_HASH - 1] = '\0';
}

/* NAME, NAME=PATH or json=PATH#POINTER. */
static err_t target_read(struct adapt_target *t, str_t line, struct diag *why)
{
    size_t equals = str_find(line, '=');
    str_t name = str_sub(line, 0, equals);
    str_t path = str_sub(line, equals + 1, line.n);
    str_t pointer = STR("");
    t->product = adapt_product_find(name);
    if (t->product == NULL)
        return FAIL(why, E_USAGE, "there is no adapter %.*s; `seneschal agent adapters` lists them",
                    STR_ARG(name));
    bool own = t->product->subtree[0] == '\0';
    if (own && str_find(path, '#') < path.n) {
        pointer = str_sub(path, str_find(path, '#') + 1, path.n);
        path.n = str_find(path, '#');
    }
    if (equals == line.n)
        path = str_from_cz(t->product->path);
    if (path.n == 0 || path.p[0] != '/' || path.n >= sizeof t->path)
        return FAIL(why, E_USAGE, "adapter %s: want %s=PATH with an absolute path%s",
                    t->product->name, t->product->name,
                    own ? ", and #/POINTER for a part of the configuration" : "");
    if (!pointer_is_valid(pointer) || pointer.n >= sizeof t->pointer)
        return FAIL(why, E_USAGE, "adapter %s: %.*s is no JSON Pointer: want /name/name",
                    t->product->name, STR_ARG(pointer));
    memcpy(t->path, path.p, path.n);
    memcpy(t->pointer, pointer.p, pointer.n);
    return E_OK;
}

static err_t targets_read(struct adapt *x, str_t spec, struct diag *why)
{
    str_t line;
    while (str_split(&spec, '\n', &line)) {
        line = str_trim(line);
        if (line.n == 0)
            continue;
        if (x->n == ADAPT_TARGETS_MAX)
            return FAIL(why, E_USAGE, "want at most %d adapters", ADAPT_TARGETS_MAX);
        struct adapt_target *t = &x->targets[x->n];
        TRY(target_read(t, line, why));
        for (size_t i = 0; i < x->n; i++) {
            if (strcmp(x->targets[i].path, t->path) == 0)
                return FAIL(why, E_USAGE, "two adapters cannot write %s", t->path);
        }
        buf_init(&t->want, ADAPT_FILE_MAX);
        x->n++;
    }
    return E_OK;
}

/* On the thread of the watch: what we wrote ourselves is as it should be. */
static void adapt_watched(void *arg)
{
    struct adapt *x = arg;
    for (size_t i = 0; i < x->n; i++) {
        if (atomic_load(&x->targets[i].stamp) == file_stamp(x->targets[i].path))
            continue;
        x->wake(x->arg);
        return;
    }
}

err_t adapt_open(const struct adapt_caller *c, struct diag *why, struct adapt **ret)
{
    str_t spec = str_from_cz(c->spec);
    if (str_trim(spec).n == 0)
        return E_OK;
    struct arena *life = arena_new(sizeof(struct adapt) + ADAPT_ROUND);
    struct adapt *x = life == NULL ? NULL : ARENA_NEW(life, struct adapt);
    if (x == NULL) {
        arena_free(life);
        return E_NO_MEMORY;
    }
    x->life = life;
    x->tell = c->tell;
    x->wake = c->wake;
    x->arg = c->arg;
    buf_init(&x->note, ADAPT_NOTE_MAX);
    buf_init(&x->text, ADAPT_REPORT_MAX);
    buf_init(&x->failure, ADAPT_REPORT_MAX);
    x->step = arena_new(ADAPT_ARENA_MAX);
    (void)snprintf(x->dir, sizeof x->dir, "%s", c->dir); /* the caller has measured it */
    err_t e = x->step == NULL ? E_NO_MEMORY : targets_read(x, spec, why);
    if (e == E_OK)
        e = adapt_load(x);
    if (e == E_CORRUPT) /* at worst our own files are taken for changed ones */
        x->tell(x->arg, "agent-failed", "adapters.json is damaged: begun anew");
    if (e == E_OK || e == E_NOT_FOUND || e == E_CORRUPT) {
        struct diag unwatched = { 0 };
        if (watch_open(adapt_watched, x, &unwatched, &x->watch) != E_OK)
            x->tell(x->arg, "agent-adapter", unwatched.text);
        *ret = x;
        return E_OK;
    }
    adapt_close(x);
    return e;
}

void adapt_close(struct adapt *x)
{
    if (x == NULL)
        return;
    watch_close(x->watch);
    for (size_t i = 0; i < x->n; i++) {
        buf_fini(&x->targets[i].want);
        json_free(x->targets[i].kept);
    }
    buf_fini(&x->note);
    buf_fini(&x->text);
    buf_fini(&x->failure);
    arena_free(x->step);
    arena_free(x->life);
}

/* What stands in the file. Absent: no file. */
struct adapt_found {
    str_t bytes;
    unsigned mode;
    char hash[ADAPT_HASH];
};

static err_t target_look(struct adapt *x, struct adapt_target *t, int dir, struct diag *why,
                         struct adapt_found *ret)
{
    struct adapt_found f = { .bytes = STR_NONE, .hash = "-" };
    err_t e = file_read_at(x->step, dir, t->path, ADAPT_FILE_MAX, why, &f.bytes);
    if (e == E_TOO_BIG) { /* nothing of ours is */
        f.bytes = STR("");
        diag_clear(why);
        e = E_OK;
    }
    if (e == E_OK) {
        adapt_hash(f.bytes, f.hash);
        e = owned_mode(dir, t->path, &f.mode, why);
    }
    if (e == E_NOT_FOUND) {
        diag_clear(why);
        f = (struct adapt_found){ .bytes = STR_NONE, .hash = "-" };
        e = E_OK;
    }
    if (e == E_OK)
        *ret = f;
    return e;
}

/* Whose is what stands there? The first time it is kept, later it is drift. */
static err_t target_judge(struct adapt *x, struct adapt_target *t, int dir,
                          const struct adapt_found *f, struct diag *why)
{
    bool ours = strcmp(f->hash, t->hash) == 0 || strcmp(f->hash, t->before) == 0;
    if (t->taken)
        return ours && (f->bytes.p == NULL || f->mode == ADAPT_MODE)
                   ? E_OK
                   : adapt_drifted(x, t, f->bytes);
    if (f->bytes.p == NULL)
        return E_OK;
    struct diag kept = { 0 };
    err_t e = owned_keep(dir, t->path, kept_suffix, &kept);
    if (e == E_OK) {
        char text[AGENT_TEXT];
        (void)snprintf(text, sizeof text, "%.400s is kept with %s at its end", t->path,
                       kept_suffix);
        x->tell(x->arg, "agent-adapter", text);
    }
    return e == E_OK || e == E_CONFLICT ? E_OK : FAIL(why, e, "%s", kept.text);
}

/* *ret_right: it held already what it should. */
static err_t target_put(struct adapt *x, struct adapt_target *t, struct diag *why, bool *ret_right)
{
    uint64_t stamp = file_stamp(t->path); /* before the look: a change after it shows */
    char want[ADAPT_HASH];
    struct adapt_found f;
    CLEANUP(owned_closep) int dir = -1;
    adapt_hash(buf_str(&t->want), want);
    TRY(owned_open(t->path, true, why, &dir));
    TRY(target_look(x, t, dir, why, &f));
    bool right = strcmp(f.hash, want) == 0 && f.mode == ADAPT_MODE;
    if (!right)
        TRY(target_judge(x, t, dir, &f, why));
    if (!right || !t->taken || strcmp(t->hash, want) != 0) {
        t->taken = true;
        memcpy(t->hash, want, sizeof want);
        memcpy(t->before, f.hash, sizeof f.hash);
        TRY(adapt_save(x, why));
    }
    if (!right)
        TRY(file_write_at(dir, t->path, ADAPT_MODE, buf_str(&t->want), why));
    if (t->before[0] != '\0') { /* from now on it is theirs again, if it comes back */
        t->before[0] = '\0';
        TRY(adapt_save(x, why));
    }
    if (right)
        atomic_store(&t->stamp, stamp);
    *ret_right = right;
    return E_OK;
}

/* E_NO_MEMORY is told like the others: it is tried again with the next look. */
static err_t target_settle(struct adapt *x, struct adapt_target *t)
{
    struct diag why = { 0 };
    char text[AGENT_TEXT] = "";
    bool right = false;
    atomic_store(&t->stamp, 0);
    err_t e = target_put(x, t, &why, &right);
    if (e == E_OK && !right) /* once more, to see it with our own eyes */
        e = target_put(x, t, &why, &right);
    if (e == E_OK && x->watch != NULL)
        err_ignore(watch_add(x->watch, t->path)); /* then it is looked at between two questions */
    if (e != E_OK)
        (void)snprintf(text, sizeof text, "%s: %s", t->product->name,
                       why.text[0] != '\0' ? why.text : err_info(e)->text);
    if (strcmp(text, t->why) == 0)
        return e;
    x->moved = true;
    memcpy(t->why, text, sizeof text);
    if (e != E_OK)
        x->tell(x->arg, "agent-failed", text);
    return e;
}

static err_t target_map(struct adapt *x, struct adapt_target *t, const struct json *doc,
                        struct adapt_notes *notes)
{
    CLEANUP(json_freep) struct json *mapped = NULL;
    const struct adapt_ask ask = { t->product, str_from_cz(t->pointer), doc, t->kept };
    TRY(adapt_map(x->step, &ask, notes, &mapped));
    if (adapt_is_enabled(doc) && t->product->kept_n > 0) {
        struct json *kept = NULL;
        TRY(adapt_kept(t->product, mapped, &kept));
        json_free(t->kept);
        t->kept = kept;
    }
    buf_clear(&t->want);
    return adapt_encode(x->step, t->product->format, mapped, &t->want);
}

/* For the log each of them, for the server the first. */
static void notes_tell(struct adapt *x, const struct adapt_notes *notes)
{
    buf_clear(&x->note);
    for (size_t i = 0; i < notes->n; i++) {
        char text[ADAPT_WHY_MAX];
        (void)snprintf(text, sizeof text, "not written: %.*s: %s",
                       (int)(notes->v[i].pointer.n < 300 ? notes->v[i].pointer.n : 300),
                       notes->v[i].pointer.p, notes->v[i].why);
        if (!str_is_utf8(str_from_cz(text)))
            (void)snprintf(text, sizeof text, "not written: a value with a long name");
        x->tell(x->arg, "agent-adapter", text);
        if (i == 0)
            buf_add(&x->note, str_from_cz(text));
    }
    if (notes->n > 1)
        buf_addf(&x->note, ", and %zu more", notes->n - 1 + notes->more);
}

void adapt_check(struct adapt *x)
{
    if (x == NULL)
        return;
    for (size_t i = 0; i < x->n; i++) {
        struct adapt_target *t = &x->targets[i];
        uint64_t stamp = atomic_load(&t->stamp);
        bool right = stamp != 0 && file_stamp(t->path) == stamp;
        if (right || t->want.n == 0 || t->want.err != E_OK)
            continue;
        arena_reset(x->step);
        err_ignore(target_settle(x, t)); /* the report says it */
    }
}

err_t adapt_force(struct adapt *x, str_t doc, struct diag *why)
{
    CLEANUP(json_freep) struct json *v = NULL;
    struct adapt_notes notes = { 0 };
    err_t first = E_OK;
    if (x == NULL)
        return E_OK;
    adapt_check(x); /* what others changed is told from what this one changes */
    arena_reset(x->step);
    TRY(json_parse(doc, why, &v));
    TRY(adapt_strangers(x->step, v, &notes));
    for (size_t i = 0; i < x->n; i++) {
        struct adapt_target *t = &x->targets[i];
        err_t e = target_map(x, t, v, &notes);
        if (e == E_OK)
            e = target_settle(x, t);
        else
            (void)snprintf(t->why, sizeof t->why, "%s: %s", t->product->name, err_info(e)->text);
        if (e != E_OK && first == E_OK)
            first = FAIL(why, e, "adapter %s", t->why);
    }
    notes_tell(x, &notes);
    return first;
}

static int64_t drift_count(const struct adapt *x)
{
    int64_t n = 0;
    for (size_t i = 0; i < x->n; i++)
        n += x->targets[i].drift_n;
    return n;
}

bool adapt_owes(const struct adapt *x)
{
    if (x == NULL)
        return false;
    bool failing = false;
    for (size_t i = 0; i < x->n; i++)
        failing = failing || x->targets[i].why[0] != '\0';
    bool due = x->told.us == 0 || clock_mono().us - x->told.us >= told_each.us;
    return x->moved || (due && !failing && drift_count(x) > 0);
}

static void report_drift(struct adapt *x)
{
    size_t n = 0;
    struct json_out o = json_out_to(&x->text);
    json_out_open(&o, '[');
    for (size_t i = 0; i < x->n; i++) {
        const struct adapt_target *t = &x->targets[i];
        for (size_t k = 0; k < t->drift_shown && n < ADAPT_REPORTED_MAX; k++, n++) {
            char text[AGENT_TEXT];
            (void)snprintf(text, sizeof text, "%s:%s", t->product->name, t->drift[k]);
            json_out_str(&o, str_from_cz(text));
        }
    }
    json_out_close(&o, ']');
}

void adapt_report(struct adapt *x, bool drift, struct adapt_report *ret)
{
    *ret = (struct adapt_report){ .failure = STR_NONE, .note = STR_NONE, .drift = STR_NONE };
    if (x == NULL)
        return;
    buf_clear(&x->text);
    buf_clear(&x->failure);
    for (size_t i = 0; i < x->n && x->failure.n == 0; i++)
        buf_add(&x->failure, str_from_cz(x->targets[i].why));
    if (x->failure.n > 0)
        ret->failure = buf_str(&x->failure);
    if (x->note.n > 0)
        ret->note = buf_str(&x->note);
    x->telling = drift && x->failure.n == 0 && drift_count(x) > 0;
    if (!x->telling)
        return;
    ret->drift_n = drift_count(x);
    report_drift(x);
    ret->drift = buf_str(&x->text);
    ret->drifted_at = (ts_t){ x->drifted_us };
}

void adapt_reported(struct adapt *x)
{
    struct diag why = { 0 };
    if (x == NULL)
        return;
    x->moved = false;
    if (!x->telling)
        return;
    x->telling = false;
    x->told = clock_mono();
    for (size_t i = 0; i < x->n; i++) {
        x->targets[i].drift_n = 0;
        x->targets[i].drift_shown = 0;
    }
    if (adapt_save(x, &why) != E_OK) /* then it is told twice, and the server knows it again */
        x->tell(x->arg, "agent-failed", why.text);
}
