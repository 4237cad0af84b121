/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON Schema, draft 7 and what later drafts have in common with it, by valijson (docs/SCHEMAS.md
 * says exactly which; docs/adr/0009-json-schema.md why). A schema is closed: no document is ever
 * fetched. Work is bounded: sizes when it is compiled, steps when it is used.
 */
#ifndef PLAT_JSON_SCHEMA_H
#define PLAT_JSON_SCHEMA_H

#include "plat/json/json.h"

enum {
    SCHEMA_TEXT_MAX = 64 * 1024, /* bytes of the canonical text */
    SCHEMA_NODES_MAX = 500,      /* schemas inside it, each object that is one */
    SCHEMA_CHAIN_MAX = 32,       /* $ref, allOf and their like that lead to one another */
    SCHEMA_STEPS_MAX = 2000000,  /* looks at values and steps of patterns in one check */
    SCHEMA_FAULTS_MAX = 20,
};

enum schema_mode {
    SCHEMA_WHOLE,
    /* The value is one layer of several that are merged: outside arrays nothing need be there yet
     * (required, minProperties, dependencies), and what looks at an object as a whole (anyOf,
     * oneOf, not, if, enum, const) is left for the whole. */
    SCHEMA_PART,
};

struct schema;

/* E_BAD_FIELD with the JSON Pointer into the schema as the field: not a schema, or one that is not
 * taken. E_NO_MEMORY. */
err_t schema_compile(const struct json *doc, enum schema_mode mode, struct diag *why,
                     struct schema **ret) MUST_USE;
void schema_free(struct schema *s); /* NULL is fine */
static inline void schema_freep(struct schema **s)
{
    schema_free(*s);
}

struct schema_fault {
    str_t pointer;       /* into the value, RFC 6901 */
    const char *keyword; /* "maximum" */
    const char *message; /* base/message.h: one sentence; never a value */
    str_t of;            /* what stands for the %.*s in it: a bound, the name of a member */
};

struct schema_faults {
    struct schema_fault v[SCHEMA_FAULTS_MAX];
    size_t n; /* 0: it is valid */
};

/* The first faults, in `a`. E_TOO_BIG: more steps than SCHEMA_STEPS_MAX. E_NO_MEMORY. */
err_t schema_validate(struct arena *a, const struct schema *s, const struct json *value,
                      struct schema_faults *ret) MUST_USE;
/* What is wanted, in `a`; NULL: in English. */
err_t schema_fault_want(struct arena *a, const struct schema_fault *f, const struct messages *in,
                        str_t *ret) MUST_USE;

#endif
