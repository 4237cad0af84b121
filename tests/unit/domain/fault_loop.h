/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each fallible step of a call fails once (STYLE 30), until a run sees no fault. A fault of ours is
 * told as ours, and what the caller gets is written on success only (STYLE 11).
 */
#ifndef TESTS_DOMAIN_FAULT_LOOP_H
#define TESTS_DOMAIN_FAULT_LOOP_H

#include "check.h"
#include "fleet_world.h"

enum { FAULT_RET_MAX = 4096, FAULT_UNWRITTEN = 0xa5, FAULT_STEPS_MAX = 20000 };

struct fault_case {
    const char *name;
    err_t (*run)(struct world *w, void *ret); /* in a transaction that is rolled back */
    size_t ret_n;                             /* bytes of `ret` that it writes */
};

static inline void fails_whole(struct world *w, const struct fault_case *c)
{
    static _Alignas(max_align_t) uint8_t ret[FAULT_RET_MAX];
    static uint8_t unwritten[FAULT_RET_MAX];
    const struct actor actor = w->act.actor;
    const oid_t org = w->act.org;
    struct arena *long_lived = w->act.arena;
    bool fired = true;
    check(c->ret_n <= FAULT_RET_MAX, c->name);
    memset(unwritten, FAULT_UNWRITTEN, sizeof unwritten);
    for (long n = 0; fired; n++) {
        memset(ret, FAULT_UNWRITTEN, sizeof ret);
        world_begin(w);
        fault_arm(n);
        struct arena *a = arena_new(MIB(1));
        w->act.arena = a;
        err_t e = a == NULL ? E_NO_MEMORY : c->run(w, ret);
        fired = fault_used();
        fault_disarm();
        db_tx_rollback(w->store.db);
        arena_free(a);
        w->act.arena = long_lived;
        w->act.actor = actor;
        w->act.org = org;
        if (fired && err_info(e)->status < 500)
            fail_msg("%s: step %ld fails as %s (%s)", c->name, n, err_info(e)->slug,
                     w->act.why.text);
        if (fired && memcmp(ret, unwritten, c->ret_n) != 0)
            fail_msg("%s: step %ld fails and writes a result", c->name, n);
        if (!fired && e != E_OK)
            fail_msg("%s: %s (%s)", c->name, err_info(e)->slug, w->act.why.text);
        check(fired || n > 0, c->name); /* it has steps that can fail */
        check(n < FAULT_STEPS_MAX, c->name);
    }
}

#endif
