/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/assertion.h"

#include "domain/identity/account.h"
#include "domain/oauth/service_key.h"

/* As the table `device` has it: no other status lets a device act. */
enum { DEVICE_STATUS_ENROLLED = 2 };
#define USED_AT_LEAST DUR_HOURS(1) /* `used_at` is no more exact than this */

/* Whose key it is, as the store says it now. */
struct holder {
    enum actor_kind kind;
    oid_t org;
    oid_t principal;
    oid_t key;
    str_t name;
    struct pubkey public;
    bool active; /* his organisation and he himself */
    bool key_active;
    ts_t key_until; /* absent: as long as he is active */
};

static err_t service_holder(struct act *act, oid_t service, oid_t key, struct holder *ret)
{
    struct sql_service_key_holder_row row;
    TRY(sql_service_key_holder(act->db, act->arena, &(struct sql_service_key_holder){ .id = key },
                               &row));
    struct holder h = { .kind = ACTOR_SERVICE,
                        .org = row.org,
                        .principal = row.service_id,
                        .key = key,
                        .name = row.service_name,
                        .active = row.org_status == ACCOUNT_ACTIVE &&
                                  row.service_status == ACCOUNT_ACTIVE,
                        .key_active = row.status == SERVICE_KEY_ACTIVE,
                        .key_until = row.expires_at };
    if (!oid_eq(row.service_id, service))
        return E_NOT_FOUND;
    if (pubkey_from_spki(row.spki, &h.public) != E_OK)
        return E_CORRUPT;
    *ret = h;
    return E_OK;
}

/* A device has one key, which it enrolled with; its kid, where it sends one, is not looked at. */
static err_t device_holder(struct act *act, oid_t device, struct holder *ret)
{
    struct sql_device_key_holder_row row;
    TRY(sql_device_key_holder(act->db, act->arena, &(struct sql_device_key_holder){ .id = device },
                              &row));
    struct holder h = { .kind = ACTOR_DEVICE,
                        .org = row.org,
                        .principal = device,
                        .name = row.name,
                        .active = row.org_status == ACCOUNT_ACTIVE &&
                                  row.status == DEVICE_STATUS_ENROLLED,
                        .key_active = true };
    if (row.spki.p == NULL)
        return E_NOT_FOUND;
    if (pubkey_from_spki(row.spki, &h.public) != E_OK)
        return E_CORRUPT;
    *ret = h;
    return E_OK;
}

/* E_NOT_FOUND. A kid that is no id of ours is nobody's: it goes no further than this parser. */
static err_t holder_find(struct act *act, str_t iss, str_t kid, struct holder *ret)
{
    oid_t id;
    oid_t key;
    if (oid_parse(iss, &id) != E_OK)
        return E_NOT_FOUND;
    if (kid.p != NULL && oid_parse(kid, &key) == E_OK) {
        err_t e = service_holder(act, id, key, ret);
        if (e != E_NOT_FOUND)
            return e;
    }
    return device_holder(act, id, ret);
}

static err_t holder_check(struct act *act, const struct holder *h, err_t refuse)
{
    char until[TS_TEXT];
    char id[OID_TEXT];
    oid_format(h->key, id);
    if (!h->key_active)
        return FAIL(&act->why, refuse, "the key %.*s is switched off", (int)sizeof id, id);
    if (ts_is_set(h->key_until) && h->key_until.us <= act->now.us) {
        ts_format(h->key_until, until);
        return FAIL(&act->why, refuse,
                    "the key %.*s expired on %.10s: make a new one with `seneschal "
                    "service-account key create`",
                    (int)sizeof id, id, until);
    }
    if (!h->active)
        return FAIL(&act->why, refuse, "the account that signed is not active");
    return E_OK;
}

/* RFC 8725 section 3.11: no token that was made for something else. */
static bool typ_fits(str_t typ)
{
    static const str_t typs[] = { { "JWT", 3 },
                                  { "client-authentication+jwt", 25 },
                                  { "authorization-grant+jwt", 23 } };
    if (typ.p == NULL)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(typs); i++) {
        if (str_eq_nocase(typ, typs[i]))
            return true;
    }
    return false;
}

err_t assertion_claims_check(struct act *act, const struct jwt *t, const struct assertion_ask *ask)
{
    struct diag flaw = { 0 };
    const struct jwt_want want = { .aud = { ask->issuer, ask->endpoint },
                                   .now = act->now,
                                   .sub = true,
                                   .iat = true,
                                   .age_max = ASSERTION_AGE_MAX,
                                   .life_max = ASSERTION_LIFE_MAX };
    if (!typ_fits(t->claims.typ))
        return FAIL(&act->why, ask->refuse, "the assertion is a token for something else");
    if (!str_eq(t->claims.iss, t->claims.sub))
        return FAIL(&act->why, ask->refuse, "iss and sub of the assertion must be the same");
    if (t->claims.aud_n != 1)
        return FAIL(&act->why, ask->refuse, "aud of the assertion must be this issuer alone");
    if (jwt_check(&t->claims, &want, &flaw) != E_OK)
        return FAIL(&act->why, ask->refuse, "the assertion: %s", flaw.text);
    return E_OK;
}

/* Over the payload where there is no jti: of an ECDSA signature a second one can be made of the
 * first, without the key. */
digest_t assertion_once(str_t signer, const struct jwt *t)
{
    bool named = t->claims.jti.p != NULL;
    const str_t parts[] = { STR("assertion"),
                            STR("\0"),
                            signer,
                            STR("\0"),
                            named ? STR("jti") : STR("payload"),
                            STR("\0"),
                            named ? t->claims.jti : t->jws.payload };
    return sha256_of_parts(parts, ARRAY_LEN(parts));
}

static err_t bad_signature(struct act *act, err_t refuse)
{
    return FAIL(&act->why, refuse,
                "the assertion is not signed by a key of who it says it is from");
}

static err_t read_verified(struct act *act, const struct assertion_ask *ask, const struct jwt *t,
                           struct assertion *ret)
{
    struct holder h;
    err_t e = holder_find(act, t->claims.iss, t->jws.kid, &h);
    if (e == E_OK)
        e = jwt_verify(t, &h.public);
    if (e == E_NOT_FOUND || e == E_FORBIDDEN)
        return bad_signature(act, ask->refuse);
    TRY(e);
    TRY(assertion_claims_check(act, t, ask));
    TRY(holder_check(act, &h, ask->refuse));
    oid_t signer = h.kind == ACTOR_SERVICE ? h.key : h.principal;
    *ret = (struct assertion){ .kind = h.kind,
                               .org = h.org,
                               .principal = h.principal,
                               .key = h.key,
                               .name = h.name,
                               .once = assertion_once(str_of(signer.b, sizeof signer.b), t),
                               .until = ts_add(t->claims.exp, JWT_LEEWAY),
                               .refuse = ask->refuse };
    return E_OK;
}

err_t assertion_read(struct act *act, const struct assertion_ask *ask, struct assertion *ret)
{
    CLEANUP(jwt_fini) struct jwt t = { 0 };
    err_t e = jwt_read(act->arena, ask->text, &t);
    if (e == E_BAD_FIELD)
        return FAIL(&act->why, ask->refuse, "the assertion is not a well-formed JWT");
    TRY(e);
    return read_verified(act, ask, &t, ret);
}

err_t assertion_holds(struct act *act, const struct assertion *a)
{
    struct holder h;
    err_t e = a->kind == ACTOR_SERVICE ? service_holder(act, a->principal, a->key, &h)
                                       : device_holder(act, a->principal, &h);
    if (e == E_NOT_FOUND)
        return bad_signature(act, a->refuse);
    TRY(e);
    return holder_check(act, &h, a->refuse);
}

err_t assertion_spend(struct act *act, const struct assertion *a)
{
    const struct sql_used_jti_add add = { .hash = str_of(a->once.b, sizeof a->once.b),
                                          .expires_at = a->until };
    TRY(sql_used_jti_add(act->db, &add));
    if (db_changed(act->db) == 0)
        return FAIL(&act->why, a->refuse, "the assertion was used already: sign a new one");
    if (!oid_is_set(a->key))
        return E_OK;
    const struct sql_service_key_used used = { .id = a->key,
                                               .now = act->now,
                                               .before = { act->now.us - USED_AT_LEAST.us } };
    return sql_service_key_used(act->db, &used);
}

err_t assertions_expire(struct act *act, int64_t limit)
{
    return sql_used_jti_expire(act->db,
                               &(struct sql_used_jti_expire){ .now = act->now, .limit = limit });
}
