/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/explain.h"

#include "domain/live/history.h"
#include "domain/policy/pointer.h"

#include "sql/policy.h"

static err_t check_at(struct act *act, const struct config_ask *ask) MUST_USE;
static err_t open_sources(struct act *act, struct explanation *x) MUST_USE;
static err_t open_words(struct explanation *x) MUST_USE;

static err_t open_all(struct act *act, const struct config_ask *ask, str_t only,
                      struct explanation *x)
{
    x->arena = arena_new(EXPLAIN_ARENA_MAX);
    if (x->arena == NULL)
        return E_NO_MEMORY;
    TRY(check_at(act, ask));
    TRY(config_plan(act, ask, &x->plan));
    provenance_init(&x->said, x->arena, only);
    TRY(open_sources(act, x));
    TRY(open_words(x));
    TRY(config_body_of(act, &x->resolve, &x->body));
    x->enabled = resolve_enabled(&x->resolve);
    return E_OK;
}

err_t explain_open(struct act *act, const struct config_ask *ask, str_t only,
                   struct explanation *ret)
{
    struct diag what = diag_like(&act->why);
    if (pointer_check(only, &what) != E_OK)
        return diag_pass(&act->why, E_BAD_FIELD, "pointer", &what);
    *ret = (struct explanation){ 0 };
    err_t e = open_all(act, ask, only, ret);
    bool full =
        e == E_NO_MEMORY && ret->arena != NULL && arena_used(ret->arena) > EXPLAIN_ARENA_MAX / 2;
    if (e != E_OK)
        explain_close(ret);
    return full ? explain_too_much(act) : e;
}

void explain_close(struct explanation *x)
{
    resolve_fini(&x->resolve);
    for (size_t i = 0; i < x->versions_n; i++)
        loaded_version_fini(&x->versions[i]);
    arena_free(x->arena);
    *x = (struct explanation){ 0 };
}

err_t explain_too_much(struct act *act)
{
    return diag_set_field(&act->why, E_BAD_FIELD, "pointer",
                          "there is too much to say: name a part of the configuration");
}

static err_t bad_at(struct act *act, const char *what, ts_t since)
{
    char text[TS_TEXT + 1] = "";
    /* Shown with milliseconds: the first one of which it is true. */
    ts_format((ts_t){ (since.us + 999) / 1000 * 1000 }, text);
    if (diag_is_taken(&act->why))
        return E_BAD_FIELD;
    (void)diag_set_field(&act->why, E_BAD_FIELD, "at", "%s %s", what, text);
    diag_say(&act->why, "%s %s", message_in(act->why.messages, what), text);
    return E_BAD_FIELD;
}

static err_t check_at(struct act *act, const struct config_ask *ask)
{
    struct sql_plan_device_since_row device;
    ts_t begin;
    if (!ts_is_set(ask->at))
        return E_OK;
    TRY(sql_plan_device_since(act->db, act->arena,
                              &(struct sql_plan_device_since){ .org = act->org, .id = ask->device },
                              &device));
    TRY(history_begin(act, &begin));
    if (ask->at.us > act->now.us)
        return bad_at(act, N_("want a moment that has passed; now it is"), act->now);
    if (ask->at.us < begin.us)
        return bad_at(act, N_("what configurations were made of is known since"), begin);
    if (ask->at.us < device.created_at.us)
        return bad_at(act, N_("the device is known since"), device.created_at);
    return E_OK;
}

static err_t policy_name(struct act *act, oid_t policy, str_t *ret)
{
    struct sql_plan_policy_name_row row = { 0 };
    err_t e = sql_plan_policy_name(act->db, act->arena,
                                   &(struct sql_plan_policy_name){ .policy = policy }, &row);
    *ret = row.name;
    return e == E_NOT_FOUND ? E_OK : e;
}

static err_t open_sources(struct act *act, struct explanation *x)
{
    size_t n = x->plan.entries_n;
    struct explain_source *sources = ARENA_ARRAY(act->arena, struct explain_source, n + 1);
    x->by = ARENA_ARRAY(act->arena, const struct explain_source *, n + 1);
    x->versions = ARENA_ARRAY(x->arena, struct loaded_version, n + 1);
    if (sources == NULL || x->by == NULL || x->versions == NULL)
        return E_NO_MEMORY;
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++) {
        const struct config_entry *entry = &x->plan.entries[i];
        sources[i].entry = entry;
        TRY(policy_name(act, entry->policy, &sources[i].policy_name));
        if (!oid_is_set(entry->version))
            continue;
        struct loaded_version *v = &x->versions[x->versions_n];
        TRY(version_load(act, x->arena, &x->plan, entry, v));
        x->by[x->versions_n++] = &sources[i];
        sources[i].number = (opt_i64_t){ .set = v->number > 0, .v = v->number };
        TRY(str_copy(act->arena, v->words.version, &sources[i].version));
        bytes += v->content_n;
        if (bytes > EXPLAIN_CONTENT_MAX)
            return FAIL(&act->why, E_TOO_BIG, "the versions that take part have over %d KiB",
                        EXPLAIN_CONTENT_MAX / 1024);
    }
    x->sources = sources;
    return E_OK;
}

static err_t open_words(struct explanation *x)
{
    TRY(resolve_init(&x->resolve, x->arena));
    resolve_record(&x->resolve, &x->said);
    for (size_t i = 0; i < x->versions_n; i++)
        TRY(resolve_add(&x->resolve, &x->versions[i].words));
    return E_OK;
}
