/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `service-key create` and `service-account rotate`: the pair is made here, and the server gets its
 * public half alone. The file comes first, durable, and without the key's id, which only the server
 * knows: whatever ends this program before the server has the key leaves a file that opens nothing.
 */
#include "app/cli_call.h"
#include "app/cli_print.h"
#include "app/cli_say.h"
#include "domain/oauth/service_key.h"
#include "plat/jose/jwk.h"
#include "plat/os/file.h"

#include <unistd.h>

enum { KEYING_BODY_MAX = 16 * 1024, KEY_FILE_MODE = 0600 };

struct keying {
    struct cli *cli;
    const struct cli_command *cmd;
    struct cli_options options;
    struct cli_client client;
    struct cli_request request;
    const char *out; /* NULL: standard output */
    enum pubkey_kind kind;
    oid_t account;
    struct sign_key *pair;
    struct buf pem;
    str_t old[SERVICE_KEYS_MAX]; /* that a rotation ends */
    size_t old_n;
};

static void keying_fini(struct keying *k)
{
    sign_key_free(k->pair);
    buf_fini(&k->pem);
    cli_request_fini(&k->request);
    cli_client_close(&k->client);
}

/* A member of the words that is no part of the call; absent: it was not given. */
static err_t word_take(struct keying *k, str_t name, str_t *ret)
{
    const struct json *v = k->request.body != NULL ? json_member(k->request.body, name) : NULL;
    *ret = STR_NONE;
    if (v == NULL)
        return E_OK;
    TRY(str_copy(k->cli->arena, json_string(v), ret));
    json_remove(k->request.body, name);
    return E_OK;
}

static err_t out_settle(struct keying *k, str_t out)
{
    if (out.n == 0) {
        k->cli->hint = "--out FILE is where it goes; --out - is standard output";
        return FAIL(&k->cli->why, E_USAGE, "want a file for the key");
    }
    if (str_eq(out, STR("-"))) {
        if (isatty(STDOUT_FILENO) == 0)
            return E_OK;
        k->cli->hint = "--out FILE, or a pipe";
        return FAIL(&k->cli->why, E_USAGE, "a private key is not shown on a terminal");
    }
    k->out = str_cz(k->cli->arena, out);
    return k->out != NULL ? E_OK : E_NO_MEMORY;
}

/* /api/v1/service-accounts/ID/keys */
static err_t account_settle(struct keying *k)
{
    str_t path = buf_str(&k->request.path);
    str_t part = STR_NONE;
    while (str_split(&path, '/', &part)) {
        if (oid_parse(part, &k->account) == E_OK)
            return E_OK;
    }
    return E_INTERNAL; /* names were looked up, and the row of cli.def has the word */
}

static err_t words_settle(struct keying *k)
{
    str_t out;
    str_t type;
    TRY(word_take(k, STR("out"), &out));
    TRY(word_take(k, STR("type"), &type));
    TRY(out_settle(k, out));
    TRY(service_key_kind_parse(type.p != NULL ? type : jws_alg(PUBKEY_ED25519), &k->kind));
    return account_settle(k);
}

/* The server allows no more than these. */
static err_t old_read(struct keying *k)
{
    CLEANUP(json_freep) struct json *page = NULL;
    struct cli_send send = { .method = "GET" };
    TRY(str_format(k->cli->arena, &send.path, "%.*s?limit=%d", STR_ARG(buf_str(&k->request.path)),
                   SERVICE_KEYS_MAX));
    TRY(cli_client_json(k->cli, &k->client, &send, &page));
    size_t n = page != NULL ? say_count(page, "items") : 0;
    for (size_t i = 0; i < n && i < SERVICE_KEYS_MAX; i++)
        TRY(str_copy(k->cli->arena, say_member(say_at(page, "items", i), "id"),
                     &k->old[k->old_n++]));
    return E_OK;
}

static err_t pair_make(struct keying *k)
{
    CLEANUP(buf_fini) struct buf jwk = { 0 };
    struct json *public = NULL;
    buf_init(&k->pem, KEY_PEM_MAX);
    k->pem.secret = true;
    TRY(sign_key_make(k->kind, &k->pair));
    key_pem_write(&k->pem, k->cli->arena, k->pair);
    TRY(k->pem.err);
    buf_init(&jwk, KEYING_BODY_MAX);
    jwk_write(&jwk, sign_key_public(k->pair));
    TRY(jwk.err);
    if (k->request.body == NULL)
        k->request.body = json_new_object();
    if (k->request.body == NULL)
        return E_NO_MEMORY;
    TRY(json_parse(buf_str(&jwk), &k->cli->why, &public));
    return json_set(k->request.body, STR("public_key"), public);
}

/* The key file; before the server has the key its id is not known. */
static err_t file_text(struct keying *k, oid_t key, struct buf *ret)
{
    buf_init(ret, SERVICE_KEY_FILE_MAX);
    ret->secret = true;
    service_key_file(ret, k->account, key, buf_str(&k->pem));
    buf_add_byte(ret, '\n');
    return ret->err;
}

static err_t file_reserve(struct keying *k)
{
    CLEANUP(buf_fini) struct buf text = { 0 };
    TRY(file_text(k, (oid_t){ 0 }, &text));
    err_t e = file_create(k->out, KEY_FILE_MODE, buf_str(&text), &k->cli->why);
    if (e == E_CONFLICT)
        k->cli->hint = "a file that is there is never written over: name another";
    return e;
}

static err_t file_finish(struct keying *k, oid_t key)
{
    struct buf text;
    err_t e = file_text(k, key, &text);
    if (k->out == NULL)
        return e == E_OK ? say_out(&text) : e;
    if (e == E_OK)
        e = file_write(k->out, KEY_FILE_MODE, buf_str(&text), &k->cli->why);
    buf_fini(&text);
    return e;
}

static err_t key_end(struct keying *k, str_t id)
{
    struct http_answer answer = { 0 };
    struct cli_send send = { .method = "DELETE" };
    TRY(str_format(k->cli->arena, &send.path, "%.*s/%.*s", STR_ARG(buf_str(&k->request.path)),
                   STR_ARG(id)));
    return cli_client_send(k->cli, &k->client, &send, &answer);
}

static err_t key_upload(struct keying *k, struct json **ret)
{
    CLEANUP(buf_fini) struct buf body = { 0 };
    buf_init(&body, KEYING_BODY_MAX);
    json_write(&body, k->request.body);
    TRY(body.err);
    const struct cli_send send = { .method = k->cmd->method,
                                   .path = buf_str(&k->request.path),
                                   .body = buf_str(&body) };
    return cli_client_json(k->cli, &k->client, &send, ret);
}

/* The key is the server's now, but nobody has its private half: it ends again. */
static err_t finish_or_end(struct keying *k, const struct json *made)
{
    oid_t key;
    if (oid_parse(say_member(made, "id"), &key) != E_OK)
        return FAIL(&k->cli->why, E_IO, "the answer is no key: is this a Seneschal server?");
    err_t e = file_finish(k, key);
    if (e == E_OK)
        return E_OK;
    struct diag first = k->cli->why;
    bool ended = key_end(k, say_member(made, "id")) == E_OK;
    k->cli->why = first;
    k->cli->hint = ended ? "the new key was ended again" : "end the new key: service-key delete";
    return e;
}

static err_t key_make(struct keying *k, struct json **ret)
{
    TRY(pair_make(k));
    TRY(k->out != NULL ? file_reserve(k) : E_OK);
    err_t e = key_upload(k, ret);
    if (e == E_OK)
        e = finish_or_end(k, *ret);
    if (e != E_OK && k->out != NULL)
        err_ignore(file_remove(k->out, NULL)); /* what is left of it opens nothing */
    return e;
}

static err_t old_end(struct keying *k)
{
    for (size_t i = 0; i < k->old_n; i++) {
        err_t e = key_end(k, k->old[i]);
        if (e == E_OK || e == E_NOT_FOUND)
            continue;
        k->cli->hint = "the new key is good; end the old ones: service-key list, and delete";
        return e;
    }
    return E_OK;
}

static void calls_show(const struct keying *k)
{
    str_t path = buf_str(&k->request.path);
    (void)printf("%s %.*s with a new key of %.*s\n", k->cmd->method, STR_ARG(path),
                 STR_ARG(jws_alg(k->kind)));
    for (size_t i = 0; i < k->old_n; i++)
        (void)printf("DELETE %.*s/%.*s\n", STR_ARG(path), STR_ARG(k->old[i]));
}

static err_t keying_run(struct keying *k, bool rotate, int argc, char **argv)
{
    CLEANUP(json_freep) struct json *made = NULL;
    struct cli_printer p = { .arena = k->cli->arena };
    cli_options_init(&k->options);
    TRY(cli_options_take(k->cli, k->cmd, &k->options, &argc, argv));
    TRY(cli_client_open(k->cli, &k->options, &k->client));
    TRY(cli_request_read(k->cli, k->cmd, &k->client, argc, argv, &k->request));
    TRY(words_settle(k));
    TRY(rotate ? old_read(k) : E_OK);
    if (k->options.dry_run) {
        calls_show(k);
        return E_OK;
    }
    TRY(rotate ? cli_ask(k->cli, k->cmd, &k->options) : E_OK);
    TRY(key_make(k, &made));
    TRY(rotate ? old_end(k) : E_OK);
    p.output = k->options.output;
    return k->out != NULL ? cli_print_object(&p, made) : E_OK;
}

static int keying_do(struct cli *cli, char *noun, char *verb, int argc, char **argv)
{
    CLEANUP(keying_fini) struct keying k = { .cli = cli };
    int words;
    k.cmd = cli_find(2, (char *[]){ noun, verb }, &words);
    bool rotate = str_eq(str_from_cz(verb), STR("rotate"));
    err_t e = keying_run(&k, rotate, argc, argv);
    return e == E_OK ? CLI_OK : cli_fail(cli, e);
}

int cmd_service_key_create(struct cli *cli, int argc, char **argv)
{
    return keying_do(cli, (char[]){ "service-key" }, (char[]){ "create" }, argc, argv);
}

int cmd_service_account_rotate(struct cli *cli, int argc, char **argv)
{
    return keying_do(cli, (char[]){ "service-account" }, (char[]){ "rotate" }, argc, argv);
}
