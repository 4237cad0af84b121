/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/hooks/hook_watch.h"

#include "plat/json/out.h"
#include "sql/hooks.h"
#include "sql/store.h"

enum { EVENT_BODY_MAX = 256 * 1024 };

err_t hook_watch_load(struct hook_watch *w, struct db *db, struct arena *a)
{
    struct sql_webhook_orgs_row *rows = NULL;
    size_t n = 0;
    TRY(sql_webhook_orgs(db, a, &(struct sql_webhook_orgs){ .limit = HOOK_WATCH_MAX + 1 }, &rows,
                         &n));
    for (size_t i = 0; i < n; i++)
        hook_watch_org(w, rows[i].org);
    atomic_store(&w->moved, 1); /* what a kill left behind */
    return E_OK;
}

static bool watched(const struct hook_watch *w, oid_t org)
{
    bool found = w->all;
    for (size_t i = 0; i < w->n && !found; i++)
        found = oid_eq(w->orgs[i], org);
    return found;
}

void hook_watch_org(struct hook_watch *w, oid_t org)
{
    if (watched(w, org))
        return;
    if (w->n == HOOK_WATCH_MAX)
        w->all = true;
    else
        w->orgs[w->n++] = org;
}

static void add_actor(struct json_out *o, const struct audit_event *e)
{
    json_out_open(o, '{');
    JSON_OUT(o, "kind", str, str_from_cz(actor_kind_name(e->actor_kind)));
    JSON_OUT(o, "id", id, e->actor_id);
    JSON_OUT(o, "name", str, e->actor_name);
    json_out_close(o, '}');
}

static void add_target(struct json_out *o, const struct audit_event *e)
{
    json_out_open(o, '{');
    JSON_OUT(o, "kind", str, e->target_kind);
    JSON_OUT(o, "id", id, e->target_id);
    JSON_OUT(o, "name", str, e->target_name);
    json_out_close(o, '}');
}

/* The payload of Standard Webhooks: type, timestamp, data. What the record may not hold, this does
 * not either; addresses stay here. */
static void event_write(struct buf *b, const struct audit_event *e)
{
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "type", str, e->action);
    JSON_OUT(&o, "timestamp", ts, clock_now());
    json_out_name(&o, STR("data"));
    json_out_open(&o, '{');
    JSON_OUT(&o, "organisation", id, e->org);
    json_out_name(&o, STR("actor"));
    add_actor(&o, e);
    json_out_name(&o, STR("target"));
    add_target(&o, e);
    JSON_OUT(&o, "result", str, e->result == AUDIT_OK ? STR("ok") : STR("refused"));
    JSON_OUT(&o, "reason", str, e->reason);
    JSON_OUT(&o, "request_id", id, e->request_id);
    json_out_name(&o, STR("details"));
    json_out_raw(&o, e->details.n > 0 ? e->details : STR("{}"));
    json_out_close(&o, '}');
    json_out_close(&o, '}');
}

err_t hook_watch_event(void *watch, struct db *db, struct arena *a, const struct audit_event *e)
{
    struct hook_watch *w = watch;
    (void)a;
    if (!oid_is_set(e->org) || !watched(w, e->org))
        return E_OK;
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, EVENT_BODY_MAX);
    event_write(&b, e);
    if (b.err == E_TOO_BIG) { /* the record has it whole; its size must not fail the act */
        struct audit_event less = *e;
        less.details = STR("{\"cut\":true}");
        buf_clear(&b);
        event_write(&b, &less);
    }
    TRY(b.err);
    atomic_fetch_add(&w->moved, 1);
    return sql_outbox_add(db, &(struct sql_outbox_add){ .id = oid_make(),
                                                        .org = e->org,
                                                        .event = e->action,
                                                        .body = buf_str(&b),
                                                        .created_at = clock_now() });
}
