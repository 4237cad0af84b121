/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who a person is signed in as on the command line: tokens of the built-in client, kept in a file
 * of his own ($XDG_STATE_HOME/seneschal, 0600) for one issuer, and refreshed when they end. One
 * process at a time refreshes: a token that is used twice ends the whole lineage (RFC 9700 4.14).
 */
#ifndef APP_LOGIN_H
#define APP_LOGIN_H

#include "app/cli.h"
#include "base/buf.h"
#include "base/clock.h"
#include "plat/http/client.h"

#define LOGIN_CLIENT "seneschal-cli" /* the built-in client of every server */

struct login {
    str_t issuer; /* the server's address, without a slash at its end */
    str_t scope;
    str_t access_token;
    str_t refresh_token; /* absent: none was given */
    ts_t expires_at;     /* of the access token */
    bool kept;           /* in its file; else in memory alone */
};

/* E_NOT_FOUND: nobody is signed in there. E_FORBIDDEN: the file is open to others, or is another
 * issuer's. */
err_t login_load(struct cli *cli, str_t issuer, struct login *ret) MUST_USE;
err_t login_save(struct cli *cli, const struct login *l) MUST_USE;
err_t login_forget(struct cli *cli, str_t issuer) MUST_USE;
/* E_CONFLICT: another process holds it; file_unlock ends it. */
err_t login_lock(struct cli *cli, str_t issuer, int *ret) MUST_USE;

/* Has the access token ended, or will it within a minute? */
bool login_stale(const struct login *l);
/* Tokens in place of those; another process's are taken where it was first. E_UNAUTHENTICATED: sign
 * in again. */
err_t login_refresh(struct cli *cli, struct http_client *http, struct login *l) MUST_USE;
/* End the lineage at the server (RFC 7009). */
err_t login_revoke(struct cli *cli, struct http_client *http, const struct login *l) MUST_USE;

struct login_how {
    str_t issuer;
    str_t scope;
    bool browser; /* open one where there is one */
    bool keep;    /* in its file */
};
/* Sign in by the device flow (RFC 8628): asks the person, and waits for him. E_FORBIDDEN: he said
 * no. E_TIMEOUT: he did not answer in time. */
err_t login_by_device(struct cli *cli, struct http_client *http, const struct login_how *how,
                      struct login *ret) MUST_USE;

/* A form (application/x-www-form-urlencoded) to an endpoint of the issuer; the answer's JSON,
 * whatever its status. E_IO: it is no JSON. */
struct login_form {
    str_t issuer;
    const char *path;
    struct buf body;
};
void login_form_init(struct login_form *f, str_t issuer, const char *path);
void login_form_add(struct login_form *f, const char *name, str_t value);
void login_form_fini(struct login_form *f);
struct json;
err_t login_form_send(struct cli *cli, struct http_client *http, struct login_form *f,
                      int *ret_status, struct json **ret) MUST_USE;
/* E_USAGE: the server signs for another name than the one it is called by. */
struct cli_client;
err_t login_check_issuer(struct cli *cli, struct cli_client *c) MUST_USE;
/* The tokens of an answer of the token endpoint. */
err_t login_take(struct cli *cli, const struct json *answer, struct login *l) MUST_USE;

/* Where files of this user are: DIR of the variable or ~/`fallback`, then seneschal/`name`. */
err_t user_path(struct cli *cli, const char *variable, const char *fallback, str_t name,
                const char **ret) MUST_USE;
/* The directory of such a path, 0700. */
err_t user_path_make(struct cli *cli, const char *path) MUST_USE;

#endif
