/* SPDX-License-Identifier: Apache-2.0 */
/* Inside domain/hooks: what goes out and must not lie open in the store (SAFETY rule 4):
 * AES-256-GCM under the newest data key `outgoing`; the associated data names table, row and epoch.
 */
#ifndef DOMAIN_HOOKS_HOOK_SEAL_H
#define DOMAIN_HOOKS_HOOK_SEAL_H

#include "domain/identity/data_key.h"
#include "plat/json/json.h"

#define DATA_KEY_OUTGOING "outgoing"
/* Whose rows are sealed here; hook_reseal knows them all. */
#define HOOK_TABLE_MAIL       "mail"
#define HOOK_TABLE_WEBHOOK    "webhook"
#define HOOK_TABLE_PROVIDER   "identity_provider"
#define HOOK_TABLE_SERVER     "mcp_server"
#define HOOK_TABLE_CREDENTIAL "mcp_credential"
#define HOOK_TABLE_APPROVAL   "mcp_approval"

struct hook_sealed {
    int64_t epoch;
    oid_t key_id;
    str_t bytes;
};

/* On the writer: the first one of a store makes its key. */
err_t hook_seal(struct act *act, const char *table, oid_t id, str_t plain,
                struct hook_sealed *ret) MUST_USE;
/* In the arena: the caller wipes it. E_CORRUPT. */
err_t hook_unseal(struct act *act, const char *table, oid_t id, const struct hook_sealed *from,
                  str_t *ret) MUST_USE;
/* The same of a JSON object, of at most 64 KiB of text; nothing is left to be wiped but it. */
err_t hook_seal_json(struct act *act, const char *table, oid_t id, const struct json *open,
                     struct hook_sealed *ret) MUST_USE;
err_t hook_unseal_json(struct act *act, const char *table, oid_t id, const struct hook_sealed *from,
                       struct json **ret) MUST_USE;
/* On the writer, after the data key was replaced: at most `limit` rows are sealed anew; when none
 * is left, older data keys go. */
err_t hook_reseal(struct act *act, int64_t limit, struct data_resealed *ret) MUST_USE;
static inline void hook_wipe(str_t plain) /* what hook_unseal gave: it is ours to write */
{
    if (plain.n > 0)
        explicit_bzero((char *)(uintptr_t)plain.p, plain.n);
}

#endif
