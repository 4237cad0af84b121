/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/access/facts.h"
#include "domain/access/outlook.h"
#include "domain/whatif/gathering.h"

static str_t outlook_word(enum outlook o)
{
    static const char *const words[] = {
        [OUTLOOK_NONE] = "none",
        [OUTLOOK_CONDITIONAL] = "conditional",
        [OUTLOOK_ALLOWED] = "allowed",
    };
    return str_from_cz(words[o]);
}

err_t note_application(struct gathering *g, const struct access_ask *now,
                       const struct access_ask *then)
{
    enum outlook from = OUTLOOK_NONE;
    enum outlook to = OUTLOOK_NONE;
    str_t rule = STR_NONE;
    struct whatif_change c = { .what = WHATIF_APPLICATION,
                               .id = now->app->id,
                               .name = now->app->name };
    TRY(access_outlook(&g->now, now, &from, &rule));
    TRY(access_outlook(&g->then, then, &to, &c.by));
    if (from == to)
        return E_OK;
    c.from = outlook_word(from);
    c.to = outlook_word(to);
    return gathering_note(g, &c);
}

static bool is_among(const struct row_application *apps, size_t n, oid_t id)
{
    for (size_t i = 0; i < n; i++) {
        if (oid_eq(apps[i].id, id))
            return true;
    }
    return false;
}

static err_t note_one(struct gathering *g, const struct whatif_who *who,
                      const struct row_application *app)
{
    struct access_ask ask = {
        .app = app, .kind = who->kind, .principal = who->id, .org = g->act->org
    };
    return note_application(g, &ask, &ask);
}

/* Rules look at groups too: what he is bound to before and after may change all the same. */
err_t note_applications(struct gathering *g, const struct whatif_who *who)
{
    struct row_application *had = NULL;
    struct row_application *has = NULL;
    size_t had_n = 0;
    size_t has_n = 0;
    TRY(access_of(&g->now, who->kind, who->id, &had, &had_n));
    TRY(access_of(&g->then, who->kind, who->id, &has, &has_n));
    for (size_t i = 0; i < had_n; i++)
        TRY(note_one(g, who, &had[i]));
    for (size_t i = 0; i < has_n; i++) {
        if (!is_among(had, had_n, has[i].id))
            TRY(note_one(g, who, &has[i]));
    }
    return E_OK;
}

err_t note_roles(struct gathering *g, const struct whatif_who *who)
{
    struct access_facts had = { 0 };
    struct access_facts has = { 0 };
    const str_t *names = NULL;
    size_t n = 0;
    TRY(facts_load(&g->now, g->act->org, who->kind, who->id, &had));
    TRY(facts_load(&g->then, g->act->org, who->kind, who->id, &has));
    TRY(roles_names(g->now.arena, had.roles ^ has.roles, &names, &n));
    for (size_t i = 0; i < n; i++) {
        bool gained = (has.roles & ~had.roles) != 0;
        TRY(gathering_note(g,
                           &(struct whatif_change){ .what = WHATIF_ROLE,
                                                    .name = names[i],
                                                    .from = gained ? STR("none") : STR("allowed"),
                                                    .to = gained ? STR("allowed") : STR("none") }));
    }
    return E_OK;
}
