/* SPDX-License-Identifier: Apache-2.0 */
/* Answers about what stands behind the gateway that tell of a failure: the exit status says so. */
#include "app/cli_call.h"
#include "app/cli_print.h"
#include "app/cli_say.h"

/* ---- server import ---- */

static err_t import_before(const struct cli_reply *s)
{
    const struct json *body = s->request->body;
    if (body != NULL && json_member(body, STR("servers")) != NULL)
        return E_OK;
    s->cli->hint = "seneschal server import --servers claude_desktop_config.json --check";
    return FAIL(&s->cli->why, E_USAGE, "want --servers FILE: what an assistant has, as JSON");
}

static err_t import_after(const struct cli_reply *s)
{
    struct cli_printer p = { .arena = s->cli->arena,
                             .output = OUTPUT_TABLE,
                             .columns = STR("name outcome reason") };
    const struct json *results = json_member(s->answer, STR("results"));
    if (results == NULL || json_type(results) != JSON_ARRAY)
        return FAIL(&s->cli->why, E_IO, "the answer is no list: is this a Seneschal server?");
    TRY(cli_print_rows(&p, results));
    return cli_print_end(&p);
}

static err_t import_verdict(const struct cli_reply *s)
{
    size_t n = say_count(s->answer, "results");
    size_t refused = 0;
    for (size_t i = 0; i < n; i++) {
        const struct json *row = say_at(s->answer, "results", i);
        refused += str_eq(say_member(row, "outcome"), STR("refused"));
    }
    if (refused == 0)
        return E_OK;
    return FAIL(&s->cli->why, E_IO, "%zu of %zu %s refused", refused, n,
                say_bool(s->answer, "dry_run") ? "would be" : "were");
}

int cmd_server_import(struct cli *cli, int argc, char **argv)
{
    const struct cli_show show = { import_before, import_after, import_verdict };
    return cli_call_shown(cli, "server", "import", argc, argv, &show);
}

/* ---- homeassistant test ---- */

static err_t test_verdict(const struct cli_reply *s)
{
    if (say_bool(s->answer, "ok"))
        return E_OK;
    return FAIL(&s->cli->why, E_IO, "the test has failed at the step %.*s",
                STR_ARG(say_member(s->answer, "step")));
}

int cmd_homeassistant_test(struct cli *cli, int argc, char **argv)
{
    const struct cli_show show = { .verdict = test_verdict };
    return cli_call_shown(cli, "homeassistant", "test", argc, argv, &show);
}
