/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/agent_options.h"
#include "agent/seneschal_agent.h"

#include <assert.h>
#include <getopt.h>

static_assert((int)AGENT_EXIT_OK == (int)SENESCHAL_OK, "one numbering");
static_assert((int)AGENT_EXIT_FAILED == (int)SENESCHAL_FAILED, "one numbering");
static_assert((int)AGENT_EXIT_USAGE == (int)SENESCHAL_USAGE, "one numbering");
static_assert((int)AGENT_EXIT_REFUSED == (int)SENESCHAL_REFUSED, "one numbering");
static_assert((int)AGENT_EXIT_LATER == (int)SENESCHAL_LATER, "one numbering");

enum option_type { OPTION_TEXT, OPTION_YES, OPTION_MANY };
enum { OPTION_COLUMN = 30 };

static const struct option_row {
    const char *flag;
    const char *env; /* "": none */
    enum option_type type;
    const char *value;
    const char *dflt;
    const char *text;
} rows[AGENT_OPTIONS] = {
#define AGENT_OPTION(code, flag, env, type, value, dflt, text)                                     \
    [OPTION_##code] = { flag, env, type, value, dflt, text },
#include "agent/agent_options.def"
#undef AGENT_OPTION
};

static const struct {
    int value;
    const char *text;
} exits[] = {
#define AGENT_EXIT(code, value, text) { value, text },
#include "agent/agent_exit.def"
#undef AGENT_EXIT
};

static const enum agent_option needed[] = { OPTION_SERVER, OPTION_STATE, OPTION_CONFIG_OUT };

/* 1: yes, 0: no, -1: neither. */
static int option_bool(str_t text)
{
    static const char *const words[2][3] = { { "0", "false", "no" }, { "1", "true", "yes" } };
    for (int yes = 0; yes < 2; yes++) {
        for (size_t i = 0; i < ARRAY_LEN(words[yes]); i++) {
            if (str_eq_nocase(text, str_from_cz(words[yes][i])))
                return yes;
        }
    }
    return -1;
}

/* There is one option of the kind. In the environment blanks stand between several. */
static err_t option_add(struct agent_values *v, const char *text, bool blanks, struct diag *why)
{
    size_t have = strlen(v->many);
    int n = snprintf(v->many + have, sizeof v->many - have, "%s%s", have > 0 ? "\n" : "", text);
    if (n < 0 || (size_t)n >= sizeof v->many - have)
        return FAIL(why, E_USAGE, "want at most %d bytes of adapters", AGENT_MANY_MAX);
    for (char *p = v->many + have; blanks && *p != '\0'; p++) {
        if (*p == ' ' || *p == '\t')
            *p = '\n';
    }
    return E_OK;
}

static err_t options_from_environment(struct agent_values *v, struct diag *why)
{
    for (size_t i = 0; i < AGENT_OPTIONS; i++) {
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): the program has one thread yet */
        const char *value = rows[i].env[0] != '\0' ? getenv(rows[i].env) : NULL;
        if (value == NULL || value[0] == '\0')
            continue;
        if (rows[i].type == OPTION_MANY)
            TRY(option_add(v, value, true, why));
        if (rows[i].type != OPTION_YES) {
            v->of[i] = value;
            continue;
        }
        int yes = option_bool(str_from_cz(value));
        if (yes < 0)
            return FAIL(why, E_USAGE, "%s: want 1, true or yes, or 0, false or no", rows[i].env);
        v->of[i] = yes == 1 ? "1" : NULL;
    }
    return E_OK;
}

static err_t options_from_words(int argc, char **argv, struct agent_values *v, struct diag *why)
{
    struct option longs[AGENT_OPTIONS + 1] = { 0 };
    int found = 0;
    bool many = false;
    for (size_t i = 0; i < AGENT_OPTIONS; i++) {
        longs[i].name = rows[i].flag;
        longs[i].has_arg = rows[i].type != OPTION_YES ? required_argument : no_argument;
        longs[i].val = (int)i + 1;
    }
    optind = 1;
    opterr = 0;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): the program has one thread yet */
    while ((found = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
        if (found == ':')
            return FAIL(why, E_USAGE, "%s: want a value", argv[optind - 1]);
        if (found < 1 || found > AGENT_OPTIONS)
            return FAIL(why, E_USAGE, "there is no option %s", argv[optind - 1]);
        v->of[found - 1] = rows[found - 1].type != OPTION_YES ? optarg : "1";
        if (rows[found - 1].type != OPTION_MANY)
            continue;
        if (!many) /* flags win over the environment as a whole */
            v->many[0] = '\0';
        many = true;
        TRY(option_add(v, optarg, false, why));
    }
    return optind == argc ? E_OK : FAIL(why, E_USAGE, "%s: is no option", argv[optind]);
}

err_t agent_options_read(int argc, char **argv, struct agent_values *ret, struct diag *why)
{
    struct agent_values v = { 0 };
    for (size_t i = 0; i < AGENT_OPTIONS; i++)
        v.of[i] = rows[i].dflt[0] != '\0' ? rows[i].dflt : NULL;
    TRY(options_from_environment(&v, why));
    TRY(options_from_words(argc, argv, &v, why));
    for (size_t i = 0; i < ARRAY_LEN(needed) && v.of[OPTION_HELP] == NULL; i++) {
        const struct option_row *row = &rows[needed[i]];
        if (v.of[needed[i]] == NULL)
            return FAIL(why, E_USAGE, "want --%s %s or %s", row->flag, row->value, row->env);
    }
    *ret = v;
    return E_OK;
}

static void help_option(FILE *to, const struct option_row *row)
{
    int n = fprintf(to, "  --%s%s%s", row->flag, row->value[0] != '\0' ? " " : "", row->value);
    if (row->type == OPTION_MANY)
        n += fprintf(to, " ...");
    (void)fprintf(to, "%*s%s\n", n < OPTION_COLUMN ? OPTION_COLUMN - n : 1, "", row->text);
    if (row->env[0] != '\0')
        (void)fprintf(to, "%*sor %s\n", OPTION_COLUMN, "", row->env);
}

void agent_options_help(FILE *to)
{
    (void)fputs(
        "usage: seneschal agent --server URL --state DIR --config-out FILE [OPTION...]\n"
        "       seneschal agent status --state DIR [-o table|json]\n"
        "       seneschal agent journal --state DIR [-o table|json|ndjson]\n"
        "       seneschal agent adapters [-o table|json|markdown]\n"
        "       seneschal agent key --server URL --machine-id ID --out FILE [--keep]\n"
        "\n"
        "Enrols this machine, keeps its configuration in FILE, and switches it off when the\n"
        "server revokes or blocks the device or lets its lease end.\n"
        "\n"
        "Options:\n",
        to);
    for (size_t i = 0; i < AGENT_OPTIONS; i++)
        help_option(to, &rows[i]);
    (void)fputs("\nExit status:\n", to);
    for (size_t i = 0; i < ARRAY_LEN(exits); i++)
        (void)fprintf(to, "  %2d  %s\n", exits[i].value, exits[i].text);
}
