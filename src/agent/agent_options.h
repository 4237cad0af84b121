/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of the agent: two tables (agent_options.def, agent_exit.def) drive the parser
 * and the help. */
#ifndef AGENT_AGENT_OPTIONS_H
#define AGENT_AGENT_OPTIONS_H

#include "base/str.h"

enum agent_option {
#define AGENT_OPTION(code, flag, env, type, value, dflt, text) OPTION_##code,
#include "agent/agent_options.def"
#undef AGENT_OPTION
    AGENT_OPTIONS
};

enum agent_exit {
#define AGENT_EXIT(code, value, text) AGENT_EXIT_##code = (value),
#include "agent/agent_exit.def"
#undef AGENT_EXIT
};

enum { AGENT_MANY_MAX = 4096 };

/* NULL: not given. Texts are borrowed from the command line and the environment; what takes no
 * value is "1", and what is repeated stands in `many`, one a line. */
struct agent_values {
    const char *of[AGENT_OPTIONS];
    char many[AGENT_MANY_MAX];
};

/* E_USAGE, with what is wrong in `why`. */
err_t agent_options_read(int argc, char **argv, struct agent_values *ret,
                         struct diag *why) MUST_USE;

/* Usage, every option, every exit status. */
void agent_options_help(FILE *to);

#endif
