/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/store.h"
#include "base/enc.h"
#include "plat/crypto/crypto.h"
#include "plat/json/json.h"
#include "plat/json/out.h"
#include "plat/os/file.h"

enum { DIGEST_HEX = 2 * SHA256_SIZE };

static const char store_newest[] = "state.json";
static const char store_older[] = "state.json.prev";

/* clang-format off */
#define TEXT(member)   { #member, offsetof(struct agent_store, member), true, false }
#define NUMBER(member) { #member, offsetof(struct agent_store, member), false, false }
#define LATER_TEXT(member)   { #member, offsetof(struct agent_store, member), true, true }
#define LATER_NUMBER(member) { #member, offsetof(struct agent_store, member), false, true }
static const struct store_field {
    const char *name;
    size_t at;
    bool text;
    bool later; /* files of an earlier version have none: "" or 0 */
} store_fields[] = {
    NUMBER(generation), NUMBER(state), TEXT(reason), TEXT(machine_id), TEXT(seed),
    TEXT(init_nonce), TEXT(device_id), TEXT(request_id), TEXT(code), TEXT(claim),
    TEXT(challenge_context), TEXT(challenge_nonce),
    TEXT(token), NUMBER(join_seq), NUMBER(token_us), TEXT(rotate_nonce),
    TEXT(etag), TEXT(version), NUMBER(confirmed_us), NUMBER(ack_owed),
    LATER_TEXT(root), LATER_TEXT(org), LATER_TEXT(keys), LATER_NUMBER(keys_n),
    LATER_NUMBER(lease_iat_s), LATER_NUMBER(lease_exp_s), LATER_NUMBER(lease_grace_s),
    LATER_NUMBER(lease_mono_us), LATER_TEXT(lease_boot),
    LATER_TEXT(seen_device), LATER_NUMBER(seen_seq), LATER_NUMBER(seen_iat_s),
    LATER_TEXT(refused), LATER_TEXT(refused_etag), LATER_NUMBER(refused_us), LATER_NUMBER(wiped),
};
/* clang-format on */

void agent_store_wipe(struct agent_store *s)
{
    explicit_bzero(s, sizeof *s);
}

err_t agent_text_set(char text[static AGENT_TEXT], str_t value)
{
    if (value.n >= AGENT_TEXT || (value.n > 0 && memchr(value.p, '\0', value.n) != NULL))
        return E_BAD_FIELD;
    agent_text_clear(text);
    if (value.n > 0)
        memcpy(text, value.p, value.n);
    return E_OK;
}

void agent_text_clear(char text[static AGENT_TEXT])
{
    explicit_bzero(text, AGENT_TEXT);
}

static err_t store_path(const char *dir, const char *name, char out[static AGENT_PATH_MAX])
{
    int n = snprintf(out, AGENT_PATH_MAX, "%s/%s", dir, name);
    return n > 0 && n < AGENT_PATH_MAX ? E_OK : E_BAD_FIELD;
}

static void *store_member(struct agent_store *s, const struct store_field *f)
{
    return (char *)s + f->at;
}

static err_t store_read_field(const struct json *v, const struct store_field *f,
                              struct agent_store *s)
{
    const struct json *member = json_member(v, str_from_cz(f->name));
    if (member == NULL && f->later)
        return E_OK; /* the store begins as zeros */
    if (member == NULL || json_type(member) != (f->text ? JSON_STRING : JSON_INT))
        return E_CORRUPT;
    if (f->text)
        return agent_text_set(store_member(s, f), json_string(member)) == E_OK ? E_OK : E_CORRUPT;
    int64_t number = json_int(member);
    memcpy(store_member(s, f), &number, sizeof number);
    return E_OK;
}

/* One line of JSON, its hash, nothing else. */
static err_t store_decode(str_t text, struct agent_store *ret)
{
    size_t end = str_find(text, '\n');
    uint8_t want[SHA256_SIZE];
    if (text.n != end + 1 + DIGEST_HEX + 1 || text.p[text.n - 1] != '\n' ||
        hex_decode(str_sub(text, end + 1, DIGEST_HEX), want, sizeof want) != E_OK)
        return E_CORRUPT;
    digest_t have = sha256_of(str_sub(text, 0, end));
    if (memcmp(have.b, want, sizeof want) != 0)
        return E_CORRUPT;
    CLEANUP(json_freep) struct json *v = NULL;
    err_t e = json_parse(str_sub(text, 0, end), NULL, &v);
    if (e == E_NO_MEMORY)
        return e;
    if (e != E_OK || json_type(v) != JSON_OBJECT)
        return E_CORRUPT;
    struct agent_store s = { 0 };
    for (size_t i = 0; i < ARRAY_LEN(store_fields) && e == E_OK; i++)
        e = store_read_field(v, &store_fields[i], &s);
    if (e == E_OK && (s.state < 0 || s.state >= AGENT_STATES || s.generation < 0))
        e = E_CORRUPT;
    if (e == E_OK)
        *ret = s;
    agent_store_wipe(&s);
    return e;
}

static err_t store_load_one(const char *dir, const char *name, struct diag *why,
                            struct agent_store *ret)
{
    char path[AGENT_PATH_MAX];
    str_t text;
    TRY(store_path(dir, name, path));
    CLEANUP(arena_freep) struct arena *a = arena_new((size_t)2 * AGENT_FILE_MAX);
    if (a == NULL)
        return E_NO_MEMORY;
    err_t e = file_read(a, path, AGENT_FILE_MAX, why, &text);
    if (e == E_TOO_BIG)
        return E_CORRUPT;
    TRY(e);
    e = store_decode(text, ret);
    explicit_bzero((void *)(uintptr_t)text.p, text.n); /* our own copy in the arena */
    return e;
}

err_t agent_store_load(const char *dir, struct diag *why, struct agent_store *ret)
{
    struct diag first = { 0 };
    struct diag second = { 0 };
    err_t newest = store_load_one(dir, store_newest, &first, ret);
    if (newest == E_OK)
        return E_OK;
    if (newest != E_NOT_FOUND && newest != E_CORRUPT)
        return FAIL(why, newest, "%s", first.text);
    err_t older = store_load_one(dir, store_older, &second, ret);
    if (older == E_OK)
        return E_OK;
    if (newest == E_NOT_FOUND && older == E_NOT_FOUND)
        return E_NOT_FOUND;
    if (older != E_NOT_FOUND && older != E_CORRUPT)
        return FAIL(why, older, "%s", second.text);
    return FAIL(why, E_CORRUPT, "%s: both generations of the state are damaged", dir);
}

static void store_encode(struct buf *b, struct agent_store *s)
{
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    for (size_t i = 0; i < ARRAY_LEN(store_fields); i++) {
        const struct store_field *f = &store_fields[i];
        json_out_name(&o, str_from_cz(f->name));
        if (f->text) {
            json_out_str(&o, str_from_cz(store_member(s, f)));
            continue;
        }
        int64_t number;
        memcpy(&number, store_member(s, f), sizeof number);
        json_out_i64(&o, number);
    }
    json_out_close(&o, '}');
    digest_t d = sha256_of(buf_str(b));
    buf_add_byte(b, '\n');
    buf_add_hex(b, d.b, sizeof d.b);
    buf_add_byte(b, '\n');
}

/*
 * Older generation first: between the two renames only state.json.prev is there, and it is what was
 * stored last. At every moment one of the two files is whole.
 */
static err_t store_put(const char *dir, str_t text, struct diag *why)
{
    char newest[AGENT_PATH_MAX];
    char older[AGENT_PATH_MAX];
    TRY(store_path(dir, store_newest, newest));
    TRY(store_path(dir, store_older, older));
    struct agent_store current;
    err_t e = store_load_one(dir, store_newest, NULL, &current);
    agent_store_wipe(&current);
    if (e == E_OK) /* a damaged newest file must not replace a whole older one */
        TRY(file_rename(newest, older, why));
    return file_write(newest, 0600, text, why);
}

err_t agent_store_save(const char *dir, struct agent_store *s, struct diag *why)
{
    struct buf b;
    buf_init(&b, AGENT_FILE_MAX);
    s->generation++;
    store_encode(&b, s);
    err_t e = b.err;
    if (e == E_OK)
        e = store_put(dir, buf_str(&b), why);
    if (b.p != NULL)
        explicit_bzero(b.p, b.n);
    buf_fini(&b);
    return e;
}

err_t agent_store_save_both(const char *dir, struct agent_store *s, struct diag *why)
{
    TRY(agent_store_save(dir, s, why));
    return agent_store_save(dir, s, why);
}
