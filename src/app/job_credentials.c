/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials that end soon: the record says so, and so is told who can make new ones. */
#include "app/job_kinds.h"

#include "domain/hooks/notice.h"
#include "domain/identity/service.h"
#include "domain/oauth/service_key.h"
#include "plat/json/out.h"

enum { ENDINGS_SLICE = 64 };

/* clang-format off */
static const struct ending_kind {
    const char *name;
    const char *of;
    enum notice_kind notice;
} kinds[] = {
    [ENDING_KEY]      = { "key",   "service-account", NOTICE_ADMIN_EXPIRING },
    [ENDING_TOKEN]    = { "token", "service-account", NOTICE_ADMIN_EXPIRING },
    [ENDING_PERSONAL] = { "token", "user",            NOTICE_EXPIRING },
};
/* clang-format on */

static err_t ending_append(struct job_task *task, const struct credential_ending *c)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t details = STR_NONE;
    buf_init(&b, KIB(2));
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "days", i64, c->days);
    JSON_OUT(&o, "kind", str, str_from_cz(kinds[c->row.kind].name));
    JSON_OUT(&o, "name", str, c->row.name);
    if (c->row.kind != ENDING_PERSONAL)
        JSON_OUT(&o, "service", id, c->row.principal);
    json_out_close(&o, '}');
    TRY(b.err);
    TRY(str_copy(task->act.arena, buf_str(&b), &details));
    struct audit_event e = {
        .org = c->row.org,
        .action = STR("credential.expiring"),
        .actor_kind = ACTOR_SYSTEM,
        .target_kind = str_from_cz(kinds[c->row.kind].of),
        .target_id = c->row.principal,
        .details = details,
    };
    return audit_append(task->services->audit, task->act.db, task->act.arena, &e);
}

/* A person is told of what is his own; of a service account's the administrators. */
static err_t ending_tell(struct job_task *task, const struct credential_ending *c)
{
    struct act *act = &task->act;
    struct row_service_account account = { .name = STR_NONE };
    bool own = c->row.kind == ENDING_PERSONAL;
    char day[TS_DAY_TEXT];
    ts_format_day(c->row.expires_at, day);
    act->org = c->row.org;
    if (!own)
        TRY(service_get(act, c->row.principal, &account));
    const struct notice_field fields[] = { { "name", c->row.name, false },
                                           { "expires", str_of(day, sizeof day), false },
                                           { "account", account.name, false } };
    const struct notice_in told = { .kind = kinds[c->row.kind].notice,
                                    .user = c->row.principal,
                                    .cfg = &services_settings(task->services)->notices,
                                    .fields = fields,
                                    .fields_n = own ? 2 : ARRAY_LEN(fields) };
    return own ? notice_tell(act, &told) : notice_tell_admins(act, &told);
}

err_t job_credentials(struct job_task *task)
{
    struct credential_ending *endings = NULL;
    size_t n = 0;
    TRY(credentials_warn(&task->act, ENDINGS_SLICE, &endings, &n));
    for (size_t i = 0; i < n; i++) {
        TRY(ending_append(task, &endings[i]));
        TRY(ending_tell(task, &endings[i]));
    }
    task->more = n == ENDINGS_SLICE;
    return E_OK;
}
