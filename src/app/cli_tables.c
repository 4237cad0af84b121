/* SPDX-License-Identifier: Apache-2.0 */
/* `help --tables`: the tables of this program as JSON, from which tools/mkman.py makes the man
 * pages. */
#include "api/metrics.h"
#include "app/cli_call.h"
#include "app/cli_wants.h"
#include "app/config.h"
#include "app/options.h"
#include "domain/events/event.h"
#include "plat/json/out.h"

enum { TABLES_MAX = 1024 * 1024 };

struct row_text { /* rows of small tables: a name, a number or a further text, what it means */
    const char *name;
    int number;
    const char *more;
    const char *text;
};

/* clang-format off */
static const struct row_text exits[] = {
#define EXIT(code, number, text) { NULL, number, NULL, text },
#include "app/exit.def"
#undef EXIT
};
static const struct row_text agent_exits[] = {
#define AGENT_EXIT(code, value, text) { NULL, value, NULL, text },
#include "agent/agent_exit.def"
#undef AGENT_EXIT
};
static const struct row_text environment[] = {
#define ENV(name, text) { name, 0, NULL, text },
#include "app/env.def"
#undef ENV
};
static const struct row_text errors[] = {
#define ERR(code, status, slug, oauth, retry, text) { slug, status, NULL, text },
#include "base/err.def"
#undef ERR
};
static const struct row_text events[] = {
#define EVENT(name, severity, fields, text) { name, EVENT_##severity, fields, text },
#include "domain/events/event.def"
#undef EVENT
};

static const struct agent_row {
    const char *flag;
    const char *env;
    const char *value;
    const char *text;
    const char *type;
} agent_rows[] = {
#define AGENT_OPTION(code, flag, env, type, value, dflt, text) { flag, env, value, text, #type },
#include "agent/agent_options.def"
#undef AGENT_OPTION
};
/* clang-format on */

static void put(struct json_out *o, const char *name, const char *v)
{
    json_out_name(o, str_from_cz(name));
    json_out_str(o, str_from_cz(v));
}

static void put_bool(struct json_out *o, const char *name, bool v)
{
    json_out_name(o, str_from_cz(name));
    json_out_bool(o, v);
}

static void put_rows(struct json_out *o, const char *name, const struct row_text *rows, size_t n)
{
    json_out_name(o, str_from_cz(name));
    json_out_open(o, '[');
    for (size_t i = 0; i < n; i++) {
        json_out_open(o, '{');
        if (rows[i].name != NULL)
            put(o, "name", rows[i].name);
        JSON_OUT(o, "number", i64, rows[i].number);
        if (rows[i].more != NULL)
            put(o, "more", rows[i].more);
        put(o, "text", rows[i].text);
        json_out_close(o, '}');
    }
    json_out_close(o, ']');
}

static err_t put_flags(struct cli *cli, struct json_out *o, const struct cli_command *c)
{
    str_t rest = str_from_cz(c->flags);
    struct cli_flag f;
    json_out_name(o, STR("flags"));
    json_out_open(o, '[');
    while (cli_flag_next(&rest, &f)) {
        str_t wants;
        if (f.type == FLAG_FIXED)
            continue;
        TRY(cli_flag_wants(cli->arena, c, &f, &wants));
        json_out_open(o, '{');
        JSON_OUT(o, "name", str, f.name);
        JSON_OUT(o, "values", str, wants);
        put_bool(o, "again", f.type == FLAG_LIST || f.type == FLAG_PAIRS || f.type == FLAG_ROWS);
        put(o, "text", cli_flag_doc(c, &f));
        json_out_close(o, '}');
    }
    json_out_close(o, ']');
    return E_OK;
}

static err_t put_commands(struct cli *cli, struct json_out *o)
{
    static const char *const takes[] = {
        [TAKES_NOTHING] = "nothing",
        [TAKES_CALL] = "call",
        [TAKES_SETTINGS] = "settings",
        [TAKES_AGENT] = "agent",
    };
    json_out_name(o, STR("commands"));
    json_out_open(o, '[');
    for (size_t i = 0; i < cli_commands_n; i++) {
        const struct cli_command *c = &cli_commands[i];
        json_out_open(o, '{');
        put(o, "noun", c->noun);
        put(o, "verb", c->verb);
        put(o, "takes", takes[c->takes]);
        put(o, "words", c->words);
        put(o, "text", c->text);
        put_bool(o, "risk", c->risk);
        TRY(put_flags(cli, o, c));
        json_out_close(o, '}');
    }
    json_out_close(o, ']');
    return E_OK;
}

static void put_options(struct json_out *o)
{
    json_out_name(o, STR("options"));
    json_out_open(o, '[');
    for (size_t i = 0; i < cli_options_n; i++) {
        const struct cli_option_info *p = &cli_options_table[i];
        json_out_open(o, '{');
        put(o, "name", p->name);
        put(o, "letter", p->letter);
        put(o, "environment", p->env);
        put(o, "values", p->values);
        put(o, "default", p->dflt);
        put(o, "text", p->text);
        json_out_close(o, '}');
    }
    json_out_close(o, ']');
}

static void put_settings(struct json_out *o)
{
    static const char *const types[] = {
        [TYPE_TEXT] = "text", [TYPE_INT] = "number", [TYPE_BOOL] = "bool",
        [TYPE_TRI] = "tri",   [TYPE_LIST] = "list",
    };
    json_out_name(o, STR("settings"));
    json_out_open(o, '[');
    for (size_t i = 0; i < CONF_COUNT; i++) {
        const struct conf_info *c = &conf_infos[i];
        char flag[OPTIONS_FLAG_MAX];
        options_flag_name(str_from_cz(c->name), flag);
        json_out_open(o, '{');
        put(o, "name", c->name);
        put(o, "flag", flag);
        put(o, "environment", c->env);
        put(o, "type", types[c->type]);
        put(o, "values", conf_wants((enum conf)i));
        put(o, "default", c->dflt);
        JSON_OUT(o, "min", i64, c->min);
        JSON_OUT(o, "max", i64, c->max);
        put_bool(o, "reload", c->reload);
        put(o, "text", c->text);
        json_out_close(o, '}');
    }
    json_out_close(o, ']');
}

static void put_agent(struct json_out *o)
{
    json_out_name(o, STR("agent_options"));
    json_out_open(o, '[');
    for (size_t i = 0; i < ARRAY_LEN(agent_rows); i++) {
        json_out_open(o, '{');
        put(o, "name", agent_rows[i].flag);
        put(o, "environment", agent_rows[i].env);
        put(o, "values", agent_rows[i].value);
        put(o, "text", agent_rows[i].text);
        if (strcmp(agent_rows[i].type, "OPTION_MANY") == 0)
            JSON_OUT(o, "again", bool, true);
        json_out_close(o, '}');
    }
    json_out_close(o, ']');
}

static void put_metrics(struct json_out *o)
{
    json_out_name(o, STR("metrics"));
    json_out_open(o, '[');
    for (size_t i = 0; i < METRICS; i++) {
        char name[96];
        (void)snprintf(name, sizeof name, "%s%s", metric_prefix((enum metric)i),
                       metric_infos[i].name);
        json_out_open(o, '{');
        put(o, "name", name);
        put(o, "type", metric_type_name(metric_infos[i].type));
        put(o, "labels", metric_infos[i].labels);
        put(o, "text", metric_infos[i].help);
        json_out_close(o, '}');
    }
    json_out_close(o, ']');
}

static err_t put_all(struct cli *cli, struct buf *b)
{
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    put(&o, "version", SENESCHAL_VERSION);
    TRY(put_commands(cli, &o));
    put_options(&o);
    put_settings(&o);
    put_agent(&o);
    put_rows(&o, "exits", exits, ARRAY_LEN(exits));
    put_rows(&o, "agent_exits", agent_exits, ARRAY_LEN(agent_exits));
    put_rows(&o, "environment", environment, ARRAY_LEN(environment));
    put_rows(&o, "errors", errors, ARRAY_LEN(errors));
    put_metrics(&o);
    put_rows(&o, "events", events, ARRAY_LEN(events));
    json_out_close(&o, '}');
    BUF_ADD(b, "\n");
    return b->err;
}

int cli_print_tables(struct cli *cli)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, TABLES_MAX);
    err_t e = put_all(cli, &b);
    if (e == E_OK && (fwrite(b.p, 1, b.n, stdout) != b.n || fflush(stdout) != 0))
        e = FAIL(&cli->why, E_IO, "standard output: cannot be written");
    return e == E_OK ? CLI_OK : cli_fail(cli, e);
}
