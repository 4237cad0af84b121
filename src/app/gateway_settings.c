/* SPDX-License-Identifier: Apache-2.0 */
#include "app/gateway_settings.h"

#include "app/outward.h"
#include "base/map.h"
#include "plat/os/file.h"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whoever may write there says what this server runs (SAFETY AC22). */
static err_t only_ours(const char *path, unsigned sticky, struct diag *why)
{
    mode_t mode;
    uid_t owner;
    if (file_owner(path, &mode, &owner) != E_OK)
        return FAIL(why, E_USAGE, "%s: it cannot be looked at", path);
    if ((owner == 0 || owner == geteuid()) && ((mode & 022) == 0 || (mode & sticky) != 0))
        return E_OK;
    return FAIL(why, E_USAGE,
                "%s: others may change it (user %u, mode %04o), and gateway.commands stands there: "
                "chown it to root or to the user of this server, and chmod go-w",
                path, (unsigned)owner, (unsigned)mode & 07777);
}

/* The file that the list came from, and the directory that has it. */
static err_t commands_file_check(const struct config *c, struct diag *why)
{
    str_t origin = c->origins[CONF_GATEWAY_COMMANDS];
    char above[PATH_MAX];
    if (c->file == NULL || !str_starts(origin, str_from_cz(c->file)))
        return E_OK;
    const char *slash = strrchr(c->file, '/');
    size_t n = slash == NULL ? 1 : slash == c->file ? 1 : (size_t)(slash - c->file);
    if (n >= sizeof above)
        return FAIL(why, E_USAGE, "%s: its path is too long", c->file);
    memcpy(above, slash == NULL ? "." : c->file, n);
    above[n] = '\0';
    TRY(only_ours(c->file, 0, why));
    return only_ours(above, S_ISVTX, why);
}

static err_t commands_read(const struct config *c, struct arena *a, struct diag *why,
                           struct settings *s)
{
    const str_t *list;
    size_t n;
    TRY(config_list(c, CONF_GATEWAY_COMMANDS, &list, &n));
    struct gate_command *commands = ARENA_ARRAY(a, struct gate_command, n + 1);
    if (commands == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        struct diag cause = { 0 };
        err_t e = gate_command_parse(a, list[i], &cause, &commands[i]);
        if (e == E_BAD_FIELD)
            return FAIL(why, E_USAGE, "gateway.commands: %s", cause.text);
        TRY(e);
        if (gate_command_find(commands, i, commands[i].name) != NULL)
            return FAIL(why, E_USAGE, "gateway.commands: %.*s stands there twice",
                        STR_ARG(commands[i].name));
    }
    if (n > 0)
        TRY(commands_file_check(c, why));
    s->commands = commands;
    s->commands_n = n;
    return E_OK;
}

/* Private addresses are where such servers live. This machine itself only while nobody else
 * reaches us (SAFETY rule 10). */
static err_t private_read(const struct config *c, struct diag *why, struct settings *s)
{
    const str_t *list;
    size_t n;
    bool only_loopback = false;
    TRY(config_list(c, CONF_OUTBOUND_PRIVATE, &list, &n));
    TRY(outward_only_loopback(c, &only_loopback));
    s->upstreams = s->outbound;
    s->homeassistant = s->outbound;
    s->upstreams.loopback = s->upstreams.loopback || only_loopback;
    s->homeassistant.loopback = s->homeassistant.loopback || only_loopback;
    for (size_t i = 0; i < n; i++) {
        if (str_eq(list[i], STR("upstreams")))
            s->upstreams.private = true;
        else if (str_eq(list[i], STR("homeassistant")))
            s->homeassistant.private = true;
        else
            return FAIL(why, E_USAGE,
                        "outbound.private: want homeassistant, upstreams or both, got '%.*s'",
                        STR_ARG(list[i]));
    }
    return E_OK;
}

/* Equal while they all are. */
static uint64_t wires_of(const struct config *c)
{
    static const enum conf rows[] = { CONF_OUTBOUND_ALLOW,    CONF_OUTBOUND_PRIVATE,
                                      CONF_OUTBOUND_LOOPBACK, CONF_OUTBOUND_CA,
                                      CONF_GATEWAY_COMMANDS,  CONF_GATEWAY_MESSAGE };
    uint64_t all = 0;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        str_t text = config_text(c, rows[i]);
        const uint64_t two[] = { all, map_hash(text.n > 0 ? text.p : "", text.n) };
        all = map_hash(two, sizeof two);
    }
    return all;
}

err_t gateway_settings(const struct config *c, struct arena *a, struct diag *why,
                       struct settings *s)
{
    TRY(outward_rules(c, a, why, &s->outbound));
    TRY(commands_read(c, a, why, s));
    s->gateway.wires = wires_of(c);
    return private_read(c, why, s);
}
