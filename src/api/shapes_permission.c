/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_permission.h"

#include "domain/gateway/permission.h"

enum { PAGE_MAX = 500, ARGUMENTS_MAX = 64 * 1024, REASON_MAX = 512 };

static const char *const accesses[] = { "READ", "WRITE", "EXECUTE", NULL };
static const char *const subjects[] = { "user",  "service-account", "device",
                                        "group", "default",         NULL };

/* clang-format off */
static const struct field in_fields[] = {
    FIELD(struct permission_body, tool,        REQ, .min = 1, .max = TOOL_TEXT_MAX, .text = TEXT_LINE,
          .doc = "SERVER/TOOL, PREFIX__TOOL, SERVER/* or *; SERVER/prompt:NAME, SERVER/resource:URI, "
                 "with * for NAME or URI for all; own:homeassistant in place of SERVER: the own Home "
                 "Assistants of all people"),
    FIELD(struct permission_body, can_read,    OPT, .doc = "absent: what is less specific says"),
    FIELD(struct permission_body, can_write,   OPT),
    FIELD(struct permission_body, can_execute, OPT),
    FIELD(struct permission_body, is_enabled,  OPT, .doc = "false: off, whatever else is allowed"),
    FIELD(struct permission_body, approval,    OPT, .doc = "true: each call waits for a person's yes"),
    FIELD(struct permission_body, arguments,   OPT, .max = GATE_CONDITIONS_TEXT, .json = JSON_VALUE,
          .doc = "allowed only where all hold: a list of {pointer, op, value} with op eq, in, prefix, glob, "
                 "min, max or absent"),
    FIELD(struct permission_body, device,      OPT, .max = GATE_CONDITIONS_TEXT, .json = JSON_OBJECT_OPEN,
          .doc = "allowed only from such a device: {enrolled, credential_level, labels}"),
};
static const struct field ins_fields[] = {
    FIELD(struct permissions_body, permissions, REQ, .min = 1, .max = PERMISSIONS_BULK_MAX,
          .of = &permission_in_shape),
};
static const struct field inherited_fields[] = {
    FIELD(struct inherited_out, can_read),
    FIELD(struct inherited_out, can_write),
    FIELD(struct inherited_out, can_execute),
    FIELD(struct inherited_out, is_enabled),
    FIELD(struct inherited_out, approval),
};
static const struct shape inherited_shape =
    SHAPE(struct inherited_out, "PermissionInherited", inherited_fields);
static const struct field out_fields[] = {
    FIELD(struct permission_out, id),
    FIELD(struct permission_out, subject_kind, .doc = "user, service-account, device, group or default"),
    FIELD(struct permission_out, subject_id, .doc = "null: everybody"),
    FIELD(struct permission_out, subject_name),
    FIELD(struct permission_out, tool, .doc = "SERVER/TOOL, SERVER/* or *"),
    FIELD(struct permission_out, server_id),
    FIELD(struct permission_out, can_read),
    FIELD(struct permission_out, can_write),
    FIELD(struct permission_out, can_execute),
    FIELD(struct permission_out, is_enabled),
    FIELD(struct permission_out, approval),
    FIELD(struct permission_out, arguments, .json = JSON_VALUE),
    FIELD(struct permission_out, device, .json = JSON_OBJECT_OPEN),
    FIELD(struct permission_out, inherited, .of = &inherited_shape, .omit = true,
          .doc = "what would hold without this row; not in the list of all"),
    FIELD(struct permission_out, created_at),
    FIELD(struct permission_out, updated_at),
    FIELD(struct permission_out, etag),
};
static const struct field outs_fields[] = {
    FIELD(struct permissions_out, permissions, .of = &permission_out_shape),
};
static const struct field query_fields[] = {
    FIELD_AS(struct permission_query, page.limit,  "limit",  OPT, .min = 1, .max = PAGE_MAX),
    FIELD_AS(struct permission_query, page.cursor, "cursor", OPT, .max = 512, .text = TEXT_TOKEN),
};
static const struct field mine_query_fields[] = {
    FIELD_AS(struct mine_query, page.limit,  "limit",  OPT, .min = 1, .max = PAGE_MAX),
    FIELD_AS(struct mine_query, page.cursor, "cursor", OPT, .max = 512, .text = TEXT_TOKEN),
    FIELD(struct mine_query, refused, OPT,
          .doc = "true: with those that may be asked for (POST /portal/tool-requests)"),
};
static const struct field validate_fields[] = {
    FIELD(struct permission_check, tool,      REQ, .min = 1, .max = TOOL_TEXT_MAX, .text = TEXT_LINE),
    FIELD(struct permission_check, access,    REQ, .oneof = accesses),
    FIELD(struct permission_check, user_id,   OPT, .doc = "a person; nobody named: who asks"),
    FIELD(struct permission_check, service_account_id, OPT),
    FIELD(struct permission_check, device_id, OPT,
          .doc = "alone, or with a person: the device that he is on"),
    FIELD(struct permission_check, group_id,  OPT,
          .doc = "in place of a person: whoever is in this group and in no other"),
    FIELD(struct permission_check, everybody, OPT,
          .doc = "true, in place of a person: whoever is in no group"),
    FIELD(struct permission_check, arguments, OPT, .max = ARGUMENTS_MAX, .json = JSON_OBJECT_OPEN,
          .doc = "of the call, one object; absent: it has none"),
};
static const struct field draft_fields[] = {
    FIELD(struct permission_draft, permissions, OPT, .max = PERMISSIONS_DRAFT_MAX, .of = &permission_in_shape,
          .doc = "that would be written"),
    FIELD(struct permission_draft, drop,        OPT, .max = PERMISSIONS_DRAFT_MAX, .text = TEXT_TOKEN,
          .doc = "ids of rows that would be taken back"),
};
static const struct shape draft_shape = SHAPE(struct permission_draft, "PermissionDraft", draft_fields);
static const struct field preview_fields[] = {
    FIELD(struct permission_preview, subject_kind, REQ, .oneof = subjects),
    FIELD(struct permission_preview, subject_id,   OPT, .doc = "absent: everybody"),
    FIELD(struct permission_preview, permissions,  OPT, .max = PERMISSIONS_DRAFT_MAX,
          .of = &permission_in_shape,
          .doc = "that would be written"),
    FIELD(struct permission_preview, drop,         OPT, .max = PERMISSIONS_DRAFT_MAX, .text = TEXT_TOKEN,
          .doc = "ids of rows that would be taken back"),
};
static const struct field validates_fields[] = {
    FIELD(struct permission_checks, checks, REQ, .min = 1, .max = VALIDATES_MAX,
          .of = &permission_check_shape),
    FIELD(struct permission_checks, draft, OPT, .of = &draft_shape,
          .doc = "what if this were said for whom each check is about? wants tool:read"),
};
static const struct field validate_out_fields[] = {
    FIELD(struct permission_verdict, allowed),
    FIELD(struct permission_verdict, listed, .doc = "some call of the tool would be allowed"),
    FIELD(struct permission_verdict, rule,   .doc = "the permission that decides; null: none does"),
    FIELD(struct permission_verdict, source,
          .doc = "user, service-account, device, group NAME, default, built-in; or what stands before all of "
                 "them: pin, server, owner, principal"),
    FIELD(struct permission_verdict, reason),
    FIELD(struct permission_verdict, class,  .doc = "of the tool, where one was seen"),
    FIELD(struct permission_verdict, needs_approval),
    FIELD(struct permission_verdict, approval_rule,
          .doc = "the permission that wants a person's yes; null: none does, though the tool itself may"),
};
static const struct field validates_out_fields[] = {
    FIELD(struct permission_verdicts, results, .of = &permission_verdict_shape,
          .doc = "in the order of checks"),
};
static const struct field mine_fields[] = {
    FIELD(struct mine_out, id, .doc = "of the tool"),
    FIELD(struct mine_out, tool),
    FIELD(struct mine_out, title,        .doc = "of the tool, in its server's words"),
    FIELD(struct mine_out, description,  .doc = "its beginning"),
    FIELD(struct mine_out, server_title),
    FIELD(struct mine_out, class),
    FIELD(struct mine_out, allowed,      .doc = "false: refused, and no permission gives it"),
    FIELD(struct mine_out, conditional, .doc = "some arguments are refused"),
    FIELD(struct mine_out, needs_approval),
    FIELD(struct mine_out, rule),
    FIELD(struct mine_out, source),
};
/* clang-format on */

const struct shape permission_in_shape = SHAPE(struct permission_body, "PermissionIn", in_fields);
const struct shape permissions_in_shape =
    SHAPE(struct permissions_body, "PermissionsIn", ins_fields);
const struct shape permission_out_shape = SHAPE(struct permission_out, "Permission", out_fields);
const struct shape permissions_out_shape =
    SHAPE(struct permissions_out, "Permissions", outs_fields);
const struct shape permission_query_shape =
    SHAPE(struct permission_query, "PermissionQuery", query_fields);
const struct shape permission_check_shape =
    SHAPE(struct permission_check, "PermissionCheck", validate_fields);
const struct shape permission_checks_shape =
    SHAPE(struct permission_checks, "PermissionChecks", validates_fields);
const struct shape permission_verdict_shape =
    SHAPE(struct permission_verdict, "PermissionVerdict", validate_out_fields);
const struct shape permission_verdicts_shape =
    SHAPE(struct permission_verdicts, "PermissionVerdicts", validates_out_fields);
const struct shape permission_preview_shape =
    SHAPE(struct permission_preview, "PermissionPreviewIn", preview_fields);
const struct shape mine_out_shape = SHAPE(struct mine_out, "PermittedTool", mine_fields);
const struct shape mine_query_shape =
    SHAPE(struct mine_query, "PermittedToolQuery", mine_query_fields);
