/* SPDX-License-Identifier: Apache-2.0 */
#include "api/upstream_docs.h"

#include "api/services.h"

enum { METADATA_MAX = 64 * 1024, KEYS_MAX = 256 * 1024 };

static const struct remote_doc_rules rules = { .life_s = UPSTREAM_LIFE_S,
                                               .again_s = UPSTREAM_AGAIN_S,
                                               .outlives = true };

static err_t copy_text(struct request *rq, const struct json *o, str_t name, str_t *ret)
{
    const struct json *v = json_member(o, name);
    if (v == NULL || json_type(v) != JSON_STRING || json_string(v).n == 0)
        return FAIL(&rq->act.why, E_FORBIDDEN, "the issuer publishes no %.*s", STR_ARG(name));
    return str_copy(rq->act.arena, json_string(v), ret);
}

/* Said, or the default of Discovery: client_secret_basic. */
static bool takes_basic(const struct json *metadata)
{
    const struct json *list = json_member(metadata, STR("token_endpoint_auth_methods_supported"));
    if (list == NULL || json_type(list) != JSON_ARRAY)
        return true;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *one = json_at(list, i);
        if (json_type(one) == JSON_STRING && str_eq(json_string(one), STR("client_secret_basic")))
            return true;
    }
    return false;
}

/* Discovery section 4.3: it must call itself what we call it. */
static err_t metadata_read(struct request *rq, str_t issuer, str_t text, struct upstream_doc *ret,
                           str_t *ret_keys_url)
{
    CLEANUP(json_freep) struct json *o = NULL;
    str_t is = STR_NONE;
    err_t e = json_parse(text, NULL, &o);
    if (e == E_NO_MEMORY)
        return e;
    if (e != E_OK || json_type(o) != JSON_OBJECT)
        return FAIL(&rq->act.why, E_FORBIDDEN, "the issuer publishes no metadata");
    TRY(copy_text(rq, o, STR("issuer"), &is));
    if (!str_eq(is, issuer))
        return FAIL(&rq->act.why, E_FORBIDDEN, "the issuer calls itself something else");
    TRY(copy_text(rq, o, STR("authorization_endpoint"), &ret->authorization_endpoint));
    TRY(copy_text(rq, o, STR("token_endpoint"), &ret->token_endpoint));
    ret->basic = takes_basic(o);
    return copy_text(rq, o, STR("jwks_uri"), ret_keys_url);
}

/* What it says of itself must be usable before it takes the place of what was. */
static err_t metadata_check(struct request *rq, const void *arg, str_t text)
{
    const str_t *issuer = arg;
    struct upstream_doc doc;
    str_t keys_url = STR_NONE;
    return metadata_read(rq, *issuer, text, &doc, &keys_url);
}

static err_t docs_get(struct request *rq, str_t issuer, enum remote_doc_how how,
                      struct upstream_doc *ret)
{
    struct remote_doc_ask ask = { .docs = rq->services->upstreams,
                                  .rules = &rules,
                                  .how = how == REMOTE_NEWER ? REMOTE_KNOWN : how,
                                  .max = METADATA_MAX,
                                  .check = metadata_check,
                                  .arg = &issuer };
    str_t text = STR_NONE;
    TRY(str_format(rq->act.arena, &ask.url, "%.*s%s.well-known/openid-configuration",
                   STR_ARG(issuer), str_ends(issuer, STR("/")) ? "" : "/"));
    TRY(remote_doc_get(rq, &ask, &text));
    struct remote_doc_ask keys = { .docs = ask.docs, .rules = &rules, .how = how, .max = KEYS_MAX };
    TRY(metadata_read(rq, issuer, text, ret, &keys.url));
    return remote_doc_get(rq, &keys, &ret->jwks);
}

err_t upstream_doc_get(struct request *rq, str_t issuer, enum remote_doc_how how,
                       struct upstream_doc *ret)
{
    struct upstream_doc doc = { .jwks = STR_NONE };
    err_t e = docs_get(rq, issuer, how, &doc);
    if (e == E_IO) {
        act_clear_why(&rq->act);
        return FAIL(&rq->act.why, E_OVERLOADED, "the issuer did not answer: try again soon");
    }
    TRY(e);
    *ret = doc;
    return E_OK;
}
