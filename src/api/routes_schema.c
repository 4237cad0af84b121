/* SPDX-License-Identifier: Apache-2.0 */
/* JSON Schemas that configurations must obey. */
#include "api/handlers_schema.h"
#include "api/routes_parts.h"
#include "api/shapes_schema.h"

enum { SCHEMA_BODY_MAX = 256 * 1024 }; /* 64 KiB in canonical form, with blanks and escapes */

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET,    "/schemas",      schemas_list,   .auth = AUTH_ACTOR, MAY(POLICY_READ),  .tx = TX_READ,
      .query = &config_schema_query_shape, .out = &config_schema_line_shape, .out_list = true,
      .doc = "The schemas of the organisation, without their content." },
    { HTTP_POST,   "/schemas",      schemas_create, .auth = AUTH_ACTOR, MAY(POLICY_WRITE), .tx = TX_WRITE,
      .idem = true, .prepare = schemas_create_prepare,
      .in = &config_schema_in_shape, .body_max = SCHEMA_BODY_MAX, .out = &config_schema_line_shape,
      .audit = "schema.created",
      .doc = "Describe a namespace; 409 with `breaks` if published versions would not obey, unless `force`." },
    { HTTP_GET,    "/schemas/{id}", schemas_get,    .auth = AUTH_ACTOR, MAY(POLICY_READ),  .tx = TX_READ,
      .query = &config_schema_which_shape, .out = &config_schema_out_shape,
      .doc = "A schema, or an older revision of it." },
    { HTTP_PUT,    "/schemas/{id}", schemas_change, .auth = AUTH_ACTOR, MAY(POLICY_WRITE), .tx = TX_WRITE,
      .prepare = schemas_change_prepare,
      .in = &config_schema_put_shape, .body_max = SCHEMA_BODY_MAX, .out = &config_schema_line_shape,
      .audit = "schema.changed",
      .doc = "Another revision; 409 with `breaks` if it is stricter or published versions would not obey, "
             "unless `force`." },
    { HTTP_DELETE, "/schemas/{id}", schemas_delete, .auth = AUTH_ACTOR, MAY(POLICY_WRITE), .tx = TX_WRITE,
      .audit = "schema.deleted",
      .doc = "Delete a schema with its revisions: its namespace takes anything again." },
};
/* clang-format on */

const struct route_table routes_schema = { rows, ARRAY_LEN(rows) };
