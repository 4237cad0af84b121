/* SPDX-License-Identifier: Apache-2.0 */
/* `device enroll`: this machine, one over ssh, or a list of them, after one sign-in. */
#include "app/enrol.h"

#include "app/cli_print.h"
#include "app/login.h"
#include "base/num.h"
#include "plat/os/file.h"

#define AGENT_DIR     "/usr/lib/seneschal"
#define SCOPE_ENROL   "openid offline_access enroller"
#define RESUME_ENDING ".resume"

enum { PARALLEL_DEFAULT = 4 };

struct enrolling {
    struct cli *cli;
    struct enrol_how how;
    struct enrol_machine one;
    struct enrol_batch batch;
    struct cli_client client;
    struct json *groups;
    struct json *labels;
    const char *machine_id;
    const char *ssh;
    const char *agent_server;
    const char *parallel;
    const char *group;
    const char *label;
};

static err_t list_add(struct json **list, const char *text)
{
    if (*list == NULL)
        *list = json_new_array();
    struct json *item = json_new_string(str_from_cz(text));
    if (*list == NULL || item == NULL) {
        json_free(item);
        return E_NO_MEMORY;
    }
    return json_push(*list, item);
}

static err_t pair_add(struct cli *cli, struct json **pairs, const char *text)
{
    str_t whole = str_from_cz(text);
    size_t at = str_find(whole, '=');
    if (at == 0 || at == whole.n)
        return FAIL(&cli->why, E_USAGE, "--label %s: want NAME=VALUE", text);
    if (*pairs == NULL)
        *pairs = json_new_object();
    if (*pairs == NULL)
        return E_NO_MEMORY;
    return json_set(*pairs, str_sub(whole, 0, at),
                    json_new_string(str_sub(whole, at + 1, whole.n)));
}

/* The command's own flags; a value goes where its row says. */
static err_t flag_read(struct enrolling *g, int argc, char **argv, int i, int *ret_used)
{
    const struct {
        str_t name;
        const char **to;
    } texts[] = {
        { STR("machine-id"), &g->machine_id },
        { STR("ssh"), &g->ssh },
        { STR("ssh-config"), &g->how.ssh_config },
        { STR("batch"), &g->batch.path },
        { STR("resume"), &g->batch.resume },
        { STR("parallel"), &g->parallel },
        { STR("out"), &g->how.out },
        { STR("root"), &g->how.root },
        { STR("agent-dir"), &g->how.agent_dir },
        { STR("agent-ca-file"), &g->how.agent_ca },
        { STR("agent-server"), &g->agent_server },
        { STR("key-file"), &g->how.key_file },
        { STR("group"), &g->group },
        { STR("label"), &g->label },
    };
    *ret_used = 1;
    g->group = NULL;
    g->label = NULL;
    if (cli_is_flag(argv[i], STR("sudo")) || cli_is_flag(argv[i], STR("no-start"))) {
        *(cli_is_flag(argv[i], STR("sudo")) ? &g->how.sudo : &g->how.no_start) = true;
        return E_OK;
    }
    for (size_t k = 0; k < ARRAY_LEN(texts); k++) {
        if (!cli_is_flag(argv[i], texts[k].name))
            continue;
        TRY(cli_value(g->cli, argc, argv, i, texts[k].to, ret_used));
        TRY(g->group != NULL ? list_add(&g->groups, g->group) : E_OK);
        return g->label != NULL ? pair_add(g->cli, &g->labels, g->label) : E_OK;
    }
    g->cli->hint = "`seneschal help device enroll` shows what is wanted";
    return FAIL(&g->cli->why, E_USAGE, "`%s` is not known here", argv[i]);
}

static err_t words_settle(struct enrolling *g)
{
    int64_t parallel = PARALLEL_DEFAULT;
    str_t path = STR_NONE;
    if (g->parallel != NULL && (num_parse_i64(str_from_cz(g->parallel), &parallel) != E_OK ||
                                parallel < 1 || parallel > ENROL_PARALLEL_MAX))
        return FAIL(&g->cli->why, E_USAGE, "--parallel %s: want 1 to %d", g->parallel,
                    ENROL_PARALLEL_MAX);
    g->batch.parallel = parallel;
    if (g->batch.path != NULL &&
        (g->ssh != NULL || g->how.key_file != NULL || g->machine_id != NULL))
        return FAIL(&g->cli->why, E_USAGE, "a batch names its machines itself");
    if (g->batch.path != NULL && g->batch.resume == NULL) {
        if (strcmp(g->batch.path, "-") == 0)
            return FAIL(&g->cli->why, E_USAGE, "a list from standard input wants --resume FILE");
        TRY(str_format(g->cli->arena, &path, "%s" RESUME_ENDING, g->batch.path));
        g->batch.resume = str_cz(g->cli->arena, path);
    }
    g->one.machine_id = str_from_cz(g->machine_id);
    g->one.ssh = str_from_cz(g->ssh);
    g->how.groups = g->groups;
    g->how.labels = g->labels;
    return E_OK;
}

static err_t words_read(struct enrolling *g, int argc, char **argv)
{
    int used = 0;
    cli_options_init(&g->how.options);
    g->how.root = "";
    g->how.out = "enrolled";
    g->how.agent_dir = AGENT_DIR;
    for (int i = 0; i < argc; i += used) {
        TRY(cli_option_take(g->cli, &g->how.options, argc, argv, i, &used));
        if (used == 0)
            TRY(flag_read(g, argc, argv, i, &used));
    }
    return words_settle(g);
}

/* Nothing is touched before somebody is signed in who the server knows. */
static err_t sign_in(struct enrolling *g)
{
    CLEANUP(json_freep) struct json *answer = NULL;
    const struct cli_options *o = &g->how.options;
    const struct cli_send ask = { .method = "GET", .path = STR("/api/v1/devices?limit=1") };
    struct login_how how = { .scope = STR(SCOPE_ENROL), .browser = true, .keep = !o->no_cache };
    struct login *l = ARENA_NEW(g->cli->arena, struct login);
    TRY(cli_context_fill(g->cli, &g->how.options));
    TRY(cli_client_open(g->cli, o, &g->client));
    if (l == NULL)
        return E_NO_MEMORY;
    bool nobody = o->token_file == NULL && o->data == NULL && g->client.login == NULL;
    if (nobody) {
        how.issuer = g->client.base;
        TRY(login_check_issuer(g->cli, &g->client));
        TRY(login_by_device(g->cli, g->client.http, &how, l));
        TRY(cli_client_sign_in(g->cli, &g->client, l));
    }
    g->how.server = g->agent_server != NULL ? str_from_cz(g->agent_server) : g->client.base;
    return cli_client_json(g->cli, &g->client, &ask, &answer);
}

static err_t row_add(struct json *list, const struct enrol_machine *m)
{
    struct json *row = json_new_object();
    if (row == NULL)
        return E_NO_MEMORY;
    TRY(json_push(list, row));
    TRY(json_set(row, STR("machine_id"), json_new_string(m->machine_id)));
    TRY(json_set(row, STR("device_id"),
                 json_new_string(m->device_id.n > 0 ? m->device_id : STR(""))));
    return json_set(row, STR("outcome"),
                    json_new_string(m->done ? STR("enrolled") : STR("failed")));
}

static err_t show(struct enrolling *g, const struct enrol_machine *machines, size_t n)
{
    struct cli_printer p = { g->cli->arena, g->how.options.output,
                             STR("machine_id device_id outcome"), 0 };
    CLEANUP(json_freep) struct json *list = json_new_array();
    if (list == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        TRY(row_add(list, &machines[i]));
    TRY(cli_print_rows(&p, list));
    return cli_print_end(&p);
}

static err_t batch_do(struct enrolling *g, size_t *ret_failed)
{
    g->batch.cli = g->cli;
    g->batch.how = &g->how;
    TRY(enrol_batch_read(&g->batch));
    TRY(sign_in(g));
    int lock = -1;
    str_t path = STR_NONE;
    TRY(str_format(g->cli->arena, &path, "%s.lock", g->batch.resume));
    const char *cz = str_cz(g->cli->arena, path);
    TRY(cz != NULL ? file_lock(cz, &g->cli->why, &lock) : E_NO_MEMORY); /* of two, one works */
    err_t e = enrol_batch_run(&g->batch, &g->client, ret_failed);
    file_unlock(lock);
    if (e != E_OK)
        g->cli->hint = "what came in stays; run the same command again for the rest";
    TRY(e);
    return show(g, g->batch.machines, g->batch.n);
}

static err_t enrolling_do(struct enrolling *g, int argc, char **argv, size_t *ret_failed)
{
    TRY(words_read(g, argc, argv));
    if (g->batch.path != NULL)
        return batch_do(g, ret_failed);
    TRY(sign_in(g));
    TRY(enrol_target(g->cli, &g->client, &g->how, &g->one));
    g->one.done = true;
    return show(g, &g->one, 1);
}

int cmd_device_enroll(struct cli *cli, int argc, char **argv)
{
    struct enrolling g = { .cli = cli };
    size_t failed = 0;
    err_t e = enrolling_do(&g, argc, argv, &failed);
    cli_client_close(&g.client);
    json_free(g.groups);
    json_free(g.labels);
    if (e != E_OK)
        return cli_fail(cli, e);
    if (failed == 0)
        return CLI_OK;
    (void)fprintf(stderr,
                  "seneschal: %zu machines did not come in\nhint: run the same command again "
                  "for them\n",
                  failed);
    return CLI_FAILED;
}
