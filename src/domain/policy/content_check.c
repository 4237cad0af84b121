/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/content_check.h"

#include "domain/policy/config_schema.h"
#include "domain/policy/secret_scan.h"

static err_t refuse_below(struct act *act, const char *root, const struct json *v)
{
    struct secret_findings found;
    str_t field;
    err_t e = E_OK;
    TRY(secret_scan(act->arena, v, &found));
    for (size_t i = 0; i < found.n; i++) {
        TRY(str_format(act->arena, &field, "%s%.*s", root, STR_ARG(found.v[i].pointer)));
        struct diag want = diag_like(&act->why);
        (void)FAIL(&want, E_BAD_FIELD,
                   "%s stands here: store it as a secret and write {\"$secret\":\"NAME\"}",
                   found.v[i].kind);
        e = act_flaw(act, field, &want);
        if (e != E_BAD_FIELD)
            return e;
    }
    return e;
}

err_t content_refuse_secrets(struct act *act, const struct json *content, const struct json *locked)
{
    TRY(refuse_below(act, "/content", content));
    return refuse_below(act, "/locked", locked);
}

err_t content_check_stored(struct act *act, const struct row_policy_version *v)
{
    CLEANUP(json_freep) struct json *content = NULL;
    CLEANUP(json_freep) struct json *locked = NULL;
    err_t e = json_parse(v->content, NULL, &content);
    if (e == E_OK)
        e = json_parse(v->locked, NULL, &locked);
    if (e == E_BAD_JSON || e == E_BAD_FIELD)
        return FAIL(&act->why, E_CORRUPT, "a stored policy version is not what was written");
    TRY(e);
    TRY(content_refuse_secrets(act, content, locked));
    return content_obey_schemas(act, content);
}
