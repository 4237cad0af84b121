/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_backup.h"

/* clang-format off */
static const struct field backup_fields[] = {
    FIELD(struct backup_out, name,    .doc = "of the file in `backups` of the data directory"),
    FIELD(struct backup_out, bytes),
    FIELD(struct backup_out, sha256,  .doc = "of the file; null: the note of it beside the file is gone"),
    FIELD(struct backup_out, made_at),
};
/* clang-format on */

const struct shape backup_shape = SHAPE(struct backup_out, "Backup", backup_fields);
