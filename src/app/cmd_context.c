/* SPDX-License-Identifier: Apache-2.0 */
/* `context`: servers that have a name here, in $XDG_CONFIG_HOME/seneschal/contexts.json. */
#include "app/cli_call.h"
#include "app/cli_print.h"
#include "app/cli_say.h"
#include "app/login.h"

#include "plat/os/file.h"

enum { CONTEXTS_MAX = 1024 * 1024 };

struct contexts {
    struct cli *cli;
    const char *path;
    struct json *root; /* {"current":NAME,"contexts":{NAME:{"server":…}}} */
};

static void contexts_fini(struct contexts *c)
{
    json_free(c->root);
}

static const struct json *contexts_all(const struct contexts *c)
{
    return json_member(c->root, STR("contexts"));
}

/* A file that is not there is an empty list. */
static err_t contexts_read(struct contexts *c)
{
    str_t text = STR_NONE;
    TRY(user_path(c->cli, "XDG_CONFIG_HOME", ".config", STR("contexts.json"), &c->path));
    err_t e = file_read(c->cli->arena, c->path, CONTEXTS_MAX, &c->cli->why, &text);
    if (e == E_NOT_FOUND) {
        diag_clear(&c->cli->why);
        text = STR("{\"contexts\":{}}");
    } else {
        TRY(e);
    }
    e = json_parse(text, &c->cli->why, &c->root);
    const struct json *all =
        e == E_OK && json_type(c->root) == JSON_OBJECT ? contexts_all(c) : NULL;
    if (e != E_OK || all == NULL || json_type(all) != JSON_OBJECT) {
        c->cli->hint = "mend or remove that file";
        return FAIL(&c->cli->why, E_USAGE, "%s: is no list of contexts", c->path);
    }
    return E_OK;
}

static err_t contexts_write(struct contexts *c)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, CONTEXTS_MAX);
    json_write(&b, c->root);
    BUF_ADD(&b, "\n");
    TRY(b.err);
    TRY(user_path_make(c->cli, c->path));
    return file_write(c->path, 0600, buf_str(&b), &c->cli->why);
}

static err_t member_take(struct cli *cli, const struct json *from, const char *name,
                         const char **ret)
{
    str_t text = say_member(from, name);
    if (text.n == 0 || *ret != NULL)
        return E_OK;
    *ret = str_cz(cli->arena, text);
    return *ret != NULL ? E_OK : E_NO_MEMORY;
}

err_t cli_context_fill(struct cli *cli, struct cli_options *o)
{
    CLEANUP(contexts_fini) struct contexts c = { .cli = cli };
    if (o->server_named || o->data != NULL)
        return E_OK;
    err_t e = contexts_read(&c);
    if (e == E_NOT_FOUND) { /* no home, no contexts */
        diag_clear(&cli->why);
        return E_OK;
    }
    TRY(e);
    str_t current = say_member(c.root, "current");
    const struct json *in = current.n > 0 ? json_member(contexts_all(&c), current) : NULL;
    const char *server = NULL;
    if (in == NULL)
        return E_OK;
    TRY(member_take(cli, in, "server", &server));
    TRY(member_take(cli, in, "ca_file", &o->ca_file));
    TRY(member_take(cli, in, "org", &o->org));
    o->server = server != NULL ? server : o->server;
    o->server_named = true;
    return E_OK;
}

/* NAME, and common options. */
static err_t words_read(struct cli *cli, int argc, char **argv, struct cli_options *o,
                        const char **ret_name)
{
    int used = 0;
    cli_options_init(o);
    for (int i = 0; i < argc; i += used) {
        TRY(cli_option_take(cli, o, argc, argv, i, &used));
        if (used > 0)
            continue;
        used = 1;
        if (argv[i][0] == '-' || ret_name == NULL || *ret_name != NULL)
            return FAIL(&cli->why, E_USAGE, "`%s` is not known here", argv[i]);
        *ret_name = argv[i];
    }
    if (ret_name != NULL && *ret_name == NULL)
        return FAIL(&cli->why, E_USAGE, "want the NAME of a context");
    return E_OK;
}

static err_t row_add(struct json *list, str_t name, const struct json *in, bool current)
{
    struct json *row = json_new_object();
    if (row == NULL)
        return E_NO_MEMORY;
    TRY(json_push(list, row));
    TRY(json_set(row, STR("current"), json_new_string(current ? STR("*") : STR(""))));
    TRY(json_set(row, STR("name"), json_new_string(name)));
    TRY(json_set(row, STR("server"), json_new_string(say_member(in, "server"))));
    return json_set(row, STR("org"), json_new_string(say_member(in, "org")));
}

static err_t list_do(struct contexts *c, const struct cli_options *o)
{
    struct cli_printer p = { c->cli->arena, o->output, STR("current name server org"), 0 };
    CLEANUP(json_freep) struct json *list = json_new_array();
    struct json_pair *pairs = NULL;
    size_t n = 0;
    if (list == NULL)
        return E_NO_MEMORY;
    TRY(json_members(c->cli->arena, contexts_all(c), &pairs, &n));
    for (size_t i = 0; i < n; i++)
        TRY(row_add(list, pairs[i].name, pairs[i].value,
                    str_eq(pairs[i].name, say_member(c->root, "current"))));
    TRY(cli_print_rows(&p, list));
    return cli_print_end(&p);
}

static err_t named(struct contexts *c, const char *name)
{
    if (json_member(contexts_all(c), str_from_cz(name)) != NULL)
        return E_OK;
    c->cli->hint = "seneschal context set NAME --server URL";
    return FAIL(&c->cli->why, E_NOT_FOUND, "there is no context %s", name);
}

static err_t set_do(struct contexts *c, const struct cli_options *o, const char *name)
{
    struct json *one = json_new_object();
    bool first = say_member(c->root, "current").n == 0;
    if (one == NULL)
        return E_NO_MEMORY;
    TRY(json_set(json_member_mut(c->root, STR("contexts")), str_from_cz(name), one));
    TRY(json_set(one, STR("server"), json_new_string(cli_base(o))));
    if (o->ca_file != NULL)
        TRY(json_set(one, STR("ca_file"), json_new_string(str_from_cz(o->ca_file))));
    if (o->org != NULL)
        TRY(json_set(one, STR("org"), json_new_string(str_from_cz(o->org))));
    if (first)
        TRY(json_set(c->root, STR("current"), json_new_string(str_from_cz(name))));
    return contexts_write(c);
}

static err_t use_do(struct contexts *c, const struct cli_options *o, const char *name)
{
    (void)o;
    TRY(named(c, name));
    TRY(json_set(c->root, STR("current"), json_new_string(str_from_cz(name))));
    return contexts_write(c);
}

static err_t delete_do(struct contexts *c, const struct cli_options *o, const char *name)
{
    (void)o;
    TRY(named(c, name));
    json_remove(json_member_mut(c->root, STR("contexts")), str_from_cz(name));
    if (str_eq(say_member(c->root, "current"), str_from_cz(name)))
        json_remove(c->root, STR("current"));
    return contexts_write(c);
}

typedef err_t context_f(struct contexts *c, const struct cli_options *o, const char *name);

static int context_run(struct cli *cli, int argc, char **argv, context_f *run)
{
    CLEANUP(contexts_fini) struct contexts c = { .cli = cli };
    struct cli_options o;
    const char *name = NULL;
    err_t e = words_read(cli, argc, argv, &o, &name);
    if (e == E_OK && run == set_do && !o.server_named)
        e = FAIL(&cli->why, E_USAGE, "want --server URL");
    if (e == E_OK)
        e = contexts_read(&c);
    if (e == E_OK)
        e = run(&c, &o, name);
    return e == E_OK ? CLI_OK : cli_fail(cli, e);
}

int cmd_context_list(struct cli *cli, int argc, char **argv)
{
    CLEANUP(contexts_fini) struct contexts c = { .cli = cli };
    struct cli_options o;
    err_t e = words_read(cli, argc, argv, &o, NULL);
    if (e == E_OK)
        e = contexts_read(&c);
    if (e == E_OK)
        e = list_do(&c, &o);
    return e == E_OK ? CLI_OK : cli_fail(cli, e);
}

int cmd_context_use(struct cli *cli, int argc, char **argv)
{
    return context_run(cli, argc, argv, use_do);
}

int cmd_context_set(struct cli *cli, int argc, char **argv)
{
    return context_run(cli, argc, argv, set_do);
}

int cmd_context_delete(struct cli *cli, int argc, char **argv)
{
    return context_run(cli, argc, argv, delete_do);
}
