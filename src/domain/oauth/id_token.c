/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/id_token.h"

#include "base/enc.h"
#include "domain/signin/session.h"
#include "plat/jose/jwt.h"

enum { ID_TOKEN_MAX = 48 * 1024, AT_HASH_BYTES = SHA256_SIZE / 2 };

/* RFC 8176, and for what it has no name the word of this house. */
static const struct {
    enum amr bit;
    const char *name;
} amr_names[] = {
    { AMR_PWD, "pwd" }, { AMR_OTP, "otp" }, { AMR_RECOVERY, "recovery" },
    { AMR_HWK, "hwk" }, { AMR_FED, "fed" }, { AMR_LINK, "link" },
};

static void put_amr(struct json_out *o, int64_t amr)
{
    json_out_name(o, STR("amr"));
    json_out_open(o, '[');
    for (size_t i = 0; i < ARRAY_LEN(amr_names); i++) {
        if ((amr & (int64_t)amr_names[i].bit) != 0)
            json_out_str(o, str_from_cz(amr_names[i].name));
    }
    if ((amr & AMR_SECOND) != 0)
        json_out_str(o, STR("mfa"));
    json_out_close(o, ']');
}

/* OpenID Connect Core 3.1.3.6: the left half of the hash that ES256 and RS256 both use. */
static void put_at_hash(struct json_out *o, str_t access_token)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    digest_t d = sha256_of(access_token);
    buf_init(&b, KIB(1));
    buf_add_base64url(&b, d.b, AT_HASH_BYTES);
    JSON_OUT(o, "at_hash", str, buf_str(&b));
    if (b.err != E_OK)
        o->b->err = b.err;
}

static void put_claims(struct json_out *o, const struct id_token_in *in)
{
    json_out_open(o, '{');
    JSON_OUT(o, "iss", str, in->issuer);
    JSON_OUT(o, "sub", id, in->profile->sub);
    JSON_OUT(o, "aud", str, in->client_id);
    JSON_OUT(o, "azp", str, in->client_id);
    JSON_OUT(o, "iat", i64, in->now.us / 1000000);
    JSON_OUT(o, "exp", i64, ts_add(in->now, ID_TOKEN_LIFE).us / 1000000);
    JSON_OUT(o, "auth_time", i64, in->auth_at.us / 1000000);
    JSON_OUT(o, "sid", id, in->session);
    JSON_OUT(o, "acr", str, (in->amr & AMR_SECOND) != 0 ? STR("2") : STR("1"));
    put_amr(o, in->amr);
    if (in->nonce.p != NULL)
        JSON_OUT(o, "nonce", str, in->nonce);
    put_at_hash(o, in->access_token);
    profile_write(o, in->profile);
    json_out_close(o, '}');
}

err_t id_token_mint(struct issuer *is, const struct id_token_in *in, struct buf *b)
{
    CLEANUP(buf_fini) struct buf payload = { 0 };
    buf_init(&payload, ID_TOKEN_MAX);
    struct json_out o = json_out_to(&payload);
    put_claims(&o, in);
    TRY(payload.err);
    return issuer_sign(is, in->alg, STR("JWT"), buf_str(&payload), b);
}

static err_t not_ours(struct act *act)
{
    act_clear_why(act);
    return FAIL(&act->why, E_INVALID_REQUEST, "id_token_hint is no id_token of this server");
}

/* As of the moment when it was made: a hint may be old. */
static err_t claims_of(const struct jwt *t, str_t issuer, struct id_token_claims *ret)
{
    struct id_token_claims c = { .client_id = t->claims.aud_n == 1 ? t->claims.aud[0] : STR_NONE,
                                 .exp = t->claims.exp };
    const struct jwt_want want = {
        .typ = STR("JWT"), .iss = issuer, .now = t->claims.iat, .sub = true, .iat = true
    };
    str_t sid = jwt_text(&t->claims, STR("sid"));
    TRY(jwt_check(&t->claims, &want, NULL));
    TRY(oid_parse(t->claims.sub, &c.sub));
    if (sid.p != NULL)
        TRY(oid_parse(sid, &c.sid));
    *ret = c;
    return E_OK;
}

err_t id_token_read(struct act *act, struct issuer *is, str_t issuer, str_t text,
                    struct id_token_claims *ret)
{
    CLEANUP(jwt_fini) struct jwt t = { 0 };
    struct pubkey key;
    struct id_token_claims c;
    err_t e = jwt_read(act->arena, text, &t);
    if (e == E_OK)
        e = issuer_find(is, t.jws.kid, act->now, &key);
    if (e == E_OK)
        e = jwt_verify(&t, &key);
    if (e == E_OK)
        e = claims_of(&t, issuer, &c);
    if (e == E_OK)
        e = str_copy(act->arena, c.client_id, &c.client_id);
    if (e == E_NO_MEMORY)
        return e;
    if (e != E_OK)
        return not_ours(act);
    *ret = c;
    return E_OK;
}
