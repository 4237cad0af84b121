/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/audit/audit_body.h"

#include "base/enc.h"
#include "base/num.h"
#include "plat/json/json.h"
#include "plat/json/out.h"

/* Names of a result as the body writes them. */
static const char *const results[] = { [AUDIT_OK] = "ok", [AUDIT_REFUSED] = "refused" };

void audit_private_write(struct buf *b, const struct audit_event *e)
{
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "actor_name", str, e->actor_name);
    JSON_OUT(&o, "details", raw, e->details.p != NULL ? e->details : STR("{}"));
    JSON_OUT(&o, "ip", str, e->ip);
    JSON_OUT(&o, "target_name", str, e->target_name);
    json_out_close(&o, '}');
}

static void principal_write(struct json_out *o, oid_t id, str_t kind)
{
    json_out_open(o, '{');
    JSON_OUT(o, "id", id, id);
    JSON_OUT(o, "kind", str, kind);
    json_out_close(o, '}');
}

void audit_body_write(struct buf *b, const struct audit_event *e, ts_t at,
                      const digest_t *detail_digest)
{
    char digest[2 * SHA256_SIZE];
    hex_encode(detail_digest->b, SHA256_SIZE, digest);
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "action", str, e->action);
    json_out_name(&o, STR("actor"));
    principal_write(&o, e->actor_id, str_from_cz(actor_kind_name(e->actor_kind)));
    JSON_OUT(&o, "at", ts, at);
    JSON_OUT(&o, "detail_digest", str, str_of(digest, sizeof digest));
    JSON_OUT(&o, "reason", str, e->reason);
    JSON_OUT(&o, "request_id", id, e->request_id);
    JSON_OUT(&o, "result", str, str_from_cz(results[e->result]));
    json_out_name(&o, STR("target"));
    principal_write(&o, e->target_id, e->target_kind);
    json_out_close(&o, '}');
}

digest_t audit_detail_digest(str_t salt, str_t private)
{
    str_t parts[] = { salt, private };
    return sha256_of_parts(parts, ARRAY_LEN(parts));
}

digest_t audit_hash(oid_t chain, int64_t seq, const digest_t *prev, str_t body)
{
    static const char label[] = "seneschal-audit-v1"; /* its NUL is hashed too */
    digest_t body_digest = sha256_of(body);
    uint8_t number[8];
    num_put_be64(number, (uint64_t)seq);
    str_t parts[] = { str_of(label, sizeof label),
                      oid_bytes(&chain),
                      str_of("", 1),
                      str_of(number, sizeof number),
                      str_of(prev->b, sizeof prev->b),
                      str_of(body_digest.b, sizeof body_digest.b) };
    return sha256_of_parts(parts, ARRAY_LEN(parts));
}

/* Reading. One text member of an object: null and absent are STR_NONE; anything else but a text is
 * not ours. */
static err_t text_read(struct arena *a, const struct json *object, str_t name, str_t *ret)
{
    const struct json *v = json_member(object, name);
    if (v == NULL || json_type(v) == JSON_NULL) {
        *ret = STR_NONE;
        return E_OK;
    }
    if (json_type(v) != JSON_STRING)
        return E_CORRUPT;
    return str_copy(a, json_string(v), ret);
}

static err_t id_read(const struct json *object, str_t name, oid_t *ret)
{
    const struct json *v = json_member(object, name);
    if (v == NULL || json_type(v) == JSON_NULL) {
        *ret = (oid_t){ 0 };
        return E_OK;
    }
    return json_type(v) == JSON_STRING && oid_parse(json_string(v), ret) == E_OK ? E_OK : E_CORRUPT;
}

static err_t principal_read(struct arena *a, const struct json *root, str_t name, oid_t *ret_id,
                            str_t *ret_kind)
{
    const struct json *v = json_member(root, name);
    if (v == NULL || json_type(v) != JSON_OBJECT)
        return E_CORRUPT;
    TRY(id_read(v, STR("id"), ret_id));
    return text_read(a, v, STR("kind"), ret_kind);
}

static err_t body_read(struct arena *a, const struct json *root, struct audit_view *ret)
{
    str_t at = STR_NONE;
    str_t digest = STR_NONE;
    TRY(text_read(a, root, STR("action"), &ret->action));
    TRY(text_read(a, root, STR("at"), &at));
    TRY(text_read(a, root, STR("detail_digest"), &digest));
    TRY(text_read(a, root, STR("reason"), &ret->reason));
    TRY(text_read(a, root, STR("result"), &ret->result));
    TRY(id_read(root, STR("request_id"), &ret->request_id));
    TRY(principal_read(a, root, STR("actor"), &ret->actor_id, &ret->actor_kind));
    TRY(principal_read(a, root, STR("target"), &ret->target_id, &ret->target_kind));
    if (ts_parse(at, &ret->at) != E_OK ||
        hex_decode(digest, ret->detail_digest.b, SHA256_SIZE) != E_OK)
        return E_CORRUPT;
    return ret->action.p != NULL && ret->result.p != NULL ? E_OK : E_CORRUPT;
}

static err_t private_read(struct arena *a, const struct json *root, struct audit_view *ret)
{
    TRY(text_read(a, root, STR("actor_name"), &ret->actor_name));
    TRY(text_read(a, root, STR("ip"), &ret->ip));
    TRY(text_read(a, root, STR("target_name"), &ret->target_name));
    const struct json *details = json_member(root, STR("details"));
    if (details == NULL)
        return E_CORRUPT;
    struct buf b;
    buf_init(&b, AUDIT_PRIVATE_MAX);
    json_write(&b, details);
    err_t e = b.err != E_OK ? b.err : str_copy(a, buf_str(&b), &ret->details);
    buf_fini(&b);
    return e;
}

/* Out of memory is that; whatever else a parser says means bytes that are not ours. */
static err_t object_parse(str_t text, struct json **ret)
{
    CLEANUP(json_freep) struct json *v = NULL;
    err_t e = json_parse(text, NULL, &v);
    if (e != E_OK)
        return e == E_NO_MEMORY ? e : E_CORRUPT;
    if (json_type(v) != JSON_OBJECT)
        return E_CORRUPT;
    *ret = v;
    v = NULL;
    return E_OK;
}

err_t audit_view_read(struct arena *a, str_t body, str_t private, struct audit_view *ret)
{
    struct audit_view view = { .erased = private.p == NULL };
    CLEANUP(json_freep) struct json *root = NULL;
    TRY(object_parse(body, &root));
    TRY(body_read(a, root, &view));
    if (!view.erased) {
        CLEANUP(json_freep) struct json *half = NULL;
        TRY(object_parse(private, &half));
        TRY(private_read(a, half, &view));
    }
    *ret = view;
    return E_OK;
}
