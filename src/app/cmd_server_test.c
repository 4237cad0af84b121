/* SPDX-License-Identifier: Apache-2.0 */
/* `server test`: a line for each step. */
#include "app/cli_call.h"
#include "app/cli_print.h"
#include "app/cli_say.h"

static void put_step(struct buf *b, const struct json *step)
{
    bool ok = say_bool(step, "ok");
    buf_addf(b, "%-6s %-11.*s", ok ? "ok" : "FAILED", STR_ARG(say_member(step, "step")));
    cli_shown(b, say_member(step, "message"));
    if (json_member(step, STR("ms")) != NULL)
        buf_addf(b, " (%lld ms)", (long long)say_int(step, "ms"));
    buf_add_byte(b, '\n');
}

static err_t test_after(const struct cli_reply *s)
{
    struct buf b;
    buf_init(&b, SAY_MAX);
    for (size_t i = 0; i < say_count(s->answer, "steps"); i++)
        put_step(&b, say_at(s->answer, "steps", i));
    return say_out(&b);
}

static err_t test_verdict(const struct cli_reply *s)
{
    return say_bool(s->answer, "ok") ? E_OK
                                     : FAIL(&s->cli->why, E_IO, "the server cannot be used so");
}

int cmd_server_test(struct cli *cli, int argc, char **argv)
{
    return cli_call_shown(cli, "server", "test", argc, argv,
                          &(struct cli_show){ .after = test_after, .verdict = test_verdict });
}
