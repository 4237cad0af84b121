/* SPDX-License-Identifier: Apache-2.0 */
/* STATE/adapters.json: replaced as a whole before a file is, so that after a crash what stands in a
 * file is known to be ours or not. */
#include "agent/adapt_in.h"
#include "plat/json/out.h"
#include "plat/os/file.h"

static const char store_name[] = "adapters.json";
enum { STORE_MAX = 1024 * 1024 };

static err_t store_path(const struct adapt *x, char out[static AGENT_PATH_MAX])
{
    int n = snprintf(out, AGENT_PATH_MAX, "%s/%s", x->dir, store_name);
    return n > 0 && n < AGENT_PATH_MAX ? E_OK : E_BAD_FIELD;
}

static void text_set(char *to, size_t size, const struct json *object, str_t name)
{
    const struct json *v = json_member(object, name);
    str_t s = v != NULL && json_type(v) == JSON_STRING ? json_string(v) : STR("");
    if (s.n >= size || memchr(s.p, '\0', s.n) != NULL)
        return;
    memcpy(to, s.p, s.n);
    to[s.n] = '\0';
}

static int64_t number(const struct json *object, str_t name)
{
    const struct json *v = json_member(object, name);
    return v != NULL && json_type(v) == JSON_INT ? json_int(v) : 0;
}

static err_t load_target(struct adapt_target *t, const struct json *v)
{
    const struct json *kept = json_member(v, STR("kept"));
    const struct json *drift = json_member(v, STR("drift"));
    text_set(t->hash, sizeof t->hash, v, STR("hash"));
    text_set(t->before, sizeof t->before, v, STR("before"));
    t->taken = true;
    t->drift_n = number(v, STR("drift_n"));
    bool list = drift != NULL && json_type(drift) == JSON_ARRAY;
    for (size_t i = 0; list && i < json_count(drift) && i < ADAPT_POINTERS_MAX; i++) {
        const struct json *s = json_at(drift, i);
        if (json_type(s) != JSON_STRING || json_string(s).n >= ADAPT_POINTER_MAX)
            continue;
        memcpy(t->drift[t->drift_shown], json_string(s).p, json_string(s).n);
        t->drift_shown++;
    }
    if (kept == NULL || json_type(kept) != JSON_OBJECT)
        return E_OK;
    t->kept = json_clone(kept);
    return t->kept != NULL ? E_OK : E_NO_MEMORY;
}

/* A file that is no longer an adapter's is forgotten, one that is new is unknown. */
static struct adapt_target *target_of(struct adapt *x, const struct json *v)
{
    char path[AGENT_PATH_MAX] = "";
    if (json_type(v) != JSON_OBJECT)
        return NULL;
    text_set(path, sizeof path, v, STR("path"));
    for (size_t i = 0; i < x->n; i++) {
        if (strcmp(path, x->targets[i].path) == 0)
            return &x->targets[i];
    }
    return NULL;
}

err_t adapt_load(struct adapt *x)
{
    char path[AGENT_PATH_MAX];
    str_t text;
    CLEANUP(json_freep) struct json *v = NULL;
    TRY(store_path(x, path));
    TRY(file_read(x->step, path, STORE_MAX, NULL, &text));
    err_t e = json_parse(text, NULL, &v);
    if (e != E_OK || json_type(v) != JSON_OBJECT)
        return e == E_NO_MEMORY ? e : E_CORRUPT;
    const struct json *files = json_member(v, STR("files"));
    if (files == NULL || json_type(files) != JSON_ARRAY)
        return E_CORRUPT;
    x->drifted_us = number(v, STR("drifted_us"));
    for (size_t i = 0; i < json_count(files); i++) {
        struct adapt_target *t = target_of(x, json_at(files, i));
        if (t != NULL)
            TRY(load_target(t, json_at(files, i)));
    }
    return E_OK;
}

static void save_target(struct json_out *o, const struct adapt_target *t)
{
    json_out_open(o, '{');
    JSON_OUT(o, "adapter", str, str_from_cz(t->product->name));
    JSON_OUT(o, "path", str, str_from_cz(t->path));
    JSON_OUT(o, "hash", str, str_from_cz(t->hash));
    JSON_OUT(o, "before", str, str_from_cz(t->before));
    JSON_OUT(o, "drift_n", i64, t->drift_n);
    json_out_name(o, STR("drift"));
    json_out_open(o, '[');
    for (size_t i = 0; i < t->drift_shown; i++)
        json_out_str(o, str_from_cz(t->drift[i]));
    json_out_close(o, ']');
    if (t->kept != NULL) {
        json_out_name(o, STR("kept"));
        json_write(o->b, t->kept);
        o->comma = true;
    }
    json_out_close(o, '}');
}

err_t adapt_save(struct adapt *x, struct diag *why)
{
    char path[AGENT_PATH_MAX];
    struct buf b;
    TRY(store_path(x, path));
    buf_init(&b, STORE_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "drifted_us", i64, x->drifted_us);
    json_out_name(&o, STR("files"));
    json_out_open(&o, '[');
    for (size_t i = 0; i < x->n; i++) {
        if (x->targets[i].taken)
            save_target(&o, &x->targets[i]);
    }
    json_out_close(&o, ']');
    json_out_close(&o, '}');
    buf_add_byte(&b, '\n');
    err_t e = b.err == E_OK ? file_write(path, 0600, buf_str(&b), why) : b.err;
    buf_fini(&b);
    return e;
}
