/* SPDX-License-Identifier: Apache-2.0 */
/* Settings: one table (config.def); file < environment < flags; every value knows where it came
 * from. */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H

#include "base/opt.h"
#include "base/str.h"

enum conf_type { TYPE_TEXT, TYPE_INT, TYPE_BOOL, TYPE_TRI, TYPE_LIST };

enum conf {
#define CONF(code, name, env, type, dflt, min, max, reload, text) CONF_##code,
#include "app/config.def"
#undef CONF
    CONF_COUNT
};

struct conf_info {
    const char *name;
    const char *env;
    enum conf_type type;
    const char *dflt;
    int64_t min;
    int64_t max;
    bool reload;
    const char *text;
};

struct config {
    struct arena *arena;
    str_t values[CONF_COUNT];  /* as text; a list has its parts separated by ',' */
    str_t origins[CONF_COUNT]; /* "default", "seneschal.yaml:3:7", "SENESCHAL_DATA", "--data" */
    const char *file;          /* NULL: none */
    bool flags[CONF_COUNT];    /* set on the command line: nothing reloads over it */
};

extern const struct conf_info conf_infos[CONF_COUNT];
/* What a setting wants: "a|b|c" one of these, else a word for it such as FILE. */
const char *conf_wants(enum conf at);
bool conf_is_secret(enum conf at); /* never shown */

/* Everything at its default; `a` outlives the config. */
void config_init(struct config *c, struct arena *a);
/* E_BAD_FIELD, naming the origin and what is wanted; E_USAGE: no such setting, with the nearest
 * name. */
err_t config_set(struct config *c, str_t name, str_t value, str_t origin,
                 struct diag *why) MUST_USE;
err_t config_set_at(struct config *c, enum conf at, str_t value, str_t origin,
                    struct diag *why) MUST_USE;
/* Lists grow where one origin sets them again. */
err_t config_from_file(struct config *c, const char *path, struct diag *why) MUST_USE;
/* Also *_FILE, which names a file that holds the value. */
err_t config_from_environment(struct config *c, struct diag *why) MUST_USE;

/* Variables that begin with SENESCHAL_ and mean nothing here, with what was meant; names only. */
struct config_strange {
    str_t name;
    str_t near; /* absent: nothing is near */
};
size_t config_strange_environment(struct config_strange *list, size_t max);

/* Read file and environment again, under the flags of `c`; its memory is c's arena. */
err_t config_reload(const struct config *c, struct arena *a, struct config *ret,
                    struct diag *why) MUST_USE;

str_t config_text(const struct config *c, enum conf at);     /* NUL-terminated */
const char *config_cz(const struct config *c, enum conf at); /* NULL when empty */
int64_t config_int(const struct config *c, enum conf at);
bool config_bool(const struct config *c, enum conf at);
opt_bool_t config_tri(const struct config *c, enum conf at);
/* The parts of a list, in the config's arena. */
err_t config_list(const struct config *c, enum conf at, const str_t **ret, size_t *ret_n) MUST_USE;

#endif
