/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration file as nodes: YAML 1.2, of which JSON is a subset, through libfyaml. Which
 * settings exist is not known here. One document whose top is a mapping; names are text, each once;
 * no anchors, aliases or tags (a file that a person reads says what it means where it stands).
 */
#ifndef PLAT_CONF_CONF_H
#define PLAT_CONF_CONF_H

#include "base/str.h"

enum { CONF_FILE_MAX = 1024 * 1024, CONF_NODES_MAX = 4096, CONF_DEPTH_MAX = 16 };

enum conf_kind {
    CONF_NULL,   /* nothing, null or ~ without quotes */
    CONF_SCALAR, /* text, whatever it may mean */
    CONF_MAP,
    CONF_LIST,
};

struct conf_at { /* from 1; columns count characters */
    int line;
    int column;
};

struct conf_node {
    str_t path; /* "outbound.private[0]"; "" for the top */
    str_t name; /* of a member of a mapping; "" for the others */
    str_t text; /* of a CONF_SCALAR */
    enum conf_kind kind;
    bool quoted;            /* a scalar in quotes or a block scalar: text, never a number */
    struct conf_at at;      /* the value */
    struct conf_at name_at; /* the name; the value where there is none */
    size_t parent;          /* index; of the top: 0 */
    size_t count;           /* members or items */
};

/* In the order of the file; nodes[0] is the top, and a node stands before its members and items. */
struct conf_file {
    const char *name; /* as it was given: for messages */
    const struct conf_node *nodes;
    size_t n;
};

/* E_BAD_FIELD with "name:line:column: reason"; the errors of file_read; E_NO_MEMORY. Everything
 * lives in the arena. */
err_t conf_read(struct arena *a, const char *path, struct diag *why,
                struct conf_file *ret) MUST_USE;
err_t conf_parse(struct arena *a, const char *name, str_t text, struct diag *why,
                 struct conf_file *ret) MUST_USE;

/* By path; NULL when absent. */
const struct conf_node *conf_find(const struct conf_file *f, str_t path);

/* Refuse a node, or its name: E_BAD_FIELD, "name:line:column: " before the reason. */
err_t conf_refuse(const struct conf_file *f, struct conf_at at, struct diag *why, const char *fmt,
                  ...) PRINTF_LIKE(4, 5);

#endif
