/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/hooks/webhook.h"

#include "base/enc.h"
#include "base/rng.h"
#include "domain/hooks/webhook_sealed.h"

enum { SECRET_BYTES = 32, SECRET_TEXT_MAX = 64, NTFY_PRIORITY_MAX = 8 };

static const char *const format_names[WEBHOOK_FORMATS] = {
    [WEBHOOK_STANDARD] = "standard", [WEBHOOK_SLACK] = "slack",       [WEBHOOK_NTFY] = "ntfy",
    [WEBHOOK_GITHUB] = "github",     [WEBHOOK_TEMPLATE] = "template",
};

const char *webhook_format_name(enum webhook_format f)
{
    return format_names[f];
}

static err_t format_parse(struct act *act, str_t name, int64_t *ret)
{
    if (name.p == NULL)
        return E_OK;
    for (int64_t f = WEBHOOK_STANDARD; f < WEBHOOK_FORMATS; f++) {
        if (str_eq(name, str_from_cz(format_names[f]))) {
            *ret = f;
            return E_OK;
        }
    }
    return diag_set_field(&act->why, E_BAD_FIELD, "format",
                          "want standard, slack, ntfy, github or template");
}

/* "user.*": the letters of event names, and stars. */
static bool event_obeys(str_t glob)
{
    if (glob.n == 0 || glob.n > WEBHOOK_EVENT_MAX)
        return false;
    for (size_t i = 0; i < glob.n; i++) {
        char c = glob.p[i];
        if (!(c >= 'a' && c <= 'z') && c != '.' && c != '-' && c != '*')
            return false;
    }
    return true;
}

static err_t events_join(struct act *act, const struct names *events, str_t *ret)
{
    enum { JOINED_MAX = WEBHOOK_EVENTS_MAX * (WEBHOOK_EVENT_MAX + 1) };
    if (!events->set)
        return E_OK;
    if (events->n > WEBHOOK_EVENTS_MAX)
        return diag_set_field(&act->why, E_BAD_FIELD, "events", "want at most %d",
                              WEBHOOK_EVENTS_MAX);
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, JOINED_MAX);
    for (size_t i = 0; i < events->n; i++) {
        if (!event_obeys(events->v[i]))
            return diag_set_field(&act->why, E_BAD_FIELD, "events",
                                  "want names of events such as user.created, or user.*");
        buf_addf(&b, "%s%.*s", i > 0 ? " " : "", STR_ARG(events->v[i]));
    }
    TRY(b.err);
    return str_copy(act->arena, buf_str(&b), ret);
}

static void take(str_t *to, str_t from)
{
    if (from.p != NULL)
        *to = from.n > 0 ? from : STR_NONE;
}

/* What a change says on top of what was; not yet what is sealed. */
static err_t merge(struct act *act, const struct webhook_in *in, struct row_webhook *row)
{
    enum account_status status = (enum account_status)row->status;
    TRY(name_wanted(act, "name", in->name));
    TRY(name_wanted(act, "url", in->url));
    if (in->status.p != NULL &&
        (account_status_parse(in->status, &status) != E_OK || status == ACCOUNT_PENDING))
        return diag_set_field(&act->why, E_BAD_FIELD, "status", "want active or disabled");
    row->status = status;
    TRY(format_parse(act, in->format, &row->format));
    TRY(events_join(act, &in->events, &row->events));
    take(&row->name, in->name);
    take(&row->url, in->url);
    take(&row->description, in->description);
    take(&row->event_type, in->event_type);
    take(&row->ref, in->ref);
    take(&row->priority, in->priority);
    take(&row->tags, in->tags);
    take(&row->template, in->template);
    if (oid_is_set(in->group_id) || in->any_group)
        row->group_id = in->group_id;
    if (oid_is_set(in->application_id) || in->any_application)
        row->application_id = in->application_id;
    if (row->format == WEBHOOK_TEMPLATE && row->template.n == 0)
        return diag_set_field(&act->why, E_BAD_FIELD, "template",
                              "want a JSON text, such as {\"text\":\"{{event.type}}\"}");
    return E_OK;
}

static err_t whsec_make(struct act *act, str_t *ret)
{
    uint8_t bytes[SECRET_BYTES];
    CLEANUP(buf_fini) struct buf b = { 0 };
    rng_bytes(bytes, sizeof bytes);
    buf_init(&b, SECRET_TEXT_MAX);
    b.secret = true;
    BUF_ADD(&b, "whsec_");
    buf_add_base64(&b, bytes, sizeof bytes);
    explicit_bzero(bytes, sizeof bytes);
    TRY(b.err);
    return str_copy(act->arena, buf_str(&b), ret);
}

static err_t member_set(struct json *o, str_t name, str_t text)
{
    if (text.p == NULL)
        return E_OK;
    if (text.n == 0) {
        json_remove(o, name);
        return E_OK;
    }
    return json_set(o, name, json_new_string(text));
}

/* An object of texts, each as `obeys` wants it. */
static err_t map_set(struct act *act, struct json *o, const char *name, str_t text, bool headers)
{
    CLEANUP(json_freep) struct json *map = NULL;
    struct json_pair *pairs = NULL;
    size_t n = 0;
    if (text.p == NULL)
        return E_OK;
    err_t e = text.n > WEBHOOK_MAP_MAX ? E_BAD_JSON : json_parse(text, NULL, &map);
    if (e == E_NO_MEMORY)
        return e;
    if (e != E_OK || json_type(map) != JSON_OBJECT || json_count(map) > WEBHOOK_HEADERS_MAX)
        return diag_set_field(&act->why, E_BAD_FIELD, name, "want an object of at most %d texts",
                              WEBHOOK_HEADERS_MAX);
    TRY(json_members(act->arena, map, &pairs, &n));
    for (size_t i = 0; i < n; i++) {
        if (json_type(pairs[i].value) != JSON_STRING)
            return diag_set_field(&act->why, E_BAD_FIELD, name, "want texts alone");
        if (headers && !webhook_header_obeys(pairs[i].name, json_string(pairs[i].value)))
            return diag_set_field(&act->why, E_BAD_FIELD, name,
                                  "want names and values of HTTP headers, and none that the "
                                  "server makes itself");
    }
    struct json *taken = map;
    map = NULL;
    return json_set(o, str_from_cz(name), taken);
}

/* `open`: what is secret of it so far; on top comes what the change says. */
static err_t seal_into(struct act *act, struct json *open, const struct webhook_in *in,
                       struct row_webhook *row)
{
    struct hook_sealed s;
    for (size_t i = 0; in->token.p != NULL && i < in->token.n; i++) {
        if (in->token.p[i] <= ' ' || in->token.p[i] > '~')
            return diag_set_field(&act->why, E_BAD_FIELD, "token", "want printable ASCII");
    }
    TRY(member_set(open, STR("token"), in->token));
    TRY(map_set(act, open, "headers", in->headers, true));
    TRY(map_set(act, open, "values", in->values, false));
    if (row->template.n > 0)
        TRY(webhook_template_check(act, row->template, json_member(open, STR("values"))));
    TRY(hook_seal_json(act, HOOK_TABLE_WEBHOOK, row->id, open, &s));
    row->epoch = s.epoch;
    row->key_id = s.key_id;
    row->sealed = s.bytes;
    return E_OK;
}

static err_t taken(struct act *act, err_t e)
{
    return e == E_CONFLICT ? FAIL(&act->why, e, "the name of the webhook is taken") : e;
}

static err_t save(struct act *act, const struct row_webhook *row)
{
    struct sql_webhook_save in = { .id = row->id,
                                   .org = act->org,
                                   .name = row->name,
                                   .description = row->description,
                                   .url = row->url,
                                   .format = row->format,
                                   .status = row->status,
                                   .events = row->events,
                                   .group_id = row->group_id,
                                   .application_id = row->application_id,
                                   .event_type = row->event_type,
                                   .ref = row->ref,
                                   .priority = row->priority,
                                   .tags = row->tags,
                                   .template = row->template,
                                   .epoch = row->epoch,
                                   .key_id = row->key_id,
                                   .sealed = row->sealed,
                                   .now = act->now };
    TRY(name_key(act->arena, row->name, &in.name_key));
    return taken(act, sql_webhook_save(act->db, &in));
}

err_t webhook_create(struct act *act, const struct webhook_in *in, struct row_webhook *ret,
                     str_t *ret_secret)
{
    struct sql_webhook_count_row count;
    str_t secret = STR_NONE;
    struct row_webhook row = {
        .id = oid_make(), .format = WEBHOOK_STANDARD, .status = ACCOUNT_ACTIVE, .events = STR("")
    };
    CLEANUP(json_freep) struct json *open = json_new_object();
    if (open == NULL)
        return E_NO_MEMORY;
    TRY(sql_webhook_count(act->db, act->arena, &(struct sql_webhook_count){ .org = act->org },
                          &count));
    if (count.n >= WEBHOOK_ORG_MAX)
        return FAIL(&act->why, E_CONFLICT, "an organisation has at most %d webhooks",
                    WEBHOOK_ORG_MAX);
    TRY(merge(act, in, &row));
    TRY(whsec_make(act, &secret));
    TRY(json_set(open, STR("secret"), json_new_string(secret)));
    TRY(seal_into(act, open, in, &row));
    TRY(save(act, &row));
    TRY(webhook_get(act, row.id, ret));
    *ret_secret = secret;
    return E_OK;
}

err_t webhook_get(struct act *act, oid_t id, struct row_webhook *ret)
{
    err_t e = sql_webhook_get(act->db, act->arena,
                              &(struct sql_webhook_get){ .org = act->org, .id = id }, ret);
    return e == E_NOT_FOUND ? FAIL(&act->why, e, "there is no such webhook") : e;
}

err_t webhook_change(struct act *act, const struct row_webhook *old, const struct webhook_in *in,
                     struct row_webhook *ret)
{
    struct row_webhook row = *old;
    CLEANUP(json_freep) struct json *open = NULL;
    TRY(webhook_unseal(act, old, &open));
    TRY(merge(act, in, &row));
    TRY(seal_into(act, open, in, &row));
    TRY(save(act, &row));
    return webhook_get(act, row.id, ret);
}

err_t webhook_rotate(struct act *act, const struct row_webhook *old, struct row_webhook *ret,
                     str_t *ret_secret)
{
    static const struct webhook_in nothing = { .name = { NULL, 0 } };
    struct row_webhook row = *old;
    str_t secret = STR_NONE;
    CLEANUP(json_freep) struct json *open = NULL;
    TRY(webhook_unseal(act, old, &open));
    str_t before = json_string(json_member(open, STR("secret")));
    TRY(json_set(open, STR("previous"), json_new_string(before)));
    TRY(json_set(open, STR("previous_until"),
                 json_new_int(ts_add(act->now, WEBHOOK_SECRET_OVERLAP).us)));
    TRY(whsec_make(act, &secret));
    TRY(json_set(open, STR("secret"), json_new_string(secret)));
    TRY(seal_into(act, open, &nothing, &row));
    TRY(save(act, &row));
    TRY(webhook_get(act, row.id, ret));
    *ret_secret = secret;
    return E_OK;
}

err_t webhook_delete(struct act *act, oid_t id)
{
    struct row_webhook row;
    TRY(webhook_get(act, id, &row)); /* of this organisation: what follows goes by the webhook */
    TRY(sql_delivery_drop_all(act->db, &(struct sql_delivery_drop_all){ .webhook_id = id }));
    return sql_webhook_drop(act->db, &(struct sql_webhook_drop){ .org = act->org, .id = id });
}

err_t webhook_list(struct act *act, oid_t after, int64_t limit, struct row_webhook **ret,
                   size_t *ret_n)
{
    return sql_webhook_page(
        act->db, act->arena,
        &(struct sql_webhook_page){ .org = act->org, .after = after, .limit = limit }, ret, ret_n);
}
