/* SPDX-License-Identifier: Apache-2.0 */
/* The server's part of `device enroll`. */
#include "app/enrol.h"

#include "app/cli_say.h"
#include "base/num.h"
#include "plat/json/out.h"

#include <time.h>

enum { TRIES_MAX = 8, WAIT_S_MAX = 60, ADMIT_BODY_MAX = 256 * 1024, SETTINGS_MAX = 4096 };

/* A server that is busy says when to come back. */
static bool waits(const struct http_answer *answer, int tries)
{
    uint64_t seconds = 1;
    if ((answer->status != 429 && answer->status != 503) || tries >= TRIES_MAX)
        return false;
    if (num_parse_u64(http_answer_field(answer, STR("Retry-After")), &seconds) != E_OK)
        seconds = 1;
    struct timespec rest = { .tv_sec = seconds < WAIT_S_MAX ? (time_t)seconds : WAIT_S_MAX };
    (void)nanosleep(&rest, NULL); /* a signal ends the program or the rest: either is fine */
    return true;
}

static err_t post(struct cli *cli, struct cli_client *client, const char *path, struct buf *body,
                  struct json **ret)
{
    struct cli_send send = { .method = "POST", .path = str_from_cz(path), .body = buf_str(body) };
    struct http_answer answer = { 0 };
    err_t e = body->err;
    for (int tries = 1; body->err == E_OK; tries++) {
        answer = (struct http_answer){ 0 };
        diag_clear(&cli->why);
        e = cli_client_send(cli, client, &send, &answer);
        if (e == E_OK || !waits(&answer, tries))
            break;
    }
    TRY(e);
    if (json_parse(answer.body, NULL, ret) != E_OK)
        return FAIL(&cli->why, E_IO, "the answer is not JSON: is this a Seneschal server?");
    return E_OK;
}

static err_t init_ask(struct cli *cli, struct cli_client *client, const struct enrol_ask *ask,
                      str_t *ret_device, str_t *ret_request)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    CLEANUP(json_freep) struct json *answer = NULL;
    buf_init(&b, ADMIT_BODY_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "machine_id", str, ask->machine_id);
    JSON_OUT(&o, "type", str, STR("agent"));
    JSON_OUT(&o, "public_key", raw, ask->public_key);
    json_out_close(&o, '}');
    TRY(post(cli, client, "/api/v1/devices/enroll/init", &b, &answer));
    TRY(str_copy(cli->arena, say_member(answer, "device_id"), ret_device));
    return str_copy(cli->arena, say_member(answer, "request_id"), ret_request);
}

static void put_groups(struct json_out *o, const struct enrol_ask *ask)
{
    str_t rest = ask->machine->groups;
    str_t name;
    const struct json *all = ask->how->groups;
    if (all == NULL && rest.n == 0)
        return;
    json_out_name(o, STR("groups"));
    json_out_open(o, '[');
    for (size_t i = 0; all != NULL && i < json_count(all); i++)
        json_out_str(o, json_string(json_at(all, i)));
    while (rest.n > 0 && str_split(&rest, ';', &name)) {
        if (str_trim(name).n > 0)
            json_out_str(o, str_trim(name));
    }
    json_out_close(o, ']');
}

/* The device belongs to nobody by that: whoever enrols a machine is not its owner. */
static err_t approve(struct cli *cli, struct cli_client *client, const struct enrol_ask *ask,
                     str_t device, str_t request)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    CLEANUP(json_freep) struct json *answer = NULL;
    buf_init(&b, ADMIT_BODY_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "device_id", str, device);
    JSON_OUT(&o, "request_id", str, request);
    JSON_OUT(&o, "decision", str, STR("approve"));
    json_out_name(&o, STR("user_id"));
    json_out_null(&o);
    put_groups(&o, ask);
    if (ask->how->labels != NULL) {
        json_out_name(&o, STR("labels"));
        json_write(&b, ask->how->labels);
        o.comma = true;
    }
    json_out_close(&o, '}');
    return post(cli, client, "/api/v1/devices/enroll/confirm", &b, &answer);
}

/* Asked again with the key that is in already, a device has nothing left to approve. */
static err_t is_in(struct cli *cli, struct cli_client *client, str_t device, bool *ret)
{
    CLEANUP(json_freep) struct json *answer = NULL;
    str_t path = STR_NONE;
    TRY(str_format(cli->arena, &path, "/api/v1/devices/%.*s", STR_ARG(device)));
    TRY(cli_client_json(cli, client, &(struct cli_send){ .method = "GET", .path = path }, &answer));
    *ret = str_eq(say_member(answer, "status"), STR("ENROLLED"));
    return E_OK;
}

err_t enrol_let_in(struct cli *cli, struct cli_client *client, const struct enrol_ask *ask,
                   str_t *ret_device)
{
    str_t device = STR_NONE;
    str_t request = STR_NONE;
    bool in = false;
    err_t e = init_ask(cli, client, ask, &device, &request);
    if (e == E_ALREADY_ENROLLED)
        cli->hint = "it is in with another key: revoke, reinstate and enrol it, or uninstall it";
    TRY(e);
    TRY(is_in(cli, client, device, &in));
    if (!in)
        TRY(approve(cli, client, ask, device, request));
    *ret_device = device;
    return E_OK;
}

/* What may stand in an environment file without quotes, and in a URL. */
static bool plain(str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c <= ' ' || c > '~' || c == '"' || c == '\'' || c == '\\' || c == '$' || c == '`')
            return false;
    }
    return s.n > 0;
}

err_t enrol_settings(struct cli *cli, const struct enrol_how *how, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t ca = str_from_cz(how->agent_ca);
    if (!plain(how->server) || (ca.n > 0 && !plain(ca)))
        return FAIL(&cli->why, E_USAGE,
                    "the server's address and paths must be without blanks and "
                    "quotes");
    buf_init(&b, SETTINGS_MAX);
    BUF_ADD(&b,
            "# Written by `seneschal device enroll`. Every option of the agent may stand here.\n");
    buf_addf(&b, "SENESCHAL_AGENT_SERVER=%.*s\n", STR_ARG(how->server));
    if (ca.n > 0)
        buf_addf(&b, "SENESCHAL_AGENT_CA_FILE=%.*s\n", STR_ARG(ca));
    TRY(b.err);
    return str_copy(cli->arena, buf_str(&b), ret);
}
