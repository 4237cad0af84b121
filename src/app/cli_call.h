/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that are calls of the API: their common options, the connection, the request. */
#ifndef APP_CLI_CALL_H
#define APP_CLI_CALL_H

#include "app/cli_table.h"
#include "plat/http/client.h"
#include "plat/json/json.h"

enum cli_output { OUTPUT_TABLE, OUTPUT_JSON, OUTPUT_NDJSON, OUTPUT_CSV };

struct cli_options {
    enum cli_output output;
    const char *server;
    bool server_named;      /* by a flag or the environment */
    const char *token_file; /* NULL: none */
    const char *data;       /* NULL: none */
    const char *ca_file;
    const char *org;
    int64_t limit; /* rows of a list; 0: all */
    bool yes;
    bool dry_run;
    bool no_cache; /* of sign-ins */
    bool refresh;  /* a sign-in's access token, at once */
};

/* A row of option.def. */
struct cli_option_info {
    const char *name;
    const char *letter; /* "": none */
    const char *env;
    const char *values; /* "": takes none */
    const char *dflt;
    const char *text;
};
extern const struct cli_option_info cli_options_table[];
extern const size_t cli_options_n;

/* From the environment. */
void cli_options_init(struct cli_options *o);
/* Is argv[i] a common option? *ret_used: how many words it took, 0: it is none. E_USAGE. */
err_t cli_option_take(struct cli *cli, struct cli_options *o, int argc, char **argv, int i,
                      int *ret_used) MUST_USE;
/* Common options anywhere among the words; what is left is the command's own. */
err_t cli_options_take(struct cli *cli, const struct cli_command *cmd, struct cli_options *o,
                       int *argc, char **argv) MUST_USE;
/* The value of an option at argv[i], after '=' or the next word. E_USAGE: none is there. */
err_t cli_value(struct cli *cli, int argc, char **argv, int i, const char **ret,
                int *ret_used) MUST_USE;
/* Take --NAME and its value out of the words; *ret stays as it is where it is not among them.
 * E_USAGE. */
err_t cli_flag_cut(struct cli *cli, int *argc, char **argv, str_t name, const char **ret) MUST_USE;
/* For a command whose only option is -o table|json. E_USAGE. */
err_t cli_output_take(struct cli *cli, int argc, char **argv, struct cli_options *o) MUST_USE;
/* E_USAGE: `values` is "a|b|c", one of which was wanted; with the nearest. */
err_t cli_no_such_value(struct cli *cli, const char *flag, const char *value,
                        const char *values) MUST_USE;
/* Is argv[i] --NAME or --NAME=...? */
bool cli_is_flag(const char *word, str_t name);

struct login;
enum { CLI_HEADERS_MAX = 48 }; /* with those that repeat a tool's arguments */
struct cli_client {
    struct http_client *http;
    str_t base;
    const char *headers[CLI_HEADERS_MAX]; /* the first is Authorization, where there is one */
    size_t headers_n;
    struct login *login; /* whose token it is, and who gets another when it ends; NULL: nobody's */
};

/* Where nobody named a server: that of the context, and what else the context says. */
err_t cli_context_fill(struct cli *cli, struct cli_options *o) MUST_USE;
/* The server's address without a slash at its end: the issuer of its sign-ins. */
str_t cli_base(const struct cli_options *o);
/* Reads the token: of the file, of the server in --data, else of the sign-in that is kept.
 * E_NOT_FOUND, E_FORBIDDEN with a hint. */
err_t cli_client_open(struct cli *cli, const struct cli_options *o,
                      struct cli_client *ret) MUST_USE;
void cli_client_close(struct cli_client *c); /* zeroed is fine */
/* Sent with each call from now on, where it has a body. */
err_t cli_client_header(struct cli *cli, struct cli_client *c, const char *name,
                        str_t value) MUST_USE;
/* From now on the client acts as this sign-in. */
err_t cli_client_sign_in(struct cli *cli, struct cli_client *c, struct login *l) MUST_USE;

struct cli_send {
    const char *method;
    str_t path;                          /* with its query, after the base */
    str_t body;                          /* absent: none */
    bool (*sink)(void *arg, str_t part); /* as in struct http_call: for what may be very long */
    void *sink_arg;
};
/* E_OK for 2xx; else the error that the server named, its words in cli->why. */
err_t cli_client_send(struct cli *cli, struct cli_client *c, const struct cli_send *what,
                      struct http_answer *ret) MUST_USE;
/* The same, and what came must be JSON; *ret is NULL without a body. */
err_t cli_client_json(struct cli *cli, struct cli_client *c, const struct cli_send *what,
                      struct json **ret) MUST_USE;
/* An id as it is, a name looked up among things of that kind. E_NOT_FOUND. */
err_t cli_resolve(struct cli *cli, struct cli_client *c, str_t kind, str_t text,
                  str_t *ret) MUST_USE;

/* Percent-encoded (RFC 3986 section 2.3: unreserved characters stay). */
void cli_escape(struct buf *b, str_t text);

struct cli_request {
    struct buf path;   /* below /api/v1, with its query */
    bool query;        /* has one */
    struct json *body; /* NULL: none */
};
/* Is it meant? E_USAGE: no, or there is nobody to ask and no --yes. */
err_t cli_ask(struct cli *cli, const struct cli_command *cmd, const struct cli_options *o) MUST_USE;

/* From the words of the command line, by the command's row. E_USAGE. */
err_t cli_request_read(struct cli *cli, const struct cli_command *cmd, struct cli_client *c,
                       int argc, char **argv, struct cli_request *ret) MUST_USE;
/* How many words a flag of the row takes. */
int cli_flag_words(const struct cli_command *cmd, const char *word);
void cli_request_fini(struct cli_request *r);
void cli_request_query(struct cli_request *r, str_t name, str_t value);

int cli_call(struct cli *cli, const struct cli_command *cmd, int argc, char **argv);

/* A call whose words are people's: what goes before it, and how its answer is shown. */
struct cli_reply {
    struct cli *cli;
    struct cli_client *client;
    const struct cli_request *request;
    const struct json *answer; /* NULL before */
};
typedef err_t cli_reply_f(const struct cli_reply *s);
struct cli_show {
    cli_reply_f *before;  /* NULL: nothing */
    cli_reply_f *after;   /* NULL: as any answer; not asked for with -o json and the like */
    cli_reply_f *verdict; /* of an answer that was shown: is it a failure? NULL: it is none */
};
/* The call of the row `noun verb`. */
int cli_call_shown(struct cli *cli, const char *noun, const char *verb, int argc, char **argv,
                   const struct cli_show *show);

#endif
