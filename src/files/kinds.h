/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set-up as files: what may stand in them. A world is one JSON object with a member for each
 * section, in which every object stands under its name as the files write it; both what is wanted
 * and what a server has are such worlds, so that they can be compared.
 */
#ifndef FILES_KINDS_H
#define FILES_KINDS_H

#include "plat/json/json.h"

enum file_compare {
    COMPARE_VALUE,
    COMPARE_SET,    /* a list whose order says nothing */
    COMPARE_LOOSE,  /* an empty object is nothing */
    COMPARE_FIXED,  /* cannot be changed after the making */
    COMPARE_SECRET, /* the server does not show it: sent with the making, or when told */
};

enum { FILE_MEMBERS_MAX = 40 };

struct file_member {
    const char *name;
    enum file_compare compare;
    const char *names; /* the section whose objects its texts name; NULL: none */
    bool place;        /* only up to the first slash; * names none */
    bool apart;        /* not sent with the object, but by calls of its own */
    bool later;        /* not taken by the call that makes the object: changed after it */
};

/* E_BAD_FIELD: what the name is made of is missing. */
typedef err_t file_row_name_f(struct arena *a, const struct json *row, str_t *ret);

struct file_kind {
    const char *section; /* "service_accounts" */
    const char *noun;    /* "service account" */
    const char *path;    /* below /api/v1 */
    const char *target;  /* as the record calls it: what the server remembers as made by files */
    const char *key;     /* the member of the API that is its name; NULL: of a list */
    bool list;           /* in the files a list; the name of a row is made of its members: */
    file_row_name_f *row_name;
    const char *wants; /* what a row must have for it */
    bool optional;     /* the matter of few: who may not read it goes on without */
    bool stays;        /* no call deletes one, nor does --prune */
    const struct file_member *members;
    size_t members_n;
};

/* In the order in which things must be made; they are deleted in the other. */
extern const struct file_kind file_kinds[];
extern const size_t file_kinds_n;

const struct file_kind *file_kind_find(str_t section); /* NULL: none */
const struct file_member *file_member_find(const struct file_kind *k, str_t name);
/* Whose a permission is: the member that says so. E_BAD_FIELD: none of them, or several. */
err_t file_permission_of(const struct json *row, const char **ret) MUST_USE;
/* What stands before the first slash of a tool; absent: it is none of one server. It may be
 * FILE_OWN_HOMEASSISTANT, which is none that files have: what people have for themselves. */
#define FILE_OWN_HOMEASSISTANT "own:homeassistant"
str_t file_tool_server(str_t tool);

/* world[section][name]; NULL: absent. */
const struct json *world_object(const struct json *world, const struct file_kind *k, str_t name);
/* The section, made where it is missing. NULL: no memory. */
struct json *world_section(struct json *world, const struct file_kind *k);

#endif
