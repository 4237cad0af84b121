/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/device_key.h"

#include "base/enc.h"
#include "base/rng.h"
#include "plat/crypto/crypto.h"
#include "plat/json/json.h"
#include "plat/json/out.h"
#include "plat/os/file.h"

enum { MACHINE_ID_BYTES = 16, MACHINE_ID_FILE_MAX = 512 };

static err_t text_set(char to[static DEVICE_KEY_TEXT], str_t text, const char *name,
                      struct diag *why)
{
    if (text.n == 0 || text.n >= DEVICE_KEY_TEXT || memchr(text.p, '\0', text.n) != NULL)
        return FAIL(why, E_BAD_FIELD, "%s: want 1 to %d bytes", name, DEVICE_KEY_TEXT - 1);
    memcpy(to, text.p, text.n);
    to[text.n] = '\0';
    return E_OK;
}

err_t device_key_mint(str_t server, str_t machine_id, struct diag *why, struct device_key *ret)
{
    struct device_key k = { .seed = { .n = ED25519_SEED } };
    TRY(text_set(k.server, server, "server", why));
    TRY(text_set(k.machine_id, machine_id, "machine_id", why));
    rng_bytes(k.seed.b, ED25519_SEED);
    *ret = k;
    device_key_wipe(&k);
    return E_OK;
}

static err_t member_text(const struct json *v, str_t name, str_t *ret, struct diag *why)
{
    const struct json *member = json_member(v, name);
    if (member == NULL || json_type(member) != JSON_STRING)
        return FAIL(why, E_BAD_FIELD, "a key file of a device has a text `%.*s`", STR_ARG(name));
    *ret = json_string(member);
    return E_OK;
}

static err_t seed_take(const struct json *jwk, struct diag *why, secret_t *ret)
{
    secret_t seed = { .n = ED25519_SEED };
    uint8_t x[ED25519_PUBLIC];
    uint8_t own[ED25519_PUBLIC];
    str_t kty = STR_NONE;
    str_t crv = STR_NONE;
    str_t x_text = STR_NONE;
    str_t d_text = STR_NONE;
    if (jwk == NULL || json_type(jwk) != JSON_OBJECT)
        return FAIL(why, E_BAD_FIELD, "a key file of a device has an object `key`");
    TRY(member_text(jwk, STR("kty"), &kty, why));
    TRY(member_text(jwk, STR("crv"), &crv, why));
    TRY(member_text(jwk, STR("x"), &x_text, why));
    TRY(member_text(jwk, STR("d"), &d_text, why));
    bool fine = str_eq(kty, STR("OKP")) && str_eq(crv, STR("Ed25519")) &&
                base64url_decode_n(x_text, x, sizeof x) == E_OK &&
                base64url_decode_n(d_text, seed.b, ED25519_SEED) == E_OK;
    if (fine)
        ed25519_public(&seed, own);
    fine = fine && memcmp(own, x, sizeof own) == 0;
    if (fine)
        *ret = seed;
    secret_wipe(&seed);
    return fine ? E_OK : FAIL(why, E_BAD_FIELD, "`key` is no Ed25519 key whose halves match");
}

err_t device_key_parse(str_t text, struct diag *why, struct device_key *ret)
{
    CLEANUP(json_freep) struct json *v = NULL;
    struct device_key k = { 0 };
    str_t type = STR_NONE;
    str_t server = STR_NONE;
    str_t machine_id = STR_NONE;
    if (json_parse(text, NULL, &v) != E_OK || json_type(v) != JSON_OBJECT)
        return FAIL(why, E_BAD_FIELD, "a key file of a device is one JSON object");
    TRY(member_text(v, STR("type"), &type, why));
    TRY(member_text(v, STR("server"), &server, why));
    TRY(member_text(v, STR("machine_id"), &machine_id, why));
    if (!str_eq(type, STR("device")))
        return FAIL(why, E_BAD_FIELD, "the key file is of a %.*s, not of a device", STR_ARG(type));
    TRY(text_set(k.server, server, "server", why));
    TRY(text_set(k.machine_id, machine_id, "machine_id", why));
    TRY(seed_take(json_member(v, STR("key")), why, &k.seed));
    *ret = k;
    device_key_wipe(&k);
    return E_OK;
}

static void jwk_open(struct json_out *o, const struct device_key *k)
{
    uint8_t x[ED25519_PUBLIC];
    ed25519_public(&k->seed, x);
    json_out_open(o, '{');
    JSON_OUT(o, "kty", str, STR("OKP"));
    JSON_OUT(o, "crv", str, STR("Ed25519"));
    json_out_name(o, STR("x"));
    buf_add_byte(o->b, '"');
    buf_add_base64url(o->b, x, sizeof x);
    buf_add_byte(o->b, '"');
    o->comma = true;
}

void device_key_write_public(struct buf *b, const struct device_key *k)
{
    struct json_out o = json_out_to(b);
    jwk_open(&o, k);
    json_out_close(&o, '}');
}

void device_key_write(struct buf *b, const struct device_key *k)
{
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "type", str, STR("device"));
    JSON_OUT(&o, "server", str, str_from_cz(k->server));
    JSON_OUT(&o, "machine_id", str, str_from_cz(k->machine_id));
    json_out_name(&o, STR("key"));
    jwk_open(&o, k);
    json_out_name(&o, STR("d"));
    buf_add_byte(b, '"');
    buf_add_base64url(b, k->seed.b, k->seed.n);
    buf_add_byte(b, '"');
    o.comma = true;
    json_out_close(&o, '}');
    json_out_close(&o, '}');
    BUF_ADD(b, "\n");
}

void device_key_wipe(struct device_key *k)
{
    secret_wipe(&k->seed);
}

err_t device_key_create(const char *path, const struct device_key *k, struct diag *why)
{
    struct buf b;
    buf_init(&b, DEVICE_KEY_FILE_MAX);
    device_key_write(&b, k);
    err_t e = b.err != E_OK ? b.err : file_create(path, 0600, buf_str(&b), why);
    if (b.p != NULL)
        explicit_bzero(b.p, b.n);
    buf_fini(&b);
    return e;
}

err_t device_key_read(struct arena *a, const char *path, struct diag *why, struct device_key *ret)
{
    str_t text = STR_NONE;
    TRY(file_read(a, path, DEVICE_KEY_FILE_MAX, why, &text));
    if (str_trim(str_sub(text, 0, str_find(text, '\n'))).n == 0)
        return E_NOT_FOUND; /* the unit's credential where nobody minted a key */
    return device_key_parse(text, why, ret);
}

/*
 * /etc/machine-id must not be shown outside the machine (machine-id(5)): a hash of it, made for
 * this purpose only. A machine without one is known by its name.
 */
err_t machine_id_default(struct arena *a, const char *hostname, char ret[static DEVICE_KEY_TEXT])
{
    str_t id;
    if (file_read(a, "/etc/machine-id", MACHINE_ID_FILE_MAX, NULL, &id) != E_OK ||
        str_trim(id).n < 32)
        return text_set(ret, str_from_cz(hostname), "hostname", NULL);
    const str_t parts[] = { STR("seneschal-agent-machine-v1\0"), str_sub(id, 0, 32) };
    digest_t d = sha256_of_parts(parts, ARRAY_LEN(parts));
    char hex[2 * MACHINE_ID_BYTES];
    hex_encode(d.b, MACHINE_ID_BYTES, hex);
    return text_set(ret, str_of(hex, sizeof hex), "machine_id", NULL);
}
