/* SPDX-License-Identifier: Apache-2.0 */
/* What the load client asks, over and over: one request text with holes for a token or a number. */
#ifndef BENCH_PLAN_H
#define BENCH_PLAN_H

#include <stddef.h>
#include <stdint.h>

enum { PLAN_TEXT = 2048 };

enum plan_mode {
    PLAN_GET,    /* GET path, a device's token each time another, If-None-Match as given */
    PLAN_VERIFY, /* POST path {"token":...}, the bearer fixed, each time another device's token */
    PLAN_ENROL,  /* POST path {"machine_id":...}, the bearer fixed, each machine once */
    PLAN_POST,   /* POST path with a body and type that never change */
};

struct plan_in {
    enum plan_mode mode;
    const char *host; /* "127.0.0.1:8080" */
    const char *path;
    const char *bearer; /* NULL: none, or the device's */
    const char *etag;   /* NULL: no If-None-Match */
    const char *prefer; /* NULL: no Prefer */
    const char *body;   /* of PLAN_POST */
    const char *type;   /* its Content-Type */
    const char *fields; /* further lines of its head, each with CRLF; NULL: none */
    const char *run;    /* makes machine names of this run unique */
    uint64_t devices;   /* how many tokens take turns */
};

struct plan {
    enum plan_mode mode;
    uint64_t devices;
    char text[PLAN_TEXT];
    size_t n;
    size_t hole;  /* where the token or the number stands; 0: no hole */
    char *tokens; /* devices * BENCH_TOKEN bytes, owned */
};

enum { PLAN_NUMBER = 12 }; /* digits of a machine's number */

/* 0: it does not fit, or memory is short. */
int plan_init(struct plan *p, const struct plan_in *in);
void plan_fini(struct plan *p);
/* The request number `n` into `out` (PLAN_TEXT bytes), which holds the plan's text already but for
 * the hole. */
void plan_fill(const struct plan *p, uint64_t n, char *out);

#endif
