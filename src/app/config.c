/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config.h"

#include "app/near.h"
#include "base/log.h"
#include "base/num.h"
#include "plat/os/file.h"

#include <assert.h>
#include <unistd.h>

enum { CONF_VALUE_FILE_MAX = 4096 };

/* clang-format off */
const struct conf_info conf_infos[CONF_COUNT] = {
#define CONF(code, name, env, type, dflt, min, max, reload, text) { name, env, type, dflt, min, max, reload, text },
#include "app/config.def"
#undef CONF
};
/* clang-format on */

const char *conf_wants(enum conf at)
{
    static const char *const by_type[] = {
        [TYPE_TEXT] = "TEXT",       [TYPE_INT] = "N",     [TYPE_BOOL] = "true|false",
        [TYPE_TRI] = "true|false|", [TYPE_LIST] = "TEXT",
    };
    static const char *const said[CONF_COUNT] = {
#define VALUES(code, what) [CONF_##code] = (what),
#include "app/values.def"
#undef VALUES
    };
    return said[at] != NULL ? said[at] : by_type[conf_infos[at].type];
}

bool conf_is_secret(enum conf at)
{
    return strcmp(conf_wants(at), "SECRET") == 0;
}

void config_init(struct config *c, struct arena *a)
{
    *c = (struct config){ .arena = a };
    for (size_t i = 0; i < CONF_COUNT; i++) {
        c->values[i] = str_from_cz(conf_infos[i].dflt);
        c->origins[i] = STR("default");
    }
}

static bool bool_parse(str_t v, bool *ret)
{
    static const char *const yes[] = { "true", "yes", "on", "1" };
    static const char *const no[] = { "false", "no", "off", "0" };
    for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
        *ret = str_eq_nocase(v, str_from_cz(yes[i]));
        if (*ret || str_eq_nocase(v, str_from_cz(no[i])))
            return true;
    }
    return false;
}

static err_t list_check(const struct conf_info *info, str_t v)
{
    int64_t n = 0;
    str_t part;
    while (str_split(&v, ',', &part))
        n++;
    return n <= info->max ? E_OK : E_BAD_FIELD;
}

/* One of the words that values.def lists, where it lists some. */
static bool word_check(enum conf at, str_t v)
{
    str_t words = str_from_cz(conf_wants(at));
    str_t word;
    if (str_find(words, '|') == words.n)
        return true;
    while (str_split(&words, '|', &word)) {
        if (str_eq_nocase(v, word))
            return true;
    }
    return false;
}

static err_t value_check(enum conf at, str_t v)
{
    const struct conf_info *info = &conf_infos[at];
    int64_t number;
    bool yes;
    switch (info->type) {
    case TYPE_TEXT:
        if (!word_check(at, v))
            return E_BAD_FIELD;
        return v.n <= (size_t)info->max && memchr(v.p, '\0', v.n) == NULL ? E_OK : E_BAD_FIELD;
    case TYPE_LIST:
        return list_check(info, v);
    case TYPE_BOOL:
        return bool_parse(v, &yes) ? E_OK : E_BAD_FIELD;
    case TYPE_TRI:
        return v.n == 0 || bool_parse(v, &yes) ? E_OK : E_BAD_FIELD;
    case TYPE_INT:
        TRY(num_parse_i64(v, &number));
        return number >= info->min && number <= info->max ? E_OK : E_BAD_FIELD;
    }
    return E_BAD_FIELD;
}

static err_t word_refuse(enum conf at, str_t v, str_t origin, struct diag *why)
{
    struct near near = { .wanted = v };
    near_offer_each(&near, str_from_cz(conf_wants(at)));
    bool found = near.best.p != NULL;
    return FAIL(why, E_BAD_FIELD, "%.*s: %s: want %s%s%.*s%s", STR_ARG(origin), conf_infos[at].name,
                conf_wants(at), found ? "; did you mean " : "", STR_ARG(near.best),
                found ? "?" : "");
}

static err_t value_refuse(enum conf at, str_t v, str_t origin, struct diag *why)
{
    const struct conf_info *info = &conf_infos[at];
    static const char *const wants[] = {
        [TYPE_TEXT] = "text",          [TYPE_INT] = "a whole number",
        [TYPE_BOOL] = "true or false", [TYPE_TRI] = "true, false or nothing",
        [TYPE_LIST] = "a list",
    };
    if (info->type == TYPE_TEXT && !word_check(at, v))
        return word_refuse(at, v, origin, why);
    if (info->max == 0)
        return FAIL(why, E_BAD_FIELD, "%.*s: %s: want %s", STR_ARG(origin), info->name,
                    wants[info->type]);
    return FAIL(why, E_BAD_FIELD, "%.*s: %s: want %s, %lld to %lld", STR_ARG(origin), info->name,
                wants[info->type], (long long)info->min, (long long)info->max);
}

err_t config_set_at(struct config *c, enum conf at, str_t value, str_t origin, struct diag *why)
{
    const struct conf_info *info = &conf_infos[at];
    bool more = info->type == TYPE_LIST && str_eq(c->origins[at], origin);
    str_t v = str_trim(value);
    if (v.p == NULL)
        v = STR("");
    if (more)
        TRY(str_format(c->arena, &v, "%.*s,%.*s", STR_ARG(c->values[at]), STR_ARG(value)));
    if (value_check(at, v) != E_OK)
        return value_refuse(at, v, origin, why);
    TRY(str_copy(c->arena, v, &c->values[at]));
    return str_copy(c->arena, origin, &c->origins[at]);
}

err_t config_set(struct config *c, str_t name, str_t value, str_t origin, struct diag *why)
{
    for (size_t i = 0; i < CONF_COUNT; i++) {
        if (str_eq(name, str_from_cz(conf_infos[i].name)))
            return config_set_at(c, (enum conf)i, value, origin, why);
    }
    struct near near = { .wanted = name };
    for (size_t i = 0; i < CONF_COUNT; i++)
        near_offer(&near, str_from_cz(conf_infos[i].name));
    if (near.best.p == NULL)
        return FAIL(why, E_USAGE,
                    "%.*s: there is no setting '%.*s': `seneschal check-config` lists "
                    "them",
                    STR_ARG(origin), STR_ARG(name));
    return FAIL(why, E_USAGE, "%.*s: there is no setting '%.*s'; did you mean '%.*s'?",
                STR_ARG(origin), STR_ARG(name), STR_ARG(near.best));
}

/* A reload reads it while threads run: getenv races only with setenv, which nothing here calls. */
static const char *environment(const char *name)
{
    return getenv(name); /* NOLINT(concurrency-mt-unsafe): nothing writes the environment */
}

static err_t environment_one(struct config *c, enum conf at, struct diag *why)
{
    const char *env = conf_infos[at].env;
    char file_env[96];
    (void)snprintf(file_env, sizeof file_env, "%s_FILE", env); /* our own short names */
    const char *value = environment(env);
    if (value != NULL)
        return config_set_at(c, at, str_from_cz(value), str_from_cz(env), why);
    const char *path = at == CONF_MASTER_KEY_FILE ? NULL : environment(file_env);
    if (path == NULL)
        return E_OK;
    str_t text;
    TRY(file_read(c->arena, path, CONF_VALUE_FILE_MAX, why, &text));
    if (str_ends(text, STR("\n")))
        text.n--;
    return config_set_at(c, at, text, str_from_cz(file_env), why);
}

err_t config_from_environment(struct config *c, struct diag *why)
{
    for (size_t i = 0; i < CONF_COUNT; i++)
        TRY(environment_one(c, (enum conf)i, why));
    /* FLEET 2: the older server's name is understood */
    const char *older = environment("RPA_FLEET_ENROLL_LOCKED");
    if (older != NULL && !str_starts(c->origins[CONF_FLEET_LOCKED], STR("SENESCHAL")))
        TRY(config_set_at(c, CONF_FLEET_LOCKED, str_from_cz(older), STR("RPA_FLEET_ENROLL_LOCKED"),
                          why));
    if (environment("RPA_FLEET_PER_AGENT_TOKEN") != NULL)
        LOG(LOG_INFO, "per-agent-token",
            LOG_F("note",
                  "tokens are always per machine: RPA_FLEET_PER_AGENT_TOKEN has no effect"));
    return E_OK;
}

/* The variables that are known: of settings, with and without _FILE, and those of other tables. */
static bool environment_known(str_t name)
{
    static const char *const others[] = {
#define OPTION(code, option, letter, env, values, dflt, text) env,
#include "app/option.def"
#undef OPTION
#define ENV(env, text) env,
#include "app/env.def"
#undef ENV
    };
    str_t bare = str_ends(name, STR("_FILE")) ? str_sub(name, 0, name.n - 5) : name;
    for (size_t i = 0; i < CONF_COUNT; i++) {
        str_t env = str_from_cz(conf_infos[i].env);
        if (str_eq(name, env) || str_eq(bare, env))
            return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        if (str_eq(name, str_from_cz(others[i])))
            return true;
    }
    return str_starts(name, STR("SENESCHAL_AGENT_")); /* the agent's own business */
}

size_t config_strange_environment(struct config_strange *list, size_t max)
{
    size_t n = 0;
    for (char **v = environ; *v != NULL && n < max; v++) {
        str_t name = str_from_cz(*v);
        name = str_sub(name, 0, str_find(name, '='));
        if (!str_starts(name, STR("SENESCHAL_")) || environment_known(name))
            continue;
        struct near near = { .wanted = name };
        for (size_t i = 0; i < CONF_COUNT; i++)
            near_offer(&near, str_from_cz(conf_infos[i].env));
        list[n++] = (struct config_strange){ name, near.best };
    }
    return n;
}

err_t config_reload(const struct config *c, struct arena *a, struct config *ret, struct diag *why)
{
    struct config fresh;
    config_init(&fresh, a);
    fresh.file = c->file;
    if (c->file != NULL)
        TRY(config_from_file(&fresh, c->file, why));
    TRY(config_from_environment(&fresh, why));
    for (size_t i = 0; i < CONF_COUNT; i++) {
        if (!c->flags[i])
            continue;
        fresh.values[i] = c->values[i];
        fresh.origins[i] = c->origins[i];
    }
    *ret = fresh;
    return E_OK;
}

str_t config_text(const struct config *c, enum conf at)
{
    return c->values[at];
}

const char *config_cz(const struct config *c, enum conf at)
{
    return c->values[at].n == 0 ? NULL : c->values[at].p;
}

int64_t config_int(const struct config *c, enum conf at)
{
    int64_t v;
    assert(conf_infos[at].type == TYPE_INT);
    err_t e = num_parse_i64(c->values[at], &v);
    assert(e == E_OK); /* it was checked when it was set */
    return v;
}

bool config_bool(const struct config *c, enum conf at)
{
    bool yes = false;
    assert(conf_infos[at].type == TYPE_BOOL);
    (void)bool_parse(c->values[at], &yes); /* it was checked when it was set */
    return yes;
}

opt_bool_t config_tri(const struct config *c, enum conf at)
{
    bool yes = false;
    assert(conf_infos[at].type == TYPE_TRI);
    bool set = bool_parse(c->values[at], &yes);
    return (opt_bool_t){ set, set && yes };
}

err_t config_list(const struct config *c, enum conf at, const str_t **ret, size_t *ret_n)
{
    size_t n = 0;
    str_t rest = c->values[at];
    str_t part;
    assert(conf_infos[at].type == TYPE_LIST);
    str_t *list = ARENA_ARRAY(c->arena, str_t, (size_t)conf_infos[at].max + 1);
    if (list == NULL)
        return E_NO_MEMORY;
    while (str_split(&rest, ',', &part)) {
        part = str_trim(part);
        char *cz = str_cz(c->arena, part);
        if (cz == NULL)
            return E_NO_MEMORY;
        if (part.n > 0)
            list[n++] = str_of(cz, part.n);
    }
    *ret = list;
    *ret_n = n;
    return E_OK;
}
