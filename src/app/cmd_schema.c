/* SPDX-License-Identifier: Apache-2.0 */
/* `schema check FILE`: a JSON Schema, and a configuration against it, without a server. */
#include "app/cli_call.h"
#include "app/cli_print.h"

#include "plat/json/schema.h"
#include "plat/os/file.h"

enum { CHECK_FILE_MAX = 4 * 1024 * 1024 };

struct check_words {
    const char *file;
    const char *content;
};

static err_t check_read(struct cli *cli, int argc, char **argv, struct check_words *w)
{
    int used = 0;
    for (int i = 0; i < argc; i += used) {
        used = 1;
        if (cli_is_flag(argv[i], STR("content")))
            TRY(cli_value(cli, argc, argv, i, &w->content, &used));
        else if (argv[i][0] == '-' && argv[i][1] != '\0')
            return FAIL(&cli->why, E_USAGE, "`%s`: want FILE [--content FILE]", argv[i]);
        else if (w->file != NULL)
            return FAIL(&cli->why, E_USAGE, "`%s`: one FILE is enough", argv[i]);
        else
            w->file = argv[i];
    }
    if (w->file == NULL)
        return FAIL(&cli->why, E_USAGE, "want a FILE with a JSON Schema, or - for standard input");
    return E_OK;
}

static err_t json_of_file(struct cli *cli, const char *path, struct json **ret)
{
    str_t text;
    bool standard = str_eq(str_from_cz(path), STR("-"));
    TRY(file_read(cli->arena, standard ? "/dev/stdin" : path, CHECK_FILE_MAX, &cli->why, &text));
    err_t e = json_parse(text, &cli->why, ret);
    return e == E_OK || e == E_NO_MEMORY ? e : E_USAGE; /* the exit status of a bad file */
}

static err_t check_content(struct cli *cli, const struct schema *s, const char *path)
{
    CLEANUP(json_freep) struct json *content = NULL;
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct schema_faults faults;
    str_t want;
    TRY(json_of_file(cli, path, &content));
    err_t e = schema_validate(cli->arena, s, content, &faults);
    if (e == E_TOO_BIG)
        return FAIL(&cli->why, E_USAGE, "too costly to check: make the patterns simpler");
    TRY(e);
    buf_init(&b, MIB(1));
    for (size_t i = 0; i < faults.n; i++) {
        cli_shown(&b, faults.v[i].pointer.n > 0 ? faults.v[i].pointer : STR("(the whole)"));
        buf_addf(&b, ": %s: ", faults.v[i].keyword);
        TRY(schema_fault_want(cli->arena, &faults.v[i], NULL, &want));
        cli_shown(&b, want);
        BUF_ADD(&b, "\n");
    }
    TRY(b.err);
    if (faults.n > 0 && cli_print_raw(cli, buf_str(&b), false) != CLI_OK)
        return E_IO;
    if (faults.n > 0)
        return FAIL(&cli->why, E_USAGE, "%s: %zu faults", path, faults.n);
    return E_OK;
}

static err_t check(struct cli *cli, const struct check_words *w)
{
    CLEANUP(json_freep) struct json *doc = NULL;
    CLEANUP(schema_freep) struct schema *s = NULL;
    TRY(json_of_file(cli, w->file, &doc));
    err_t e = schema_compile(doc, SCHEMA_WHOLE, &cli->why, &s);
    if (e == E_BAD_FIELD)
        return E_USAGE;
    TRY(e);
    return w->content != NULL ? check_content(cli, s, w->content) : E_OK;
}

int cmd_schema_check(struct cli *cli, int argc, char **argv)
{
    struct check_words w = { 0 };
    err_t e = check_read(cli, argc, argv, &w);
    if (e == E_OK)
        e = check(cli, &w);
    return e == E_OK ? CLI_OK : cli_fail(cli, e);
}
