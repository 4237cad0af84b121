/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli_call.h"
#include "base/num.h"

enum { LIMIT_DEFAULT = 100 };

enum option {
    OPT_OUTPUT,
    OPT_SERVER,
    OPT_TOKEN_FILE,
    OPT_DATA,
    OPT_CA_FILE,
    OPT_ORG,
    OPT_LIMIT,
    OPT_YES,
    OPT_DRY_RUN,
    OPT_COUNT
};

static const struct {
    const char *name;
    const char *letter; /* NULL: none */
    bool value;
} options[OPT_COUNT] = {
    [OPT_OUTPUT] = { "output", "-o", true },         [OPT_SERVER] = { "server", NULL, true },
    [OPT_TOKEN_FILE] = { "token-file", NULL, true }, [OPT_DATA] = { "data", NULL, true },
    [OPT_CA_FILE] = { "ca-file", NULL, true },       [OPT_ORG] = { "org", NULL, true },
    [OPT_LIMIT] = { "limit", NULL, true },           [OPT_YES] = { "yes", "-y", false },
    [OPT_DRY_RUN] = { "dry-run", NULL, false },
};

static const char *env_or(const char *name, const char *otherwise)
{
    const char *v = getenv(name); /* NOLINT(concurrency-mt-unsafe): no other thread runs here */
    return v != NULL && v[0] != '\0' ? v : otherwise;
}

void cli_options_init(struct cli_options *o)
{
    *o = (struct cli_options){
        .server = env_or("SENESCHAL_URL", "http://127.0.0.1:8080"),
        .token_file = env_or("SENESCHAL_TOKEN_FILE", NULL),
        .data = env_or("SENESCHAL_DATA", NULL),
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
    return FAIL(&cli->why, E_USAGE, "-o %s: want table, json, ndjson or csv", text);
}

static err_t option_set(struct cli *cli, struct cli_options *o, enum option which, const char *v)
{
    switch (which) {
    case OPT_OUTPUT:
        return output_of(cli, v, &o->output);
    case OPT_SERVER:
        o->server = v;
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
        bool letter = options[k].letter != NULL &&
                      str_eq(str_from_cz(argv[i]), str_from_cz(options[k].letter));
        if (!letter && !cli_is_flag(argv[i], str_from_cz(options[k].name)))
            continue;
        *ret_used = 1;
        if (options[k].value)
            TRY(cli_value(cli, argc, argv, i, &value, ret_used));
        return option_set(cli, o, (enum option)k, value);
    }
    return E_OK;
}
