/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli_say.h"
#include "app/login.h"

#include "base/enc.h"
#include "plat/crypto/crypto.h"
#include "plat/json/json.h"
#include "plat/json/out.h"
#include "plat/os/file.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

enum { LOGIN_FILE_MAX = 64 * 1024, NAME_HEX = 16 };

static const char *environment(const char *name)
{
    const char *v = getenv(name); /* NOLINT(concurrency-mt-unsafe): nothing writes it */
    return v != NULL && v[0] == '/' ? v : NULL;
}

err_t user_path(struct cli *cli, const char *variable, const char *fallback, str_t name,
                const char **ret)
{
    const char *dir = environment(variable);
    const char *home = environment("HOME");
    str_t path = STR_NONE;
    if (dir == NULL && home == NULL)
        return FAIL(&cli->why, E_NOT_FOUND, "HOME is not set: nothing can be kept for you");
    TRY(dir != NULL
            ? str_format(cli->arena, &path, "%s/seneschal/%.*s", dir, STR_ARG(name))
            : str_format(cli->arena, &path, "%s/%s/seneschal/%.*s", home, fallback, STR_ARG(name)));
    *ret = str_cz(cli->arena, path);
    return *ret != NULL ? E_OK : E_NO_MEMORY;
}

err_t user_path_make(struct cli *cli, const char *path)
{
    assert(path != NULL);
    const char *slash = strrchr(path, '/');
    assert(slash != NULL);
    const char *dir = str_cz(cli->arena, str_of(path, (size_t)(slash - path)));
    return dir != NULL ? file_make_dirs(dir, 0700, &cli->why) : E_NO_MEMORY;
}

/* One file an issuer: its name is a hash, its content says which. */
static err_t login_path(struct cli *cli, str_t issuer, const char *ending, const char **ret)
{
    str_t name = STR_NONE;
    char hex[NAME_HEX];
    TRY(crypto_init());
    digest_t d = sha256_of(issuer);
    hex_encode(d.b, NAME_HEX / 2, hex);
    TRY(str_format(cli->arena, &name, "login-%.*s.%s", NAME_HEX, hex, ending));
    return user_path(cli, "XDG_STATE_HOME", ".local/state", name, ret);
}

static err_t file_is_ours(struct cli *cli, const char *path)
{
    mode_t mode = 0;
    uid_t uid = 0;
    err_t e = file_owner(path, &mode, &uid);
    if (e != E_OK)
        return e;
    if (uid == geteuid() && (mode & 077U) == 0)
        return E_OK;
    cli->hint = "remove it and sign in again: seneschal login";
    return FAIL(&cli->why, E_FORBIDDEN, "%s: others may read or own it", path);
}

static err_t text_of(struct cli *cli, const struct json *v, const char *name, str_t *ret)
{
    str_t text = say_member(v, name);
    *ret = STR_NONE;
    return text.n > 0 ? str_copy(cli->arena, text, ret) : E_OK;
}

err_t login_load(struct cli *cli, str_t issuer, struct login *ret)
{
    CLEANUP(json_freep) struct json *v = NULL;
    struct login l = { .kept = true };
    const char *path = NULL;
    str_t text = STR_NONE;
    TRY(login_path(cli, issuer, "json", &path));
    TRY(file_is_ours(cli, path));
    TRY(file_read(cli->arena, path, LOGIN_FILE_MAX, &cli->why, &text));
    if (json_parse(text, NULL, &v) != E_OK || json_type(v) != JSON_OBJECT)
        return FAIL(&cli->why, E_CORRUPT, "%s: is not what was written: sign in again", path);
    TRY(text_of(cli, v, "issuer", &l.issuer));
    TRY(text_of(cli, v, "scope", &l.scope));
    TRY(text_of(cli, v, "access_token", &l.access_token));
    TRY(text_of(cli, v, "refresh_token", &l.refresh_token));
    if (!str_eq(l.issuer, issuer) || !str_eq(say_member(v, "client_id"), STR(LOGIN_CLIENT)))
        return FAIL(&cli->why, E_FORBIDDEN, "%s: is another issuer's", path);
    if (ts_parse(say_member(v, "expires_at"), &l.expires_at) != E_OK)
        l.expires_at = (ts_t){ 1 };
    *ret = l;
    return E_OK;
}

err_t login_save(struct cli *cli, const struct login *l)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    const char *path = NULL;
    if (!l->kept)
        return E_OK;
    buf_init(&b, LOGIN_FILE_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "issuer", str, l->issuer);
    JSON_OUT(&o, "client_id", str, STR(LOGIN_CLIENT));
    JSON_OUT(&o, "scope", str, l->scope);
    JSON_OUT(&o, "access_token", str, l->access_token);
    if (l->refresh_token.n > 0)
        JSON_OUT(&o, "refresh_token", str, l->refresh_token);
    JSON_OUT(&o, "expires_at", ts, l->expires_at);
    json_out_close(&o, '}');
    BUF_ADD(&b, "\n");
    TRY(b.err);
    TRY(login_path(cli, l->issuer, "json", &path));
    TRY(user_path_make(cli, path));
    return file_write(path, 0600, buf_str(&b), &cli->why);
}

err_t login_forget(struct cli *cli, str_t issuer)
{
    const char *path = NULL;
    TRY(login_path(cli, issuer, "json", &path));
    return file_remove(path, &cli->why);
}

err_t login_lock(struct cli *cli, str_t issuer, int *ret)
{
    const char *path = NULL;
    TRY(login_path(cli, issuer, "lock", &path));
    TRY(user_path_make(cli, path));
    return file_lock(path, &cli->why, ret);
}
