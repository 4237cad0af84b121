/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas applied to configurations: for config_schema.c and schema_breaks.c. */
#ifndef DOMAIN_POLICY_SCHEMA_APPLY_H
#define DOMAIN_POLICY_SCHEMA_APPLY_H

#include "domain/live/act.h"
#include "plat/json/schema.h"

/* A schema out of its text. E_BAD_FIELD: act->why says where below "/schema" and why. */
err_t schema_of_text(struct act *act, str_t text, enum schema_mode mode,
                     struct schema **ret) MUST_USE;

/*
 * What stands at the namespace, as the schema sees it. Faults are added to *ret with pointers into
 * the whole configuration; nothing there: none. A namespace inside something that is no object is
 * a fault. `namespace` is a checked pointer.
 */
err_t schema_apply(struct arena *a, const struct schema *s, str_t namespace,
                   const struct json *config, struct schema_faults *ret) MUST_USE;

#endif
