/* SPDX-License-Identifier: Apache-2.0 */
/* A fetcher: its life, the addresses of its origin, who waits for them. */
#include "plat/http/fetch_in.h"

#include "base/fault.h"
#include "base/ref.h"

#include <assert.h>
#include <netdb.h>

static void fetcher_end(struct fetcher *f);
static void fetcher_destroy(struct fetcher *f);

void fetcher_enter(struct fetcher *f)
{
    assert(!f->inside);
    f->inside = true;
}

void fetcher_leave(struct fetcher *f)
{
    f->inside = false;
    for (struct fetch *x = f->all; x != NULL && f->over_n > 0;) {
        struct fetch *next = x->next;
        if (x->state == FETCH_OVER)
            fetch_free(x);
        x = next;
    }
    if (f->freed)
        fetcher_end(f);
}

void fetcher_kick(struct fetcher *f)
{
    if (f->kicked)
        return;
    f->kicked = true;
    loop_post(f->loop, &f->kick);
}

/* The addresses of the origin. */

bool fetcher_knows(const struct fetcher *f)
{
    return f->found && loop_now(f->loop).us - f->found_at.us < DUR_S(FETCH_NAME_FRESH_S).us;
}

static err_t fetcher_take(struct fetcher *f, const struct addrinfo *list, struct diag *why)
{
    struct outbound_place place;
    const char *resolve = NULL;
    TRY(outbound_place_of(f->rules, f->origin.host.p, list, why, &place));
    TRY(outbound_plain_check(f->rules, &f->origin, &place, why));
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(8));
    if (a == NULL)
        return E_NO_MEMORY;
    TRY(outbound_pins_make(a, &f->origin, &place, &resolve));
    arena_free(f->pins_a);
    f->pins_a = a;
    a = NULL;
    f->place = place;
    f->pins = (struct http_pins){ .ip = (const uint8_t(*)[16])f->place.ip,
                                  .n = f->place.n,
                                  .resolve = resolve };
    f->found = true;
    f->found_at = loop_now(f->loop);
    return E_OK;
}

/* Those who wait cannot go. */
static void fetcher_refuse(struct fetcher *f, err_t e, const char *text)
{
    for (struct fetch *x = f->all; x != NULL; x = x->next) {
        if (x->state == FETCH_WAITS)
            fetch_end(x, e, text);
    }
}

static void fetcher_on_found(void *arg, const struct addrinfo *list, const struct diag *told)
{
    struct fetcher *f = arg;
    struct diag why = *told;
    f->lookup = NULL;
    fetcher_enter(f);
    err_t e = told->err == E_OK ? fetcher_take(f, list, &why) : told->err;
    if (e == E_OK)
        fetcher_kick(f);
    else
        fetcher_refuse(f, e, why.text);
    fetcher_leave(f);
}

/* What waits may run, or somebody is asked where to. E_OK too while the answer is awaited. */
static err_t fetcher_find(struct fetcher *f, struct diag *why)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST };
    struct addrinfo *list = NULL;
    if (fetcher_knows(f) || f->lookup != NULL)
        return E_OK;
    if (getaddrinfo(f->origin.host.p, NULL, &hints, &list) == 0) { /* asks nobody */
        err_t e = fetcher_take(f, list, why);
        freeaddrinfo(list);
        return e;
    }
    const struct lookup_order order = {
        .room = f->lookups,
        .loop = f->loop,
        .host = f->origin.host.p,
        .told = fetcher_on_found,
        .arg = f,
    };
    return outbound_lookup_start(&order, why, &f->lookup);
}

static void fetcher_start_waiting(struct fetcher *f)
{
    for (struct fetch *x = f->all; x != NULL && f->waiting_n > 0 && !f->freed; x = x->next) {
        struct diag why = { 0 };
        err_t e = x->state == FETCH_WAITS ? f->kind->run(x, &why) : E_OK;
        if (e == E_AGAIN)
            return; /* those behind it wait too */
        if (e != E_OK)
            fetch_end(x, e, why.text);
    }
}

static void fetcher_on_kick(struct loop_msg *msg)
{
    struct fetcher *f = CONTAINER_OF(msg, struct fetcher, kick);
    struct diag why = { 0 };
    f->kicked = false;
    if (f->freed) {
        fetcher_destroy(f);
        return;
    }
    fetcher_enter(f);
    if (f->waiting_n > 0) {
        err_t e = fetcher_find(f, &why);
        if (e != E_OK)
            fetcher_refuse(f, e, why.text);
        else if (fetcher_knows(f))
            fetcher_start_waiting(f);
    }
    if (!f->freed)
        f->kind->turn(f);
    fetcher_leave(f);
}

/* Life and death. */

static err_t fetcher_make(struct fetcher *f, const struct fetcher_cfg *cfg, struct diag *why)
{
    f->a = arena_new(KIB(8));
    if (f->a == NULL)
        return E_NO_MEMORY;
    TRY(outbound_url_read(f->a, cfg->url, why, &f->origin));
    TRY(str_copy(f->a, cfg->url, &f->url));
    const struct fetch_kind *kind =
        f->origin.tls || cfg->library ? &fetch_by_curl : &fetch_by_plain;
    TRY(kind->open(f, cfg));
    f->kind = kind;
    return E_OK;
}

err_t fetcher_new(const struct fetcher_cfg *cfg, struct diag *why, struct fetcher **ret)
{
    struct fetcher *f = fault_here() ? NULL : calloc(1, sizeof *f);
    if (f == NULL)
        return E_NO_MEMORY;
    f->loop = cfg->loop;
    f->rules = cfg->rules;
    f->lookups = ref_take(cfg->lookups);
    f->kick.run = fetcher_on_kick;
    f->last = &f->all;
    err_t e = fetcher_make(f, cfg, why);
    if (e != E_OK) {
        fetcher_free(f);
        return e;
    }
    *ret = f;
    return E_OK;
}

static void fetcher_destroy(struct fetcher *f)
{
    arena_free(f->pins_a);
    arena_free(f->a);
    ref_drop(f->lookups);
    free(f);
}

/* Nothing that calls back is on the stack. */
static void fetcher_end(struct fetcher *f)
{
    while (f->all != NULL)
        fetch_free(f->all);
    if (f->lookup != NULL)
        outbound_lookup_leave(f->lookup);
    if (f->kind != NULL)
        f->kind->close(f);
    if (!f->kicked)
        fetcher_destroy(f); /* else by the message that is on its way */
}

void fetcher_free(struct fetcher *f)
{
    if (f == NULL)
        return;
    f->freed = true;
    if (!f->inside)
        fetcher_end(f);
}
