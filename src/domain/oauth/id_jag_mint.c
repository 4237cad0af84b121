/* SPDX-License-Identifier: Apache-2.0 */
/* Identity assertions that are made here (section 3.1 of the draft). */
#include "domain/oauth/id_jag.h"
#include "domain/oauth/scope.h"

enum { ID_JAG_MAX = 16 * 1024 };

/* One text where there is one, else a list of them. */
static void put_resource(struct json_out *o, str_t list)
{
    str_t rest = list;
    str_t one = STR_NONE;
    size_t n = 0;
    while (words_next(&rest, &one))
        n++;
    json_out_name(o, STR("resource"));
    if (n > 1)
        json_out_open(o, '[');
    for (rest = list; words_next(&rest, &one);)
        json_out_str(o, one);
    if (n > 1)
        json_out_close(o, ']');
}

/* `sid` is the session that it stands on: where this server is also the one that it is for, what
 * comes of it ends with that. */
static void put_claims(struct json_out *o, const struct id_jag_in *in)
{
    json_out_open(o, '{');
    JSON_OUT(o, "iss", str, in->issuer);
    JSON_OUT(o, "sub", id, in->profile->sub);
    JSON_OUT(o, "aud", str, in->audience);
    JSON_OUT(o, "client_id", str, in->client_id);
    JSON_OUT(o, "jti", id, oid_make());
    JSON_OUT(o, "iat", i64, in->now.us / 1000000);
    JSON_OUT(o, "exp", i64, ts_add(in->now, ID_JAG_LIFE).us / 1000000);
    put_resource(o, in->resource);
    if (in->scope.n > 0)
        JSON_OUT(o, "scope", str, in->scope);
    JSON_OUT(o, "auth_time", i64, in->auth_at.us / 1000000);
    JSON_OUT(o, "acr", str, in->second ? STR("2") : STR("1"));
    JSON_OUT(o, "sid", id, in->session);
    profile_write(o, in->profile);
    json_out_close(o, '}');
}

err_t id_jag_mint(struct issuer *is, const struct id_jag_in *in, struct buf *b)
{
    CLEANUP(buf_fini) struct buf payload = { 0 };
    buf_init(&payload, ID_JAG_MAX);
    struct json_out o = json_out_to(&payload);
    put_claims(&o, in);
    TRY(payload.err);
    return issuer_sign(is, ISSUER_ES256, STR(ID_JAG_TYP), buf_str(&payload), b);
}
