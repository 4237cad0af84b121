/* SPDX-License-Identifier: Apache-2.0 */
#include "app/options.h"

/* "tls.cert" is --tls-cert, "insecure_http" is --insecure-http. */
static bool flag_is(const char *setting, str_t flag)
{
    if (flag.n != strlen(setting))
        return false;
    for (size_t i = 0; i < flag.n; i++) {
        char c = setting[i] == '.' || setting[i] == '_' ? '-' : setting[i];
        if (c != flag.p[i])
            return false;
    }
    return true;
}

static err_t flag_find(str_t flag, struct diag *why, enum conf *ret)
{
    for (size_t i = 0; i < CONF_COUNT; i++) {
        if (flag_is(conf_infos[i].name, flag)) {
            *ret = (enum conf)i;
            return E_OK;
        }
    }
    return FAIL(why, E_USAGE, "there is no flag --%.*s", STR_ARG(flag));
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

/* --config is read first, whatever its place: the file is the weakest. */
static err_t read_file(struct config *c, int argc, char **argv, struct diag *why)
{
    for (int i = 0; i < argc; i++) {
        if (!str_eq(str_from_cz(argv[i]), STR("--config")))
            continue;
        if (i + 1 == argc)
            return FAIL(why, E_USAGE, "--config: want a file");
        c->file = argv[i + 1];
        return config_from_file(c, c->file, why);
    }
    return E_OK;
}

err_t options_read(struct config *c, struct arena *a, int argc, char **argv, struct diag *why)
{
    config_init(c, a);
    TRY(read_file(c, argc, argv, why));
    TRY(config_from_environment(c, why));
    int used = 0;
    for (int i = 0; i < argc; i += used) {
        if (str_eq(str_from_cz(argv[i]), STR("--config")))
            used = 2;
        else
            TRY(flag_take(c, argc, argv, i, why, &used));
    }
    return E_OK;
}
