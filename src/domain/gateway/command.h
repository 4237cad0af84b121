/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that may be run as MCP servers: entries of `gateway.commands`, of the configuration
 * alone (SAFETY AC22). One is written as
 *   NAME=/absolute/path ARGUMENT ... env:VARIABLE ... read:/PATH ... write:/PATH ... sha256:HEX
 *       network:HOST[:PORT] ...
 * by blanks; `read:` is what it may read beside /usr and the like, `write:` a directory that it may
 * write in, `sha256:` the digest of the program, `network:` a host that it may connect to by way of
 * our proxy, and `network` alone: any, without one. A server names the entry, and may give values
 * to the variables, and nothing else.
 */
#ifndef DOMAIN_GATEWAY_COMMAND_H
#define DOMAIN_GATEWAY_COMMAND_H

#include "base/host_rule.h"

enum {
    GATE_COMMANDS_MAX = 64,
    GATE_COMMAND_WORDS_MAX = 64,
    GATE_COMMAND_NAME_MAX = 64,
    GATE_COMMAND_PORT = 443, /* of network:HOST */
};

struct gate_command {
    str_t name;
    str_t path;        /* absolute */
    const char **argv; /* of execve: NUL-terminated texts, the path first, NULL last */
    size_t argv_n;     /* without the NULL */
    const str_t *vars; /* names that a server may give a value */
    size_t vars_n;
    const char **read; /* absolute paths, NULL last */
    size_t read_n;
    const char **write; /* the same */
    size_t write_n;
    const char *sha256; /* 64 hexadecimal digits; NULL: the program is whatever stands there */
    const struct host_rule *hosts;
    size_t hosts_n;
    bool network; /* to any, and there are no hosts */
};

/* Into the arena. E_BAD_FIELD. */
err_t gate_command_parse(struct arena *a, str_t text, struct diag *why,
                         struct gate_command *ret) MUST_USE;
/* NULL: there is none. */
const struct gate_command *gate_command_find(const struct gate_command *commands, size_t n,
                                             str_t name);
bool gate_command_takes(const struct gate_command *c, str_t variable);

#endif
