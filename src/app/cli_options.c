/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli_call.h"
#include "app/near.h"
#include "base/num.h"

enum { LIMIT_DEFAULT = 100 };

enum option {
#define OPTION(code, name, letter, env, values, dflt, text) OPT_##code,
#include "app/option.def"
#undef OPTION
    OPT_COUNT
};

/* clang-format off */
const struct cli_option_info cli_options_table[] = {
#define OPTION(code, name, letter, env, values, dflt, text) { name, letter, env, values, dflt, text },
#include "app/option.def"
#undef OPTION
};
/* clang-format on */
const size_t cli_options_n = ARRAY_LEN(cli_options_table);

/* What the environment says, or the default; NULL: nothing. */
static const char *value_of(enum option which)
{
    const struct cli_option_info *info = &cli_options_table[which];
    const char *v = info->env[0] != '\0'
                        ? getenv(info->env) /* NOLINT(concurrency-mt-unsafe): one thread yet */
                        : NULL;
    v = v != NULL && v[0] != '\0' ? v : info->dflt;
    return v[0] != '\0' ? v : NULL;
}

void cli_options_init(struct cli_options *o)
{
    *o = (struct cli_options){
        .server = value_of(OPT_SERVER),
        .server_named = value_of(OPT_SERVER) != cli_options_table[OPT_SERVER].dflt,
        .token_file = value_of(OPT_TOKEN_FILE),
        .data = value_of(OPT_DATA),
        .limit = LIMIT_DEFAULT,
    };
}

bool cli_is_flag(const char *word, str_t name)
{
    str_t w = str_from_cz(word);
    if (!str_starts(w, STR("--")))
        return false;
    w = str_sub(w, 2, w.n);
    return str_eq(str_sub(w, 0, str_find(w, '=')), name);
}

err_t cli_value(struct cli *cli, int argc, char **argv, int i, const char **ret, int *ret_used)
{
    const char *joined = argv[i][0] == '-' && argv[i][1] == '-' ? strchr(argv[i], '=') : NULL;
    if (joined == NULL && i + 1 >= argc)
        return FAIL(&cli->why, E_USAGE, "%s: want a value", argv[i]);
    *ret = joined != NULL ? joined + 1 : argv[i + 1];
    *ret_used = joined != NULL ? 1 : 2;
    return E_OK;
}

err_t cli_no_such_value(struct cli *cli, const char *flag, const char *value, const char *values)
{
    struct near near = { .wanted = str_from_cz(value) };
    str_t hint;
    near_offer_each(&near, str_from_cz(values));
    if (near.best.p != NULL &&
        str_format(cli->arena, &hint, "did you mean %.*s?", STR_ARG(near.best)) == E_OK)
        cli->hint = str_cz(cli->arena, hint);
    return FAIL(&cli->why, E_USAGE, "%s %s: want %s", flag, value, values);
}

static err_t output_of(struct cli *cli, const char *text, enum cli_output *ret)
{
    static const char *const names[] = {
        [OUTPUT_TABLE] = "table",
        [OUTPUT_JSON] = "json",
        [OUTPUT_NDJSON] = "ndjson",
        [OUTPUT_CSV] = "csv",
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_eq(str_from_cz(text), str_from_cz(names[i]))) {
            *ret = (enum cli_output)i;
            return E_OK;
        }
    }
    return cli_no_such_value(cli, "-o", text, cli_options_table[OPT_OUTPUT].values);
}

static err_t option_set(struct cli *cli, struct cli_options *o, enum option which, const char *v)
{
    switch (which) {
    case OPT_OUTPUT:
        return output_of(cli, v, &o->output);
    case OPT_SERVER:
        o->server = v;
        o->server_named = true;
        break;
    case OPT_TOKEN_FILE:
        o->token_file = v;
        break;
    case OPT_DATA:
        o->data = v;
        break;
    case OPT_CA_FILE:
        o->ca_file = v;
        break;
    case OPT_ORG:
        o->org = v;
        break;
    case OPT_LIMIT:
        if (num_parse_i64(str_from_cz(v), &o->limit) != E_OK || o->limit < 0)
            return FAIL(&cli->why, E_USAGE, "--limit %s: want a number, 0 for all", v);
        break;
    case OPT_YES:
        o->yes = true;
        break;
    case OPT_DRY_RUN:
        o->dry_run = true;
        break;
    case OPT_NO_CACHE:
        o->no_cache = true;
        break;
    case OPT_REFRESH:
        o->refresh = true;
        break;
    case OPT_COUNT:
        break;
    }
    return E_OK;
}

err_t cli_option_take(struct cli *cli, struct cli_options *o, int argc, char **argv, int i,
                      int *ret_used)
{
    const char *value = NULL;
    *ret_used = 0;
    for (size_t k = 0; k < OPT_COUNT; k++) {
        const struct cli_option_info *info = &cli_options_table[k];
        bool letter =
            info->letter[0] != '\0' && str_eq(str_from_cz(argv[i]), str_from_cz(info->letter));
        if (!letter && !cli_is_flag(argv[i], str_from_cz(info->name)))
            continue;
        *ret_used = 1;
        if (info->values[0] != '\0')
            TRY(cli_value(cli, argc, argv, i, &value, ret_used));
        return option_set(cli, o, (enum option)k, value);
    }
    return E_OK;
}

err_t cli_flag_cut(struct cli *cli, int *argc, char **argv, str_t name, const char **ret)
{
    int kept = 0;
    int used = 0;
    for (int i = 0; i < *argc; i += used) {
        used = 1;
        if (cli_is_flag(argv[i], name))
            TRY(cli_value(cli, *argc, argv, i, ret, &used));
        else
            argv[kept++] = argv[i];
    }
    *argc = kept;
    return E_OK;
}

err_t cli_output_take(struct cli *cli, int argc, char **argv, struct cli_options *o)
{
    int used = 0;
    cli_options_init(o);
    for (int i = 0; i < argc; i += used) {
        bool output = str_eq(str_from_cz(argv[i]), STR("-o")) ||
                      cli_is_flag(argv[i], str_from_cz(cli_options_table[OPT_OUTPUT].name));
        if (!output)
            return FAIL(&cli->why, E_USAGE, "`%s`: want -o table or -o json, or nothing", argv[i]);
        TRY(cli_option_take(cli, o, argc, argv, i, &used));
    }
    if (o->output == OUTPUT_TABLE || o->output == OUTPUT_JSON)
        return E_OK;
    return FAIL(&cli->why, E_USAGE, "-o: want table or json here");
}
