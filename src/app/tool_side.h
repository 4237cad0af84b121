/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What somebody may call, in a world of files: the rows of its section `permissions`, decided by
 * the gateway itself (domain/gateway/decide.h). A tool stands here as permissions name it; what a
 * permission wants of arguments or of a device is taken to be so.
 */
#ifndef APP_TOOL_SIDE_H
#define APP_TOOL_SIDE_H

#include "domain/gateway/decide.h"
#include "files/kinds.h"

struct tool_row;

struct tool_side {
    const struct json *world;
    const struct json *people;   /* {group: [username ...]} */
    const struct json *machines; /* {group: [machine_id ...]} */
    const struct json *numbers;  /* {server: its number}: of both sides */
    struct tool_row *rows;
    size_t n;
    struct gate_rule *rules; /* room for those of one principal */
};

struct tool_principal {
    enum gate_subject kind; /* GATE_SUBJECT_DEFAULT: nobody in particular */
    str_t name;
};

struct tool_verdict {
    bool yes[GATE_CLASSES];
    bool waits;                          /* for a person's yes */
    const struct json *by[GATE_CLASSES]; /* the row that decides; NULL: none does */
};

/* `s` has all but its rows. E_NO_MEMORY. */
err_t tool_side_make(struct arena *a, struct tool_side *s) MUST_USE;
/* What counts for somebody; it lives until the next call. */
struct gate_access tool_side_access(const struct tool_side *s, const struct tool_principal *who);
struct tool_verdict tool_side_verdict(const struct tool_side *s, const struct gate_access *access,
                                      str_t tool);
/* Whose a row is. */
struct tool_principal tool_row_principal(const struct json *row);

#endif
