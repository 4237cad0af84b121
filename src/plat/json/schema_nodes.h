/* SPDX-License-Identifier: Apache-2.0 */
/* Inside plat/json: the schemas inside a schema, found without recursion and checked. */
#ifndef PLAT_JSON_SCHEMA_NODES_H
#define PLAT_JSON_SCHEMA_NODES_H

#include "plat/json/schema.h"

enum keyword_kind {
    HERE,
    HERE_LIST,
    HERE_MAP,
    BELOW,
    BELOW_ARRAY,
    BELOW_ITEMS,
    BELOW_MAP,
    POOL,
    REF,
    REFUSED,
    PLAIN
};

/* One that is an object; true and false need no look. */
struct schema_node {
    struct json *v; /* in the document */
    str_t pointer;  /* in the document */
    bool in_array;  /* it describes elements of an array, or what is in them */
    size_t target;  /* of its $ref, + 1; 0: none */
};

struct schema_edge {
    size_t from;
    size_t to;
};

struct schema_nodes {
    struct arena *a;
    struct schema_node v[SCHEMA_NODES_MAX];
    size_t n;
    struct schema_edge *here; /* from applies to a value: so does to */
    size_t here_n;
    struct json
        *dropped;   /* borrowed: an array that keeps what was taken out of the document alive */
    bool new_draft; /* $schema is 2019-09, 2020-12 or absent: what stands beside $ref counts */
};

enum keyword_kind schema_keyword_kind(str_t name);

/* Of a document, which is not copied. E_BAD_FIELD as schema_compile. */
err_t schema_nodes_find(struct arena *a, struct json *doc, struct diag *why,
                        struct schema_nodes **ret) MUST_USE;

/*
 * Rewriting the document for the library, in this order. schema_move_refs: each "#..." becomes
 * "#<to>...", that of a schema of elements "#<to_of_arrays>...". schema_make_part: what SCHEMA_PART
 * leaves out. schema_prepare: words for people go, formats become patterns, what stands beside a
 * $ref moves or goes.
 */
err_t schema_move_refs(struct schema_nodes *nodes, str_t to, str_t to_of_arrays) MUST_USE;
err_t schema_make_part(struct schema_nodes *nodes) MUST_USE;
err_t schema_prepare(struct schema_nodes *nodes) MUST_USE;

#endif
