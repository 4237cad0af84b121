/* SPDX-License-Identifier: Apache-2.0 */
#include "app/reload.h"

#include "app/gateway_settings.h"
#include "app/listen.h"
#include "app/logging.h"
#include "app/otlp.h"
#include "app/outward.h"
#include "app/proxies.h"
#include "base/arena.h"
#include "base/log.h"
#include "base/ref.h"

enum { RELOAD_ARENA_MAX = 8 * 1024 * 1024, NAMES_MAX = 512 };
/* Who took the settings before they were replaced is done with them by then: a request has 10 s. */
#define RETIRED_MAX DUR_S(60)

/* Counted: connections to MCP servers are made by rules and commands of some settings, and hold
 * them. */
struct life {
    struct arena *arena;
};

struct generation { /* in its arena */
    struct life *life;
    struct generation *older;
    dur_t replaced; /* CLOCK_MONOTONIC */
    struct settings settings;
};

static void life_end(void *block)
{
    struct life *life = block;
    arena_free(life->arena);
}

/* What takes a restart stays as it was; the log says what was asked for. */
static void keep_unreloadable(const struct config *c, struct config *fresh)
{
    char names[NAMES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < CONF_COUNT; i++) {
        if (conf_infos[i].reload || str_eq(fresh->values[i], c->values[i]))
            continue;
        int more =
            snprintf(names + n, sizeof names - n, "%s%s", n > 0 ? " " : "", conf_infos[i].name);
        n += more > 0 && (size_t)more < sizeof names - n ? (size_t)more : 0;
        fresh->values[i] = c->values[i];
        fresh->origins[i] = c->origins[i];
    }
    if (n > 0)
        LOG(LOG_WARNING, "restart-needed", LOG_F("settings", str_of(names, n)));
}

static err_t generation_make(struct reload *r, struct life *life, struct diag *why,
                             struct generation **ret)
{
    struct config fresh;
    struct services *sv = r->services;
    struct arena *a = life->arena = arena_new(RELOAD_ARENA_MAX);
    struct generation *g = a == NULL ? NULL : ARENA_NEW(a, struct generation);
    if (g == NULL)
        return E_NO_MEMORY;
    g->life = life;
    TRY(config_reload(r->config, a, &fresh, why));
    keep_unreloadable(r->config, &fresh);
    TRY(listen_settings(&fresh, a, r->sockets, sv->http, &g->settings));
    TRY(proxies_read(&fresh, a, why, &g->settings));
    TRY(gateway_settings(&fresh, a, why, &g->settings));
    TRY(otlp_settings(&fresh, a, why, &g->settings));
    TRY(outward_mail(&fresh, a, why, &g->settings.mail, &g->settings.notices));
    TRY(certificate_reload(r->certificate, &fresh, sv, why)); /* the last that may fail */
    TRY(logging_set(&fresh, &g->settings.access));
    g->settings.gateway.life = life;
    *ret = g;
    return E_OK;
}

static void generations_retire(struct generation *newest, dur_t now)
{
    struct generation **at = &newest->older;
    while (*at != NULL) {
        struct generation *g = *at;
        if (now.us - g->replaced.us < RETIRED_MAX.us) {
            at = &g->older;
            continue;
        }
        *at = g->older;
        ref_drop(g->life);
    }
}

void reload_run(struct reload *r)
{
    struct diag why = { 0 };
    struct generation *g = NULL;
    struct life *life = ref_new_owner(sizeof *life, life_end);
    err_t e = life == NULL ? E_NO_MEMORY : generation_make(r, life, &why, &g);
    if (e != E_OK) {
        ref_drop(life);
        LOG(LOG_ERROR, "reload-refused",
            LOG_F("why", why.text[0] != '\0' ? why.text : err_info(e)->text));
        return;
    }
    g->older = r->newest;
    if (r->newest != NULL)
        r->newest->replaced = clock_mono();
    r->newest = g;
    atomic_store_explicit(&r->services->settings, &g->settings, memory_order_release);
    generations_retire(g, clock_mono());
    const char *file = r->config->file;
    LOG(LOG_INFO, "reloaded", LOG_F("file", file != NULL ? file : "(none)"));
}

void reload_fini(struct reload *r)
{
    struct generation *older;
    for (struct generation *g = r->newest; g != NULL; g = older) {
        older = g->older;
        ref_drop(g->life);
    }
    r->newest = NULL;
}
