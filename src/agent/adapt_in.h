/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the adapters: the files, shared by what writes them (adapt.c), what remembers them
 * (adapt_store.c) and what finds them changed (adapt_drift.c). */
#ifndef AGENT_ADAPT_IN_H
#define AGENT_ADAPT_IN_H

#include "agent/adapt.h"
#include "agent/adapt_map.h"
#include "agent/store.h"
#include "base/enc.h"
#include "plat/crypto/crypto.h"
#include "plat/os/watch.h"

enum {
    ADAPT_HASH = 2 * SHA256_SIZE + 1,
    ADAPT_POINTERS_MAX = 8, /* of a file's drift */
    ADAPT_POINTER_MAX = 160,
    ADAPT_ARENA_MAX = 64 * 1024 * 1024
};

struct adapt_target {
    const struct adapt_product *product;
    char path[AGENT_PATH_MAX];
    char pointer[AGENT_TEXT]; /* of what has no subtree of its own */
    struct buf want;
    char hash[ADAPT_HASH];   /* of what we wrote last, and... */
    char before[ADAPT_HASH]; /* ...of what stood there before that; "-": nothing did */
    bool taken;              /* ours: it has been written once */
    struct json *kept;
    _Atomic uint64_t stamp; /* of the file when it was right; 0: look into it */
    char why[AGENT_TEXT];   /* it is not as it should be; "": it is */
    /* What others did to it, for the next report. */
    char drift[ADAPT_POINTERS_MAX][ADAPT_POINTER_MAX];
    size_t drift_shown;
    int64_t drift_n;
};

struct adapt {
    struct arena *life; /* holds this */
    struct arena *step; /* of one call */
    char dir[AGENT_PATH_MAX];
    void (*tell)(void *arg, const char *event, const char *reason);
    void (*wake)(void *arg);
    void *arg;
    struct watch *watch; /* NULL: they are looked at between two questions only */
    struct adapt_target targets[ADAPT_TARGETS_MAX];
    size_t n;
    struct buf note;
    struct buf text; /* of a report */
    struct buf failure;
    int64_t drifted_us;
    bool moved;   /* a file has failed, or holds again what it should */
    bool telling; /* the last report has the drift */
    dur_t told;   /* when drift was reported last */
};

/* E_NOT_FOUND: nothing was stored. E_CORRUPT, E_NO_MEMORY. */
err_t adapt_load(struct adapt *x) MUST_USE;
err_t adapt_save(struct adapt *x, struct diag *why) MUST_USE;

/* Somebody else made `have` of the file (absent: no file): journal it, and note it for the
 * report. E_NO_MEMORY. */
err_t adapt_drifted(struct adapt *x, struct adapt_target *t, str_t have) MUST_USE;

void adapt_hash(str_t bytes, char out[static ADAPT_HASH]);

#endif
