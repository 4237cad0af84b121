/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/signin/passkeys.h"

#include "base/cidr.h"
#include "base/enc.h"
#include "base/num.h"
#include "base/rng.h"
#include "domain/identity/keys.h"
#include "domain/signin/totp.h"
#include "plat/json/json.h"

#include <assert.h>

enum {
    CHALLENGE_RANDOM = 24,
    CHALLENGE_HEAD = CHALLENGE_RANDOM + 8, /* and when it ends, in microseconds */
    CLIENT_DATA_MAX = 4096
};

static_assert(CHALLENGE_HEAD + SHA256_SIZE == PASSKEY_CHALLENGE, "head and MAC");

/* What a browser says that it did (WebAuthn section 5.8.1). */
static const char *const types[PASSKEY_USES] = {
    [PASSKEY_MAKE] = "webauthn.create",
    [PASSKEY_SIGN_IN] = "webauthn.get",
};

static digest_t challenge_mac(const struct act *act, enum passkey_use use, str_t bound,
                              const uint8_t *head)
{
    const str_t parts[] = { STR("seneschal-passkey-v1"), str_from_cz(types[use]), bound,
                            str_of(head, CHALLENGE_HEAD) };
    return hmac_of_parts(&act->keys->by_use[KEY_TOKEN], parts, ARRAY_LEN(parts));
}

err_t passkey_challenge(struct act *act, enum passkey_use use, str_t bound, str_t *ret)
{
    uint8_t bytes[PASSKEY_CHALLENGE];
    rng_bytes(bytes, CHALLENGE_RANDOM);
    num_put_be64(bytes + CHALLENGE_RANDOM, (uint64_t)ts_add(act->now, PASSKEY_CHALLENGE_LIFE).us);
    digest_t mac = challenge_mac(act, use, bound, bytes);
    memcpy(bytes + CHALLENGE_HEAD, mac.b, sizeof mac.b);
    return base64url_make(act->arena, bytes, sizeof bytes, ret);
}

struct passkey_server passkey_server_of(str_t issuer)
{
    struct passkey_server s = { .origin = issuer };
    size_t scheme =
        str_starts(issuer, STR("https://")) ? sizeof "https://" - 1 : sizeof "http://" - 1;
    str_t authority = str_sub(issuer, scheme, issuer.n);
    size_t path = str_find(authority, '/');
    s.origin = str_sub(issuer, 0, scheme + path);
    s.rp_id = str_sub(authority, 0, path);
    s.rp_id = str_sub(s.rp_id, 0, str_find(s.rp_id, ':'));
    return s;
}

bool passkey_works(str_t issuer)
{
    uint8_t ip[16];
    str_t host = passkey_server_of(issuer).rp_id;
    bool secure = str_starts(issuer, STR("https://")) || str_eq(host, STR("localhost"));
    return secure && ip_parse(host, ip) != E_OK && !str_starts(host, STR("["));
}

/* Ours, for this use and this session, not over, and not answered before. From here on it is. */
static err_t challenge_take(struct act *act, enum passkey_use use, str_t bound, str_t text)
{
    uint8_t bytes[PASSKEY_CHALLENGE];
    struct sql_passkey_challenge_use_row used;
    if (base64url_decode_n(text, bytes, sizeof bytes) != E_OK)
        return E_FORBIDDEN;
    digest_t mac = challenge_mac(act, use, bound, bytes);
    ts_t end = { (int64_t)num_get_be64(bytes + CHALLENGE_RANDOM) };
    if (!bytes_eq_ct(bytes + CHALLENGE_HEAD, mac.b, sizeof mac.b) || end.us <= act->now.us)
        return E_FORBIDDEN;
    digest_t hash = sha256_of(str_of(bytes, sizeof bytes));
    err_t e =
        sql_passkey_challenge_use(act->db, act->arena,
                                  &(struct sql_passkey_challenge_use){
                                      .hash = str_of(hash.b, sizeof hash.b), .expires_at = end },
                                  &used);
    return e == E_NOT_FOUND ? E_FORBIDDEN : e;
}

static str_t text_of(const struct json *v, str_t name)
{
    const struct json *m = json_member(v, name);
    return m != NULL && json_type(m) == JSON_STRING ? json_string(m) : STR_NONE;
}

struct client_data {
    enum passkey_use use;
    str_t bound;
    const struct passkey_server *server;
};

static err_t client_data_check(struct act *act, const struct client_data *want, str_t bytes)
{
    CLEANUP(json_freep) struct json *v = NULL;
    err_t e = json_parse(bytes, NULL, &v);
    if (e != E_OK)
        return e == E_NO_MEMORY ? e : E_FORBIDDEN;
    if (json_type(v) != JSON_OBJECT ||
        !str_eq(text_of(v, STR("type")), str_from_cz(types[want->use])) ||
        !str_eq(text_of(v, STR("origin")), want->server->origin))
        return E_FORBIDDEN;
    const struct json *cross = json_member(v, STR("crossOrigin"));
    if (cross != NULL && (json_type(cross) != JSON_BOOL || json_bool(cross)))
        return E_FORBIDDEN; /* inside somebody else's frame */
    return challenge_take(act, want->use, want->bound, text_of(v, STR("challenge")));
}

/* E_FORBIDDEN: too long, or no base64url. */
static err_t bytes_read(struct act *act, str_t text, size_t most, str_t *ret)
{
    if (text.n == 0 || text.n > 2 * most)
        return E_FORBIDDEN;
    err_t e = base64url_decode(act->arena, text, ret);
    return e == E_BAD_FIELD || (e == E_OK && ret->n > most) ? E_FORBIDDEN : e;
}

static err_t made_read(struct act *act, const struct passkey_in *in, struct passkey *ret)
{
    const struct client_data want = { PASSKEY_MAKE, in->bound, in->server };
    str_t client = STR_NONE;
    str_t data = STR_NONE;
    err_t e = bytes_read(act, in->answer->client_data, CLIENT_DATA_MAX, &client);
    if (e == E_OK)
        e = bytes_read(act, in->answer->authenticator_data, PASSKEY_DATA_MAX, &data);
    if (e == E_OK)
        e = client_data_check(act, &want, client);
    if (e == E_FORBIDDEN)
        return FAIL(&act->why, E_BAD_FIELD,
                    "the passkey was not made for this page, or the page is too old: begin again");
    TRY(e);
    return passkey_read(act->arena, in->server->rp_id, data, &act->why, ret);
}

err_t passkey_add(struct act *act, const struct passkey_in *in, struct row_passkey *ret)
{
    struct passkey made;
    struct row_passkey *rows = NULL;
    size_t n = 0;
    if (in->name.n == 0 || in->name.n > FACTOR_NAME_MAX)
        return diag_set_field(&act->why, E_BAD_FIELD, "name", "want 1 to %d bytes",
                              FACTOR_NAME_MAX);
    TRY(passkey_list(act, in->user, &rows, &n));
    if (n >= PASSKEYS_MAX)
        return FAIL(&act->why, E_CONFLICT, "%d passkeys are the most: delete one first",
                    PASSKEYS_MAX);
    TRY(made_read(act, in, &made));
    const struct sql_passkey_add row = { .id = oid_make(),
                                         .org = act->org,
                                         .user_id = in->user,
                                         .name = in->name,
                                         .credential = made.id,
                                         .alg = made.alg,
                                         .public_key = made.key,
                                         .sign_count = made.count,
                                         .now = act->now };
    err_t e = sql_passkey_add(act->db, &row);
    if (e == E_CONFLICT)
        return FAIL(&act->why, e, "this passkey is known already");
    TRY(e);
    return sql_passkey_by_credential(
        act->db, act->arena, &(struct sql_passkey_by_credential){ .credential = made.id }, ret);
}

err_t passkey_list(struct act *act, oid_t user, struct row_passkey **ret, size_t *ret_n)
{
    return sql_passkey_list(act->db, act->arena, &(struct sql_passkey_list){ .user_id = user }, ret,
                            ret_n);
}

err_t passkey_delete(struct act *act, oid_t user, oid_t id, str_t *ret_name)
{
    struct sql_passkey_drop_row gone;
    TRY(sql_passkey_drop(act->db, act->arena,
                         &(struct sql_passkey_drop){ .user_id = user, .id = id }, &gone));
    *ret_name = gone.name;
    return E_OK;
}

static err_t signature_check(struct act *act, const struct passkey_ask *ask,
                             const struct row_passkey *row, int64_t *ret_count)
{
    const struct client_data want = { PASSKEY_SIGN_IN, ask->bound, ask->server };
    const struct passkey known = { .id = row->credential,
                                   .alg = (enum passkey_alg)row->alg,
                                   .key = row->public_key };
    struct passkey_proof proof = { .rp_id = ask->server->rp_id, .verify = ask->verify };
    str_t client = STR_NONE;
    TRY(bytes_read(act, ask->answer->client_data, CLIENT_DATA_MAX, &client));
    TRY(bytes_read(act, ask->answer->authenticator_data, PASSKEY_DATA_MAX,
                   &proof.authenticator_data));
    TRY(bytes_read(act, ask->answer->signature, PASSKEY_SIG_MAX, &proof.signature));
    proof.client_data = sha256_of(client);
    TRY(passkey_check(&known, &proof, ret_count));
    return client_data_check(act, &want, client); /* last: what proves nothing uses nothing up */
}

static err_t prove(struct act *act, const struct passkey_ask *ask, struct row_passkey *ret)
{
    struct row_passkey row;
    struct sql_passkey_use use = { .now = act->now };
    struct sql_passkey_use_row used;
    str_t id = STR_NONE;
    TRY(bytes_read(act, ask->answer->credential, PASSKEY_ID_MAX, &id));
    TRY(sql_passkey_by_credential(act->db, act->arena,
                                  &(struct sql_passkey_by_credential){ .credential = id }, &row));
    TRY(signature_check(act, ask, &row, &use.sign_count));
    use.id = row.id;
    TRY(sql_passkey_use(act->db, act->arena, &use, &used));
    *ret = row;
    return E_OK;
}

err_t passkey_prove(struct act *act, const struct passkey_ask *ask, struct row_passkey *ret)
{
    err_t e = prove(act, ask, ret);
    if (e == E_FORBIDDEN || e == E_NOT_FOUND)
        return FAIL(&act->why, E_UNAUTHENTICATED, "the passkey proves nothing here: try again");
    return e;
}

err_t passkey_purge(struct act *act)
{
    return sql_passkey_challenge_expire(act->db,
                                        &(struct sql_passkey_challenge_expire){ act->now });
}
