/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/audit/audit_checkpoint.h"

#include "base/enc.h"
#include "domain/audit/audit_body.h"
#include "domain/audit/audit_heads.h"
#include "plat/json/json.h"
#include "plat/json/out.h"
#include "sql/audit.h"

enum { CHAINS_AT_ONCE = 500 };

/* Its NUL is signed too. */
static const char sign_label[] = "seneschal-audit-checkpoint-v1";

static err_t heads_take(struct audit *log, struct db *db, struct arena *a, struct checkpoint *ret);
static err_t event_append(struct audit *log, struct db *db, struct arena *a, str_t line);

err_t audit_checkpoint(struct audit *log, struct db *db, struct arena *a, const secret_t *seed,
                       str_t *ret_line)
{
    if (log->unsigned_now == 0) {
        *ret_line = STR_NONE;
        return E_OK;
    }
    struct checkpoint c = { 0 };
    char at[TS_TEXT];
    ts_format(clock_now(), at);
    c.at = str_of(at, sizeof at);
    ed25519_public(seed, c.key);
    TRY(heads_take(log, db, a, &c));
    str_t line = STR_NONE;
    TRY(checkpoint_write(a, seed, &c, &line));
    TRY(event_append(log, db, a, line));
    *ret_line = line;
    return E_OK;
}

static err_t heads_grow(struct arena *a, struct checkpoint *c, size_t more)
{
    struct checkpoint_head *wider = ARENA_ARRAY(a, struct checkpoint_head, c->heads_n + more);
    if (wider == NULL)
        return E_NO_MEMORY;
    if (c->heads_n > 0)
        memcpy(wider, c->heads, c->heads_n * sizeof *wider);
    c->heads = wider;
    return E_OK;
}

static err_t heads_take(struct audit *log, struct db *db, struct arena *a, struct checkpoint *ret)
{
    size_t n = CHAINS_AT_ONCE;
    struct sql_audit_chains from = { .n = CHAINS_AT_ONCE };
    while (n == CHAINS_AT_ONCE) {
        struct sql_audit_chains_row *rows = NULL;
        TRY(sql_audit_chains(db, a, &from, &rows, &n));
        TRY(heads_grow(a, ret, n));
        for (size_t i = 0; i < n; i++) {
            struct head *h = NULL;
            TRY(head_of(log, db, a, rows[i].org, &h));
            ret->heads[ret->heads_n++] =
                (struct checkpoint_head){ h->now.chain, h->now.seq, h->now.hash };
            from.after = rows[i].id;
        }
    }
    return E_OK;
}

static err_t event_append(struct audit *log, struct db *db, struct arena *a, str_t line)
{
    struct audit_event e = { .action = STR(AUDIT_CHECKPOINT),
                             .actor_kind = ACTOR_SYSTEM,
                             .details = line };
    TRY(audit_append(log, db, a, &e));
    log->unsigned_now = 0; /* this event is what the next one covers, and no reason for it */
    return E_OK;
}

/* {"at","heads":[{"chain","hash","seq"}]}: what is signed, behind the label. */
static void signed_write(struct buf *b, const struct checkpoint *c)
{
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "at", str, c->at);
    json_out_name(&o, STR("heads"));
    json_out_open(&o, '[');
    for (size_t i = 0; i < c->heads_n; i++) {
        char hash[2 * SHA256_SIZE];
        hex_encode(c->heads[i].hash.b, SHA256_SIZE, hash);
        json_out_open(&o, '{');
        JSON_OUT(&o, "chain", id, c->heads[i].chain);
        JSON_OUT(&o, "hash", str, str_of(hash, sizeof hash));
        JSON_OUT(&o, "seq", i64, c->heads[i].seq);
        json_out_close(&o, '}');
    }
    json_out_close(&o, ']');
    json_out_close(&o, '}');
}

static err_t signed_make(struct arena *a, const struct checkpoint *c, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, AUDIT_PRIVATE_MAX);
    buf_add(&b, str_of(sign_label, sizeof sign_label));
    signed_write(&b, c);
    return b.err != E_OK ? b.err : str_copy(a, buf_str(&b), ret);
}

err_t checkpoint_write(struct arena *a, const secret_t *seed, const struct checkpoint *c,
                       str_t *ret_line)
{
    str_t message = STR_NONE;
    uint8_t signature[ED25519_SIG];
    TRY(signed_make(a, c, &message));
    ed25519_sign(seed, message, signature);
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, AUDIT_PRIVATE_MAX);
    buf_add(&b, str_sub(message, sizeof sign_label,
                        message.n - sizeof sign_label - 1)); /* without its last brace */
    BUF_ADD(&b, ",\"key\":\"");
    buf_add_base64url(&b, c->key, sizeof c->key);
    BUF_ADD(&b, "\",\"signature\":\"");
    buf_add_base64url(&b, signature, sizeof signature);
    BUF_ADD(&b, "\"}");
    return b.err != E_OK ? b.err : str_copy(a, buf_str(&b), ret_line);
}

static str_t text_of(const struct json *object, str_t name)
{
    const struct json *v = json_type(object) == JSON_OBJECT ? json_member(object, name) : NULL;
    return v != NULL && json_type(v) == JSON_STRING ? json_string(v) : STR_NONE;
}

static err_t head_read(const struct json *v, struct checkpoint_head *ret)
{
    const struct json *seq = json_type(v) == JSON_OBJECT ? json_member(v, STR("seq")) : NULL;
    if (seq == NULL || json_type(seq) != JSON_INT)
        return E_CORRUPT;
    ret->seq = json_int(seq);
    TRY(oid_parse(text_of(v, STR("chain")), &ret->chain));
    return hex_decode(text_of(v, STR("hash")), ret->hash.b, SHA256_SIZE);
}

static err_t heads_read(struct arena *a, const struct json *root, struct checkpoint *ret)
{
    const struct json *heads = json_member(root, STR("heads"));
    if (heads == NULL || json_type(heads) != JSON_ARRAY)
        return E_CORRUPT;
    ret->heads_n = json_count(heads);
    ret->heads = ARENA_ARRAY(a, struct checkpoint_head, ret->heads_n + 1);
    if (ret->heads == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < ret->heads_n; i++) {
        if (head_read(json_at(heads, i), &ret->heads[i]) != E_OK)
            return E_CORRUPT;
    }
    return E_OK;
}

static err_t signature_check(struct arena *a, const struct json *root, const struct checkpoint *c)
{
    uint8_t signature[ED25519_SIG];
    struct pubkey key;
    str_t message = STR_NONE;
    if (base64url_decode_n(text_of(root, STR("signature")), signature, sizeof signature) != E_OK)
        return E_CORRUPT;
    if (pubkey_from_raw(PUBKEY_ED25519, str_of(c->key, sizeof c->key), STR_NONE, &key) != E_OK)
        return E_CORRUPT;
    TRY(signed_make(a, c, &message));
    return pubkey_verify(&key, message, str_of(signature, sizeof signature)) == E_OK ? E_OK
                                                                                     : E_CORRUPT;
}

static err_t root_parse(str_t line, struct json **ret)
{
    CLEANUP(json_freep) struct json *root = NULL;
    err_t e = json_parse(line, NULL, &root);
    if (e != E_OK)
        return e == E_NO_MEMORY ? e : E_NOT_FOUND;
    str_t inner = text_of(root, STR("checkpoint"));
    if (inner.p != NULL) {
        e = json_parse(inner, NULL, ret);
        return e == E_OK || e == E_NO_MEMORY ? e : E_CORRUPT;
    }
    if (text_of(root, STR("signature")).p == NULL)
        return E_NOT_FOUND;
    *ret = root;
    root = NULL;
    return E_OK;
}

err_t checkpoint_read(struct arena *a, str_t line, struct checkpoint *ret)
{
    CLEANUP(json_freep) struct json *root = NULL;
    struct checkpoint c = { 0 };
    TRY(root_parse(line, &root));
    if (json_type(root) != JSON_OBJECT ||
        base64url_decode_n(text_of(root, STR("key")), c.key, sizeof c.key) != E_OK)
        return E_CORRUPT;
    TRY(str_copy(a, text_of(root, STR("at")), &c.at));
    TRY(heads_read(a, root, &c));
    TRY(signature_check(a, root, &c));
    *ret = c;
    return E_OK;
}
