/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of cli.def, and the small language of their flags. */
#ifndef APP_CLI_TABLE_H
#define APP_CLI_TABLE_H

#include "app/cli.h"

/* What a command takes besides its own flags. */
enum cli_takes {
    TAKES_NOTHING,
    TAKES_CALL,     /* the options of option.def */
    TAKES_SETTINGS, /* every setting as a flag, and --config FILE */
    TAKES_AGENT,    /* the options of the agent */
};

struct cli_command {
    const char *noun;
    const char *verb;   /* "": none */
    cli_command_f *run; /* NULL: a call, and nothing else */
    enum cli_takes takes;
    const char *method;
    const char *path;
    const char *words;
    const char *flags;
    const char *columns; /* "": one object as lines */
    bool risk;
    const char *text;
};

extern const struct cli_command cli_commands[];
extern const size_t cli_commands_n;

enum cli_flag_type {
    FLAG_TEXT,
    FLAG_NUMBER,
    FLAG_YES,   /* takes no value */
    FLAG_BOOL,  /* true or false */
    FLAG_LIST,  /* may come again */
    FLAG_PAIRS, /* NAME=VALUE, may come again */
    FLAG_JSON,  /* a file, - for standard input */
    FLAG_FILE,  /* the same, of any kind */
    FLAG_ROWS,  /* an object as N%,NAME=VALUE,NAME: may come again */
    FLAG_FIXED, /* not given by anybody: `value` is always sent */
};

struct cli_flag {
    str_t name;
    str_t member; /* of the body, or the name in the query */
    str_t kind;   /* "device": an id, or a name to look up; absent: as it is */
    enum cli_flag_type type;
    bool query;
    str_t value;  /* JSON of FLAG_FIXED */
    str_t values; /* "a|b|c": one of these; absent: the API's table says it, or anything goes */
};

/* Take the next flag from the text of a row; false at its end. */
bool cli_flag_next(str_t *rest, struct cli_flag *ret);

/* The row of argv[0] argv[1]; *ret_words says how many words name it. NULL: none. */
const struct cli_command *cli_find(int argc, char **argv, int *ret_words);

#endif
