/* SPDX-License-Identifier: Apache-2.0 */
/* What is in force: the file that the assistant reads, and what must be recorded and kept before it
 * changes. */
#include "agent/agent.h"
#include "agent/journal.h"
#include "base/enc.h"
#include "plat/crypto/crypto.h"
#include "plat/json/json.h"
#include "plat/json/out.h"
#include "plat/os/file.h"

enum { FORCE_MAX = AGENT_ANSWER_MAX };

static const char degraded_name[] = "degraded.json";

static err_t force_degraded_path(const struct seneschal_agent *g, char out[static AGENT_PATH_MAX])
{
    int n = snprintf(out, AGENT_PATH_MAX, "%s/%s", g->dir, degraded_name);
    return n > 0 && n < AGENT_PATH_MAX ? E_OK : E_BAD_FIELD;
}

/* What the file holds now; nothing when it is not there or cannot be read. */
static err_t force_read(struct seneschal_agent *g, str_t *ret)
{
    err_t e = file_read(g->arena, g->out, FORCE_MAX, NULL, ret);
    if (e == E_NO_MEMORY)
        return e;
    if (e != E_OK)
        *ret = STR("");
    return E_OK;
}

static err_t force_keep(struct seneschal_agent *g, str_t bytes)
{
    buf_clear(&g->force);
    buf_add(&g->force, bytes);
    return g->force.err;
}

static err_t force_record(struct seneschal_agent *g, const char *event, const struct agent_news *n,
                          str_t after)
{
    struct journal_entry entry = { .event = event, .after = after };
    if (n != NULL) {
        entry.etag = n->etag;
        entry.version = n->version;
    }
    TRY(force_read(g, &entry.before));
    err_t e = journal_append(g->dir, &entry, !g->recorded, &g->why);
    if (e == E_OK)
        g->recorded = true;
    return e;
}

/* The member `degraded` of a configuration, with its version, as it is written when it is needed.
 */
static err_t force_save_degraded(struct seneschal_agent *g, const struct agent_news *n)
{
    char path[AGENT_PATH_MAX];
    CLEANUP(json_freep) struct json *v = NULL;
    struct buf b;
    TRY(force_degraded_path(g, path));
    TRY(json_parse(n->body, NULL, &v)); /* it was read once already */
    const struct json *minimal = json_member(json_member(v, STR("config")), STR("degraded"));
    if (!n->enabled || minimal == NULL || json_type(minimal) != JSON_OBJECT) {
        TRY(file_remove(path, &g->why));
        g->degraded = false;
        return E_OK;
    }
    buf_init(&b, FORCE_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    json_out_name(&o, STR("config"));
    json_write(&b, minimal);
    o.comma = true;
    JSON_OUT(&o, "version", str, n->version);
    json_out_close(&o, '}');
    err_t e = b.err;
    if (e == E_OK)
        e = file_write(path, 0600, buf_str(&b), &g->why);
    buf_fini(&b);
    TRY(e);
    g->degraded = true;
    return E_OK;
}

/* The files of the adapters: one that cannot be written is named in the acknowledgement. */
static err_t force_adapt(struct seneschal_agent *g, str_t doc)
{
    err_t e = adapt_force(g->adapt, doc, &g->why);
    if (e != E_OK && e != E_NO_MEMORY)
        TRY(str_copy(g->arena, str_from_cz(g->why.text), &g->apply_failed));
    return e;
}

err_t agent_force_config(struct seneschal_agent *g, const struct agent_news *n)
{
    err_t e = force_save_degraded(g, n);
    if (e == E_OK)
        e = force_record(g, agent_event_name(AGENT_CONFIGURED), n, n->body);
    if (e == E_OK)
        e = force_adapt(g, n->body);
    if (e == E_OK)
        e = file_write(g->out, 0600, n->body, &g->why);
    if (e == E_OK)
        e = force_keep(g, n->body);
    if (e == E_OK || e == E_NO_MEMORY)
        return e;
    if (g->apply_failed.p == NULL)
        g->apply_failed = STR("the configuration could not be written");
    return e;
}

/* What is written instead: nothing, or the minimal configuration that the policy carries for this.
 */
static err_t force_off_form(struct seneschal_agent *g, const char *reason, bool degraded,
                            struct buf *b)
{
    char path[AGENT_PATH_MAX];
    CLEANUP(json_freep) struct json *v = NULL;
    const struct json *minimal = NULL;
    const struct json *version = NULL;
    str_t text;
    TRY(force_degraded_path(g, path));
    if (degraded && g->degraded && file_read(g->arena, path, FORCE_MAX, NULL, &text) == E_OK &&
        json_parse(text, NULL, &v) == E_OK && json_type(v) == JSON_OBJECT) {
        minimal = json_member(v, STR("config"));
        if (minimal != NULL && json_type(minimal) != JSON_OBJECT)
            minimal = NULL;
        version = json_member(v, STR("version"));
    }
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    json_out_name(&o, STR("config"));
    if (minimal != NULL)
        json_write(b, minimal);
    else
        BUF_ADD(b, "{}");
    o.comma = true;
    if (minimal != NULL)
        JSON_OUT(&o, "degraded", bool, true);
    JSON_OUT(&o, "enabled", bool, false);
    JSON_OUT(&o, "reason", str, str_from_cz(reason));
    json_out_name(&o, STR("version"));
    if (minimal != NULL && version != NULL)
        json_write(b, version);
    else
        json_out_null(&o);
    json_out_close(&o, '}');
    return b->err;
}

/*
 * Fail closed: readers of the file find the assistant switched off and why. What fails on the way
 * is told and stops nothing; when even the file cannot be written (a full disk), no file is better
 * than the old one.
 */
err_t agent_force_off(struct seneschal_agent *g, const char *reason, bool degraded)
{
    struct buf b;
    buf_init(&b, FORCE_MAX + AGENT_TEXT);
    agent_text_clear(g->store.etag); /* so that the next fetch brings the configuration back */
    agent_text_clear(g->store.version);
    g->store.ack_owed = 0;
    err_t e = force_off_form(g, reason, degraded, &b);
    bool formed = e == E_OK;
    if (e == E_OK && force_record(g, reason, NULL, buf_str(&b)) != E_OK)
        agent_tell(g, "agent-failed", g->why.text);
    if (e == E_OK)
        e = file_write(g->out, 0600, buf_str(&b), NULL);
    if (e == E_OK)
        e = force_keep(g, buf_str(&b));
    /* After the file, whose bytes a start believes: a crash in between gives nothing back. One that
     * fails is told, and tried again with the next look. */
    if (formed)
        err_ignore(adapt_force(g->adapt, buf_str(&b), NULL));
    buf_fini(&b);
    if (e == E_OK)
        return E_OK;
    buf_clear(&g->force);
    return file_remove(g->out, &g->why);
}

err_t agent_force_forget(struct seneschal_agent *g)
{
    char path[AGENT_PATH_MAX];
    TRY(force_degraded_path(g, path));
    TRY(file_remove(path, &g->why));
    g->degraded = false;
    return E_OK;
}

err_t agent_force_load(struct seneschal_agent *g)
{
    char path[AGENT_PATH_MAX];
    char etag[AGENT_TEXT] = "\"";
    str_t text;
    size_t size = 0;
    TRY(force_degraded_path(g, path));
    g->degraded = file_size(path, &size, NULL) == E_OK;
    TRY(force_read(g, &text));
    digest_t d = sha256_of(text);
    hex_encode(d.b, sizeof d.b, etag + 1);
    etag[1 + 2 * sizeof d.b] = '"';
    /* Somebody else wrote to the file: the next poll fetches it anew. */
    if (g->store.etag[0] != '\0' && strcmp(etag, g->store.etag) != 0)
        agent_text_clear(g->store.etag);
    bool ours = g->store.etag[0] != '\0' || g->store.state == AGENT_DISABLED ||
                g->store.state == AGENT_STALE;
    if (ours) {
        TRY(force_keep(g, text));
        err_ignore(adapt_force(g->adapt, text, NULL)); /* likewise */
    }
    return E_OK;
}
