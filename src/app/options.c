/* SPDX-License-Identifier: Apache-2.0 */
#include "app/options.h"

#include "app/near.h"

void options_flag_name(str_t setting, char ret[static OPTIONS_FLAG_MAX])
{
    size_t n = setting.n < OPTIONS_FLAG_MAX ? setting.n : OPTIONS_FLAG_MAX - 1;
    for (size_t i = 0; i < n; i++)
        ret[i] = setting.p[i] == '.' || setting.p[i] == '_' ? '-' : setting.p[i];
    ret[n] = '\0';
}

static bool flag_is(const char *setting, str_t flag)
{
    char name[OPTIONS_FLAG_MAX];
    options_flag_name(str_from_cz(setting), name);
    return str_eq(str_from_cz(name), flag);
}

static err_t flag_find(str_t flag, struct diag *why, enum conf *ret)
{
    for (size_t i = 0; i < CONF_COUNT; i++) {
        if (flag_is(conf_infos[i].name, flag)) {
            *ret = (enum conf)i;
            return E_OK;
        }
    }
    struct near near = { .wanted = flag };
    for (size_t i = 0; i < CONF_COUNT; i++)
        near_offer(&near, str_from_cz(conf_infos[i].name));
    if (near.best.p == NULL)
        return FAIL(why, E_USAGE, "there is no flag --%.*s: --help lists them", STR_ARG(flag));
    char name[OPTIONS_FLAG_MAX];
    options_flag_name(near.best, name);
    return FAIL(why, E_USAGE, "there is no flag --%.*s; did you mean --%s?", STR_ARG(flag), name);
}

/* One flag with its value, from argv[i] on; *ret_used says how many words it took. */
static err_t flag_take(struct config *c, int argc, char **argv, int i, struct diag *why,
                       int *ret_used)
{
    str_t word = str_from_cz(argv[i]);
    if (!str_starts(word, STR("--")))
        return FAIL(why, E_USAGE, "'%s': want a flag, such as --data DIR", argv[i]);
    str_t flag = str_sub(word, 2, word.n);
    str_t name = str_sub(flag, 0, str_find(flag, '='));
    str_t origin = str_sub(word, 0, name.n + 2);
    bool joined = name.n < flag.n;
    enum conf at = CONF_COUNT;
    TRY(flag_find(name, why, &at));
    bool next = i + 1 < argc && argv[i + 1][0] != '-';
    str_t value = STR("true"); /* --insecure-http alone */
    if (joined)
        value = str_sub(flag, name.n + 1, flag.n);
    else if (next)
        value = str_from_cz(argv[i + 1]);
    else if (conf_infos[at].type != TYPE_BOOL)
        return FAIL(why, E_USAGE, "--%.*s: want a value", STR_ARG(name));
    TRY(config_set_at(c, at, value, origin, why));
    c->flags[at] = true;
    *ret_used = joined || !next ? 1 : 2;
    return E_OK;
}

/* --config FILE or --config=FILE at argv[i]: how many words it takes, 0: it is something else. */
static int config_take(int argc, char **argv, int i, const char **ret)
{
    str_t word = str_from_cz(argv[i]);
    if (str_starts(word, STR("--config="))) {
        *ret = argv[i] + sizeof "--config=" - 1;
        return 1;
    }
    if (!str_eq(word, STR("--config")))
        return 0;
    *ret = i + 1 < argc ? argv[i + 1] : "";
    return 2;
}

/* The file is read first, whatever its place: it is the weakest. */
static err_t read_file(struct config *c, int argc, char **argv, struct diag *why)
{
    const char *path = NULL;
    for (int i = 0; i < argc && path == NULL; i++)
        (void)config_take(argc, argv, i, &path);
    if (path == NULL)
        return E_OK;
    if (path[0] == '\0')
        return FAIL(why, E_USAGE, "--config: want a file");
    c->file = path;
    return config_from_file(c, path, why);
}

err_t options_read(struct config *c, struct arena *a, int argc, char **argv, struct diag *why)
{
    const char *path = NULL;
    int used = 0;
    config_init(c, a);
    TRY(read_file(c, argc, argv, why));
    TRY(config_from_environment(c, why));
    for (int i = 0; i < argc; i += used) {
        used = config_take(argc, argv, i, &path);
        if (used == 0)
            TRY(flag_take(c, argc, argv, i, why, &used));
    }
    return E_OK;
}
