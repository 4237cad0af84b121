/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Permissions as rows: who may call which tool (decide.h says what comes of them). All in
 * act->org; results live in act->arena. Each change notes its effect on memory.
 */
#ifndef DOMAIN_GATEWAY_PERMISSION_H
#define DOMAIN_GATEWAY_PERMISSION_H

#include "domain/gateway/decide.h"
#include "sql/gateway.h"

enum { PERMISSIONS_MAX = 2000 /* of one subject */, TOOL_TEXT_MAX = 256 };

/* Whose they are. */
struct permission_of {
    enum gate_subject kind;
    oid_t id;   /* zero: of the default */
    str_t name; /* for the record */
};
const char *gate_subject_name(enum gate_subject kind); /* "user" "group" ... "default" */
/* E_NOT_FOUND: there is no such subject here. */
err_t permission_of(struct act *act, enum gate_subject kind, oid_t id,
                    struct permission_of *ret) MUST_USE;

/* A tool as people write it: SERVER/TOOL, PREFIX__TOOL, or with a star for every tool of the
 * server, or a star alone for all. Of the organisation's servers only; those that people have for
 * themselves stand there by what they are. E_BAD_FIELD: it is not written so, there is no such
 * server, or it may be two. */
#define OWN_HOMEASSISTANT "own:homeassistant" /* no server can be called so */
err_t tool_place(struct act *act, str_t text, struct gate_place *ret) MUST_USE;
/* "SERVER/TOOL" again. `names` are those of server_names_load. */
struct server_names {
    const struct row_server_name *v;
    size_t n;
};
err_t server_names_load(struct act *act, struct server_names *ret) MUST_USE;
err_t tool_text(struct arena *a, const struct server_names *names, const struct gate_place *place,
                str_t *ret) MUST_USE;

struct permission_in { /* what is not set is left to the next less specific row */
    opt_bool_t can_read;
    opt_bool_t can_write;
    opt_bool_t can_execute;
    opt_bool_t is_enabled;
    opt_bool_t approval; /* each call waits for a person's yes */
    str_t arguments;     /* JSON, as condition.h has it; absent: none */
    str_t device;
};

/* As it would be stored: canonical. E_BAD_FIELD. */
err_t permission_check(struct act *act, const struct permission_in *in,
                       struct permission_in *ret) MUST_USE;
/* E_NOT_FOUND: nothing is said there. */
err_t permission_find(struct act *act, const struct permission_of *of,
                      const struct gate_place *place, struct row_permission *ret) MUST_USE;
/* The whole row, in place of one that may be there. E_BAD_FIELD, E_CONFLICT: PERMISSIONS_MAX. */
err_t permission_put(struct act *act, const struct permission_of *of,
                     const struct gate_place *place, const struct permission_in *in,
                     struct row_permission *ret) MUST_USE;
err_t permission_drop(struct act *act, const struct permission_of *of, oid_t id) MUST_USE;
/* E_NOT_FOUND. */
err_t permission_get(struct act *act, oid_t id, struct row_permission *ret) MUST_USE;
/* Those of everybody, in the order of their ids. */
struct permission_row {
    struct row_permission row;
    struct permission_of of;
};
err_t permission_all(struct act *act, oid_t after, int64_t limit, struct permission_row **ret,
                     size_t *ret_n) MUST_USE;
err_t permission_page(struct act *act, const struct permission_of *of, oid_t after, int64_t limit,
                      struct row_permission **ret, size_t *ret_n) MUST_USE;

/* What counts for a subject: of a group, and of the default, the default alone. One reference. */
err_t permission_access(struct act *act, const struct permission_of *of,
                        struct gate_access **ret) MUST_USE;

#endif
