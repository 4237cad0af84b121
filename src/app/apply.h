/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `apply`, `plan` and `export`: a set-up as files (docs/FILES.md). What is wanted, and what the
 * server has, are worlds (files/kinds.h); the difference is a plan, and each of its steps is a few
 * calls of the API.
 */
#ifndef APP_APPLY_H
#define APP_APPLY_H

#include "app/cli_call.h"
#include "files/reach.h"

struct apply {
    struct cli *cli;
    struct cli_options options;
    struct cli_client client;
    const char *dir;     /* of the files */
    const char *secrets; /* where client secrets go; NULL: nowhere */
    bool only_plan;
    bool prune;
    bool renew; /* secrets that the files name are sent again */
    struct json *wanted;
    struct json *had;
    struct json *ids;     /* a world of ids as texts */
    struct json *names;   /* {id: name} of all of them */
    struct json *owned;   /* a world of what was made by files */
    struct json *members; /* {group: [username ...]} */
    struct plan plan;
    struct reach reach;
};

/* apply_fetch.c: had, ids, names, owned. */
err_t apply_fetch(struct apply *p) MUST_USE;
/* Of every group that an application of the plan was or will be bound to. */
err_t apply_fetch_members(struct apply *p) MUST_USE;

/* apply_calls.c: one call; *ret is NULL without a body, and the caller's. `path` below /api/v1. */
err_t apply_get(struct apply *p, str_t path, struct json **ret) MUST_USE;
err_t apply_send(struct apply *p, const char *method, str_t path, const struct json *body,
                 struct json **ret) MUST_USE;
/* Each row of a list, page by page. */
typedef err_t apply_row_f(struct apply *p, const struct file_kind *k, const struct json *row);
err_t apply_each(struct apply *p, str_t path, const struct file_kind *k, apply_row_f *row) MUST_USE;

/* apply_secret.c: what a file names by reference, {env: NAME} or {file: PATH}; *ret is the
 * caller's. E_USAGE: a secret stands there itself, or what it names is not there. */
err_t apply_resolve(struct apply *p, const struct step *s, const struct file_member *m,
                    const struct json *v, struct json **ret) MUST_USE;
/* What the server shows once: into a file of its own, with --secrets DIR. */
err_t apply_keep_secret(struct apply *p, const struct step *s, const struct json *made) MUST_USE;

/* apply_run.c: do the steps. */
err_t apply_run(struct apply *p) MUST_USE;

/* apply_say.c */
err_t apply_say(struct apply *p) MUST_USE;

#endif
