/* SPDX-License-Identifier: Apache-2.0 */
/* `apply -f DIR`, `plan -f DIR`, `export`: words, files, questions (docs/FILES.md). */
#include "app/apply.h"
#include "app/cli_print.h"
#include "app/cli_say.h"
#include "files/read.h"
#include "files/yaml.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

enum { FILES_MAX = 256, EXPORT_MAX = 64 * 1024 * 1024 };

static err_t read_words(struct apply *p, int argc, char **argv)
{
    int used = 0;
    cli_options_init(&p->options);
    for (int i = 0; i < argc; i += used) {
        TRY(cli_option_take(p->cli, &p->options, argc, argv, i, &used));
        if (used > 0)
            continue;
        used = 1;
        if (cli_is_flag(argv[i], STR("file")) || strcmp(argv[i], "-f") == 0)
            TRY(cli_value(p->cli, argc, argv, i, &p->dir, &used));
        else if (cli_is_flag(argv[i], STR("secrets")))
            TRY(cli_value(p->cli, argc, argv, i, &p->secrets, &used));
        else if (cli_is_flag(argv[i], STR("plan")))
            p->only_plan = true;
        else if (cli_is_flag(argv[i], STR("prune")))
            p->prune = true;
        else if (cli_is_flag(argv[i], STR("renew")))
            p->renew = true;
        else
            return FAIL(&p->cli->why, E_USAGE,
                        "`%s`: want -f DIR [--plan] [--prune] [--renew] [--secrets DIR]", argv[i]);
    }
    return E_OK;
}

static int is_yaml(const struct dirent *e)
{
    str_t name = str_from_cz(e->d_name);
    bool hidden = str_starts(name, STR("."));
    return !hidden && (str_ends(name, STR(".yaml")) || str_ends(name, STR(".yml")));
}

static err_t read_file(struct apply *p, const char *name)
{
    struct conf_file f;
    str_t path;
    TRY(str_format(p->cli->arena, &path, "%s/%s", p->dir, name));
    const char *path_cz = str_cz(p->cli->arena, path);
    if (path_cz == NULL)
        return E_NO_MEMORY;
    TRY(conf_read(p->cli->arena, path_cz, &p->cli->why, &f));
    return files_read(p->cli->arena, &f, p->wanted, &p->cli->why);
}

/* In the order of their names, so that what is said of them is always the same. */
static err_t read_names(struct apply *p, struct dirent **list, int n)
{
    if (n == 0)
        return FAIL(&p->cli->why, E_NOT_FOUND, "%s has no file *.yaml", p->dir);
    if (n > FILES_MAX)
        return FAIL(&p->cli->why, E_USAGE, "%s has more than %d files", p->dir, FILES_MAX);
    for (int i = 0; i < n; i++)
        TRY(read_file(p, list[i]->d_name));
    return E_OK;
}

static err_t read_dir(struct apply *p)
{
    struct dirent **list = NULL;
    if (p->dir == NULL)
        return FAIL(&p->cli->why, E_USAGE, "want -f DIR, the directory of the files");
    int n = scandir(p->dir, &list, is_yaml, alphasort);
    if (n < 0)
        return FAIL(&p->cli->why, E_NOT_FOUND, "%s cannot be read as a directory", p->dir);
    err_t e = read_names(p, list, n);
    for (int i = 0; i < n; i++)
        free(list[i]);
    free(list);
    return e;
}

static err_t make_plan(struct apply *p)
{
    const struct plan_in in = { p->wanted, p->had, p->owned, p->prune, p->renew };
    TRY(apply_permission_subjects(p));
    TRY(plan_make(p->cli->arena, &in, &p->cli->why, &p->plan));
    TRY(apply_fetch_members(p));
    const struct reach_in reach = { &p->plan, p->wanted, p->had, p->members };
    TRY(reach_make(p->cli->arena, &reach, &p->reach));
    return apply_tools(p);
}

static bool takes_away(const struct apply *p)
{
    bool takes = false;
    for (size_t i = 0; i < p->plan.n; i++)
        takes = takes || p->plan.steps[i].verb == STEP_DELETE;
    for (size_t i = 0; i < p->reach.n; i++)
        takes = takes || !p->reach.v[i].gains;
    for (size_t i = 0; i < p->tools.n; i++)
        takes = takes || p->tools.v[i].turn != TOOL_GAINS;
    return takes;
}

/* What only adds needs no question. */
static err_t ask(struct apply *p)
{
    char answer[8] = "";
    if (!takes_away(p) || p->options.yes)
        return E_OK;
    if (isatty(STDIN_FILENO) == 0) {
        p->cli->hint = "--yes says that you mean it";
        return FAIL(&p->cli->why, E_USAGE, "this deletes something, or takes access away");
    }
    (void)fprintf(stderr, "This deletes something, or takes access away. Sure? [y/N] ");
    if (fgets(answer, sizeof answer, stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y'))
        return E_OK;
    return FAIL(&p->cli->why, E_USAGE, "nothing was done");
}

/* Each call says that a file is behind it; Content-Type stays the last (cli_client_send). */
static err_t say_origin(struct apply *p)
{
    struct cli_client *c = &p->client;
    if (c->headers_n == 0 || c->headers_n == ARRAY_LEN(c->headers))
        return E_TOO_BIG;
    c->headers[c->headers_n] = c->headers[c->headers_n - 1];
    c->headers[c->headers_n - 1] = "Seneschal-Origin: file";
    c->headers_n++;
    return E_OK;
}

static err_t worlds_make(struct apply *p)
{
    struct json **const worlds[] = { &p->wanted, &p->had,     &p->ids,     &p->names,
                                     &p->owned,  &p->members, &p->machines };
    for (size_t i = 0; i < ARRAY_LEN(worlds); i++) {
        *worlds[i] = json_new_object();
        if (*worlds[i] == NULL)
            return E_NO_MEMORY;
    }
    return E_OK;
}

static err_t apply_all(struct apply *p)
{
    TRY(read_dir(p));
    TRY(cli_client_open(p->cli, &p->options, &p->client));
    TRY(say_origin(p));
    TRY(apply_fetch(p));
    TRY(make_plan(p));
    TRY(apply_say(p));
    if (p->only_plan || p->options.dry_run || p->plan.n == 0)
        return E_OK;
    TRY(ask(p));
    return apply_run(p);
}

static err_t export_all(struct apply *p)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, EXPORT_MAX);
    if (p->dir != NULL || p->prune || p->renew || p->only_plan || p->secrets != NULL)
        return FAIL(&p->cli->why, E_USAGE, "export takes no files: it writes one");
    TRY(cli_client_open(p->cli, &p->options, &p->client));
    TRY(apply_fetch(p));
    TRY(apply_permission_export(p));
    TRY(yaml_write(&b, p->cli->arena, p->had));
    return cli_print_raw(p->cli, buf_str(&b), false) == CLI_OK ? E_OK : E_IO;
}

static int run(struct cli *cli, int argc, char **argv, bool only_plan, err_t (*all)(struct apply *))
{
    struct apply p = { .cli = cli };
    err_t e = read_words(&p, argc, argv);
    p.only_plan = p.only_plan || only_plan;
    if (e == E_OK)
        e = worlds_make(&p);
    if (e == E_OK)
        e = all(&p);
    cli_client_close(&p.client);
    struct json *const worlds[] = {
        p.wanted, p.had, p.ids, p.names, p.owned, p.members, p.machines
    };
    for (size_t i = 0; i < ARRAY_LEN(worlds); i++)
        json_free(worlds[i]);
    return e == E_OK ? CLI_OK : cli_fail(cli, e);
}

int cmd_apply(struct cli *cli, int argc, char **argv)
{
    return run(cli, argc, argv, false, apply_all);
}

int cmd_plan(struct cli *cli, int argc, char **argv)
{
    return run(cli, argc, argv, true, apply_all);
}

int cmd_export(struct cli *cli, int argc, char **argv)
{
    return run(cli, argc, argv, false, export_all);
}
