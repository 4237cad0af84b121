/* SPDX-License-Identifier: Apache-2.0 */
#include "api/handlers_keys.h"

#include "api/handlers_issuer.h"
#include "api/page.h"
#include "api/services.h"
#include "api/shapes_identity.h"
#include "domain/hooks/hook_seal.h"
#include "domain/identity/clock_seen.h"
#include "domain/identity/data_key.h"
#include "domain/identity/org_key.h"
#include "domain/policy/secret_store.h"
#include "domain/signin/totp.h"
#include "plat/jose/jwk.h"

enum { KEYS_SHOWN_MAX = 64, SIGNATURE_LINE_MAX = 512 };

static err_t config_list(struct request *rq, struct key_out *out, size_t room, size_t *ret_n);
static err_t config_rotate(struct request *rq, const struct key_rotate_in *in, struct key_out *ret);
static err_t oidc_rotate(struct request *rq, const struct key_rotate_in *in, struct key_out *ret);
static err_t root_list(struct request *rq, struct key_out *out, size_t room, size_t *ret_n);
static err_t secrets_list(struct request *rq, struct key_out *out, size_t room, size_t *ret_n);
static err_t secrets_rotate(struct request *rq, const struct key_rotate_in *in,
                            struct key_out *ret);
static err_t factors_keys_list(struct request *rq, struct key_out *out, size_t room, size_t *ret_n);
static err_t factors_rotate(struct request *rq, const struct key_rotate_in *in,
                            struct key_out *ret);
static err_t outgoing_list(struct request *rq, struct key_out *out, size_t room, size_t *ret_n);
static err_t outgoing_rotate(struct request *rq, const struct key_rotate_in *in,
                             struct key_out *ret);

#define USE_OIDC "oidc"

/* What keys are for. A use without .rotate is only shown. */
static const struct key_use_row {
    const char *use;
    /* Newest first, at most `room`. */
    err_t (*list)(struct request *rq, struct key_out *out, size_t room, size_t *ret_n);
    err_t (*rotate)(struct request *rq, const struct key_rotate_in *in, struct key_out *ret);
} uses[] = {
    { "config", config_list, config_rotate },
    { USE_OIDC, issuer_keys_view, oidc_rotate },
    { "root", root_list, NULL },
    { DATA_KEY_SECRETS, secrets_list, secrets_rotate },
    { DATA_KEY_FACTORS, factors_keys_list, factors_rotate },
    { DATA_KEY_OUTGOING, outgoing_list, outgoing_rotate },
};

/* Numbered from the end, so that a new key changes no other's place. */
static err_t keys_page(struct request *rq, const struct key_out *all, size_t n)
{
    const struct search_query *q = rq->query;
    struct page page;
    TRY(page_open_number(rq, &q->page, STR(""), &page));
    size_t at = page.before > (int64_t)n ? 0 : n + 1 - (size_t)page.before;
    size_t shown = page_shown(&page, n - at);
    TRY(page_close_number(rq, &page, n - at, (int64_t)(n + 1 - at - shown)));
    return reply_list(rq, &key_out_shape, all + at, shown, page.next);
}

err_t keys_list(struct request *rq)
{
    struct key_out *out = ARENA_ARRAY(rq->act.arena, struct key_out, KEYS_SHOWN_MAX);
    size_t n = 0;
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < ARRAY_LEN(uses); i++) {
        size_t more = 0;
        TRY(uses[i].list(rq, out + n, KEYS_SHOWN_MAX - n, &more));
        for (size_t k = 0; k < more; k++)
            out[n + k].use = str_from_cz(uses[i].use);
        n += more;
    }
    return keys_page(rq, out, n);
}

err_t keys_rotate_prepare(struct request *rq)
{
    return str_eq(rq->params[0], STR(USE_OIDC)) ? issuer_rotate_prepare(rq, rq->in) : E_OK;
}

/* Their keys are in memory too, which changes after COMMIT only. */
static err_t oidc_rotate(struct request *rq, const struct key_rotate_in *in, struct key_out *ret)
{
    ret->state = STR_NONE;
    return issuer_rotate(rq, in);
}

err_t keys_rotate(struct request *rq)
{
    const struct key_use_row *row = NULL;
    struct key_out *out = ARENA_NEW(rq->act.arena, struct key_out);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < ARRAY_LEN(uses); i++) {
        if (str_eq(rq->params[0], str_from_cz(uses[i].use)) && uses[i].rotate != NULL)
            row = &uses[i];
    }
    if (row == NULL)
        return FAIL(&rq->act.why, E_NOT_FOUND, "no key of this use can be replaced");
    TRY(row->rotate(rq, rq->in, out));
    if (out->state.p == NULL) /* .finish answers */
        return E_OK;
    out->use = str_from_cz(row->use);
    return reply_obj(rq, 200, &key_out_shape, out);
}

static struct key_out config_view(const struct row_org_key *key)
{
    return (struct key_out){
        .kid = key->kid,
        .state = ts_is_set(key->retires_at) ? STR("retiring") : STR("active"),
        .created_at = key->created_at,
        .retires_at = key->retires_at,
    };
}

static err_t config_list(struct request *rq, struct key_out *out, size_t room, size_t *ret_n)
{
    struct row_org_key *rows = NULL;
    size_t n = 0;
    TRY(org_keys_list(&rq->act, rq->act.org, &rows, &n));
    *ret_n = n < room ? n : room;
    for (size_t i = 0; i < *ret_n; i++)
        out[i] = config_view(&rows[i]);
    return E_OK;
}

/* Twice the time for which a lease may be believed: a device that was away for one comes back in
 * the next. */
static dur_t config_keep(const struct settings *s)
{
    return (dur_t){ 2 * (s->lease_life.us + s->lease_grace.us) };
}

static err_t config_rotate(struct request *rq, const struct key_rotate_in *in, struct key_out *ret)
{
    struct row_org_key key;
    str_t details = STR_NONE;
    dur_t keep = in->at_once ? (dur_t){ 0 } : config_keep(services_settings(rq->services));
    request_target(rq, "organisation", rq->act.org, STR_NONE);
    TRY(org_key_rotate(&rq->act, keep, &key));
    TRY(str_format(rq->act.arena, &details, "{\"at_once\":%s,\"kid\":\"%.*s\",\"use\":\"config\"}",
                   in->at_once ? "true" : "false", STR_ARG(key.kid)));
    request_details(rq, details);
    *ret = config_view(&key);
    return E_OK;
}

/* The server's, whose private half never leaves the store. */
static err_t root_list(struct request *rq, struct key_out *out, size_t room, size_t *ret_n)
{
    struct data_key_line *lines = NULL;
    size_t n = 0;
    CLEANUP(jws_key_fini) struct jws_key root = { 0 };
    TRY(data_key_list(&rq->act, STR("config-root"), &lines, &n));
    TRY(jws_key_make(&rq->act.keys->by_use[KEY_CONFIG_ROOT], &root));
    *ret_n = 0;
    if (n == 0 || room == 0)
        return E_OK;
    out[0] = (struct key_out){ .state = STR("active"), .created_at = lines[n - 1].created_at };
    TRY(str_copy(rq->act.arena, str_of(root.kid, JWS_KID), &out[0].kid));
    *ret_n = 1;
    return E_OK;
}

/* Of all organisations: values are sealed anew with the newest, then the others go. */
static err_t data_keys_view(struct request *rq, str_t name, struct key_out *out, size_t room,
                            size_t *ret_n)
{
    struct data_key_line *lines = NULL;
    size_t n = 0;
    TRY(data_key_list(&rq->act, name, &lines, &n));
    *ret_n = n < room ? n : room;
    for (size_t i = 0; i < *ret_n; i++) {
        const struct data_key_line *line = &lines[n - 1 - i];
        out[i] = (struct key_out){ .state = i == 0 ? STR("active") : STR("retiring"),
                                   .epoch = { .set = true, .v = line->epoch },
                                   .created_at = line->created_at };
    }
    return E_OK;
}

static err_t secrets_list(struct request *rq, struct key_out *out, size_t room, size_t *ret_n)
{
    return data_keys_view(rq, STR(DATA_KEY_SECRETS), out, room, ret_n);
}

static err_t factors_keys_list(struct request *rq, struct key_out *out, size_t room, size_t *ret_n)
{
    return data_keys_view(rq, STR(DATA_KEY_FACTORS), out, room, ret_n);
}

static err_t outgoing_list(struct request *rq, struct key_out *out, size_t room, size_t *ret_n)
{
    return data_keys_view(rq, STR(DATA_KEY_OUTGOING), out, room, ret_n);
}

/* A new epoch: a job seals anew what older ones hold, then they go. */
static err_t data_key_rotate(struct request *rq, const struct key_rotate_in *in, const char *use,
                             struct key_out *ret)
{
    CLEANUP(data_key_wipe) struct data_key key = { .epoch = 0 };
    str_t details = STR_NONE;
    TRY(request_may(rq, PERM_SYSTEM_ADMIN));
    if (in->at_once)
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "at_once",
                              "values have to be sealed anew before an older key can go");
    TRY(data_key_add(&rq->act, str_from_cz(use), &key));
    TRY(str_format(rq->act.arena, &details, "{\"epoch\":%lld,\"use\":\"%s\"}", (long long)key.epoch,
                   use));
    request_details(rq, details);
    atomic_store(&rq->services->reseal, true);
    *ret = (struct key_out){ .state = STR("active"),
                             .epoch = { .set = true, .v = key.epoch },
                             .created_at = rq->act.now };
    return E_OK;
}

static err_t secrets_rotate(struct request *rq, const struct key_rotate_in *in, struct key_out *ret)
{
    return data_key_rotate(rq, in, DATA_KEY_SECRETS, ret);
}

static err_t factors_rotate(struct request *rq, const struct key_rotate_in *in, struct key_out *ret)
{
    return data_key_rotate(rq, in, DATA_KEY_FACTORS, ret);
}

static err_t outgoing_rotate(struct request *rq, const struct key_rotate_in *in,
                             struct key_out *ret)
{
    return data_key_rotate(rq, in, DATA_KEY_OUTGOING, ret);
}

/* A server that runs on shows times that never fall; its next start goes by the clock. */
err_t clock_confirm(struct request *rq)
{
    TRY(clock_seen_put(&rq->act, clock_wall()));
    clock_guard_confirm(&rq->services->clock);
    return reply_empty(rq, 204);
}

err_t keys_reply_signature(struct request *rq, const struct jws_key *key, str_t bytes)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, SIGNATURE_LINE_MAX);
    jws_sign_detached(&b, key, bytes);
    TRY(b.err);
    return reply_header(rq, STR("Seneschal-Signature"), buf_str(&b));
}

err_t key_set_get(struct request *rq)
{
    oid_t org;
    str_t set = STR_NONE;
    CLEANUP(jws_key_fini) struct jws_key root = { 0 };
    TRY(request_param_id(rq, 0, &org));
    TRY(org_key_set(&rq->act, org, &set));
    TRY(jws_key_make(&rq->act.keys->by_use[KEY_CONFIG_ROOT], &root));
    TRY(keys_reply_signature(rq, &root, set));
    TRY(reply_header(rq, STR("Cache-Control"), STR("no-cache")));
    return reply_raw(rq, 200, "application/json", set);
}

err_t own_url(struct request *rq, str_t path, str_t *ret)
{
    str_t base = services_settings(rq->services)->public_url;
    if (base.n > 0)
        return str_format(rq->act.arena, ret, "%.*s%.*s", STR_ARG(base), STR_ARG(path));
    bool tls = atomic_load(&rq->services->certificate_until_us) != 0;
    return str_format(rq->act.arena, ret, "%s://%.*s%.*s", tls ? "https" : "http",
                      STR_ARG(rq->xchg->host), STR_ARG(path));
}

err_t key_set_url(struct request *rq, oid_t org, str_t *ret)
{
    char id[OID_TEXT];
    str_t path = STR_NONE;
    oid_format(org, id);
    TRY(str_format(rq->act.arena, &path, "/api/v1/iassistants/config/keys/%.*s", (int)sizeof id,
                   id));
    return own_url(rq, path, ret);
}

err_t root_key_view(struct request *rq, str_t *ret)
{
    uint8_t raw[ED25519_PUBLIC];
    struct pubkey key;
    CLEANUP(buf_fini) struct buf b = { 0 };
    ed25519_public(&rq->act.keys->by_use[KEY_CONFIG_ROOT], raw);
    TRY(pubkey_from_raw(PUBKEY_ED25519, str_of(raw, sizeof raw), STR_NONE, &key));
    buf_init(&b, KIB(1));
    jwk_write(&b, &key);
    TRY(b.err);
    return str_copy(rq->act.arena, buf_str(&b), ret);
}
