/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `apply`, `plan` and `export`: a set-up as files (docs/FILES.md). What is wanted, and what the
 * server has, are worlds (files/kinds.h); the difference is a plan, and each of its steps is a few
 * calls of the API.
 */
#ifndef APP_APPLY_H
#define APP_APPLY_H

#include "app/cli_call.h"
#include "domain/gateway/access.h"
#include "files/reach.h"

/* What becomes of somebody's right to call a tool. */
enum tool_turn { TOOL_SAME, TOOL_GAINS, TOOL_LOSES, TOOL_NARROWS /* under other conditions */ };
struct tool_change {
    str_t who;
    enum gate_subject kind; /* GATE_SUBJECT_DEFAULT: everybody to whom nothing else applies */
    str_t tool;             /* as permissions name it */
    enum gate_class class;
    enum tool_turn turn;
};
struct tool_reach {
    struct tool_change *v;
    size_t n;
};

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
    struct json *ids;      /* a world of ids as texts */
    struct json *names;    /* {id: name} of all of them */
    struct json *owned;    /* a world of what was made by files */
    struct json *members;  /* {group: [username ...]} */
    struct json *machines; /* {group: [machine_id ...]} */
    str_t group;           /* whose members are being read */
    struct plan plan;
    struct reach reach;
    struct tool_reach tools;
};

typedef err_t apply_row_f(struct apply *p, const struct file_kind *k, const struct json *row);

/* apply_fetch.c: had, ids, names, owned. */
err_t apply_fetch(struct apply *p) MUST_USE;
/* Of every group that an application of the plan was or will be bound to. */
err_t apply_fetch_members(struct apply *p) MUST_USE;

/* For the readers of rows. Those members of an answer that a file may name. */
err_t apply_project(const struct file_kind *k, const struct json *row, struct json *to) MUST_USE;
/* Remember an object by name and id; takes `object` over. */
err_t apply_keep(struct apply *p, const struct file_kind *k, str_t name, str_t id,
                 struct json *object) MUST_USE;
str_t apply_name_of(const struct apply *p, str_t id); /* absent: nothing that files know */

/* apply_permissions.c: permissions have no name of their own, and a call for each kind of who they
 * are for. */
apply_row_f apply_permission_row;
/* People and machines that the files name. E_USAGE: there is no such one. */
err_t apply_permission_subjects(struct apply *p) MUST_USE;
err_t apply_permission_put(struct apply *p, const struct step *s) MUST_USE;
/* What is said for people and machines by hand is no part of a set-up. */
err_t apply_permission_export(struct apply *p) MUST_USE;

/* apply_tools.c: who may call which tool before and after. */
err_t apply_tools(struct apply *p) MUST_USE;

/* apply_calls.c: one call; *ret is NULL without a body, and the caller's. `path` below /api/v1. */
err_t apply_get(struct apply *p, str_t path, struct json **ret) MUST_USE;
err_t apply_send(struct apply *p, const char *method, str_t path, const struct json *body,
                 struct json **ret) MUST_USE;
/* Each row of a list, page by page. */
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
