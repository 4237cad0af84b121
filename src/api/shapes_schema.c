/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_schema.h"

#include "domain/policy/config_schema.h"

enum { DESCRIPTION_MAX = 2048, PAGE_MAX = 500 };

/* clang-format off */
static const struct field in_fields[] = {
    FIELD(struct config_schema_body, namespace,   OPT, .max = CONFIG_NAMESPACE_MAX, .text = TEXT_LINE,
          .doc = "a JSON Pointer; \"\", or absent: the whole configuration"),
    FIELD(struct config_schema_body, schema,      REQ, .max = SCHEMA_TEXT_MAX, .json = JSON_OBJECT_OPEN,
          .doc = "a JSON Schema (docs/SCHEMAS.md)"),
    FIELD(struct config_schema_body, description, OPT, .max = DESCRIPTION_MAX),
    FIELD(struct config_schema_body, force,       OPT, .doc = "although it breaks what is published"),
};
static const struct field put_fields[] = {
    FIELD(struct config_schema_body, schema,      REQ, .max = SCHEMA_TEXT_MAX, .json = JSON_OBJECT_OPEN),
    FIELD(struct config_schema_body, description, OPT, .max = DESCRIPTION_MAX,
          .doc = "null: none; absent: as it is"),
    FIELD(struct config_schema_body, force,       OPT, .doc = "although it breaks what is published"),
};
static const struct field out_fields[] = {
    FIELD(struct config_schema_out, id),
    FIELD(struct config_schema_out, namespace),
    FIELD(struct config_schema_out, description),
    FIELD(struct config_schema_out, revision),
    FIELD(struct config_schema_out, schema),
    FIELD(struct config_schema_out, created_at),
    FIELD(struct config_schema_out, updated_at, .doc = "when this revision was made"),
    FIELD(struct config_schema_out, etag),
};
static const struct field line_fields[] = {
    FIELD(struct config_schema_out, id),
    FIELD(struct config_schema_out, namespace),
    FIELD(struct config_schema_out, description),
    FIELD(struct config_schema_out, revision),
    FIELD(struct config_schema_out, created_at),
    FIELD(struct config_schema_out, updated_at),
    FIELD(struct config_schema_out, etag),
};
static const struct field query_fields[] = {
    FIELD_AS(struct config_schema_query, page.limit,  "limit",  OPT, .min = 1, .max = PAGE_MAX),
    FIELD_AS(struct config_schema_query, page.cursor, "cursor", OPT, .max = 512, .text = TEXT_TOKEN),
};
static const struct field which_fields[] = {
    FIELD(struct config_schema_which, revision, OPT, .min = 1, .max = INT32_MAX,
          .doc = "as it was then; absent: as it is"),
};
/* clang-format on */

const struct shape config_schema_in_shape = SHAPE(struct config_schema_body, "SchemaIn", in_fields);
const struct shape config_schema_put_shape =
    SHAPE(struct config_schema_body, "SchemaPut", put_fields);
const struct shape config_schema_out_shape = SHAPE(struct config_schema_out, "Schema", out_fields);
const struct shape config_schema_line_shape =
    SHAPE(struct config_schema_out, "SchemaLine", line_fields);
const struct shape config_schema_query_shape =
    SHAPE(struct config_schema_query, "SchemaQuery", query_fields);
const struct shape config_schema_which_shape =
    SHAPE(struct config_schema_which, "SchemaWhich", which_fields);
