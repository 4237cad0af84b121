/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON Schemas of configurations: per organisation, one for each namespace, which is a JSON Pointer
 * through object members ("" is the whole configuration). All in act->org; an id of another
 * organisation is E_NOT_FOUND. Results live in act->arena.
 */
#ifndef DOMAIN_POLICY_CONFIG_SCHEMA_H
#define DOMAIN_POLICY_CONFIG_SCHEMA_H

#include "domain/live/act.h"
#include "plat/json/schema.h"
#include "sql/schema.h"

enum {
    CONFIG_SCHEMAS_MAX = 16, /* of an organisation */
    CONFIG_NAMESPACE_MAX = 256,
    CONFIG_SCHEMA_BREAKS_MAX = 50,
};

struct config_schema_in {
    str_t namespace;   /* of a new one */
    str_t description; /* absent: as it is; empty: none */
    str_t content;     /* canonical text */
};

/* E_BAD_FIELD: no pointer, or no schema that is taken; act->why.field is "namespace" or "/schema"
 * and a pointer. E_CONFLICT: the namespace has one, or there are CONFIG_SCHEMAS_MAX. */
err_t config_schema_check(struct act *act, const struct config_schema_in *in) MUST_USE;
err_t config_schema_create(struct act *act, const struct config_schema_in *in,
                           struct row_config_schema *ret) MUST_USE;
err_t config_schema_get(struct act *act, oid_t id, struct row_config_schema *ret) MUST_USE;
/* The content of an older revision in place of its own. */
err_t config_schema_at(struct act *act, int64_t revision,
                       struct row_config_schema *schema) MUST_USE;
err_t config_schema_list(struct act *act, oid_t after, int64_t limit,
                         struct row_config_schema_line **ret, size_t *ret_n) MUST_USE;
err_t config_schema_change(struct act *act, const struct row_config_schema *old,
                           const struct config_schema_in *in,
                           struct row_config_schema *ret) MUST_USE;
err_t config_schema_delete(struct act *act, oid_t id) MUST_USE;

/*
 * Does what a policy says obey the organisation's schemas, as one layer of several (SCHEMA_PART)?
 * References to secrets stand for texts, null members for what they take away. E_BAD_FIELD with
 * each fault in act->flaws, below "/content". E_TOO_BIG becomes E_BAD_FIELD too.
 */
err_t content_obey_schemas(struct act *act, const struct json *content) MUST_USE;

/*
 * What is wrong with the effective configuration of a device, `required` included: pointers into
 * `config`. Nothing is refused by it: it is shown beside a preview. *ret in act->arena.
 */
err_t schema_check_effective(struct act *act, const struct json *config,
                             struct schema_faults *ret) MUST_USE;

/* What a change of a schema breaks. */
struct schema_break {
    oid_t policy; /* zero: the schema itself is stricter than it was */
    str_t policy_name;
    int64_t number;
    str_t version;
    str_t pointer; /* into the configuration; or, of the schema itself, into the schema */
    str_t keyword;
    str_t want;
};

struct schema_breaks {
    struct schema_break v[CONFIG_SCHEMA_BREAKS_MAX];
    size_t n;
};

/*
 * `old`: absent content: a new schema. Published and assigned versions that would not obey it, and
 * what makes it stricter than the old one: a required member, a narrower type, fewer values, closed
 * additionalProperties, tighter bounds. Errors as config_schema_create.
 */
err_t config_schema_breaks(struct act *act, str_t namespace, str_t old, str_t content,
                           struct schema_breaks *ret) MUST_USE;

#endif
