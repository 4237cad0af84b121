/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: one table (cli.def) drives dispatch, help and did-you-mean. */
#ifndef APP_CLI_H
#define APP_CLI_H

#include "base/str.h"

/* What a script may rely on. */
enum cli_exit {
#define EXIT(code, number, text) CLI_##code = (number),
#include "app/exit.def"
#undef EXIT
};

struct cli {
    struct arena *arena; /* dies with the process */
    char **argv;         /* the whole command line, its program first, NULL at its end */
    struct diag why;     /* what the command says when it fails */
    const char *hint;    /* and what to do about it; NULL: nothing more to say */
};

/* argv[0] is the command's own first word after noun and verb. */
typedef int cli_command_f(struct cli *cli, int argc, char **argv);

/* Says `why` and `hint` on standard error; the exit code for `e`. */
int cli_fail(struct cli *cli, err_t e);

/* E_USAGE with what was meant: argv names no command. */
err_t cli_no_command(struct cli *cli, int argc, char **argv) MUST_USE;

/* Every table that the man pages are made of, as JSON on standard output; the exit code. */
int cli_print_tables(struct cli *cli);

/* The whole program. */
int cli_main(int argc, char **argv);

cli_command_f cmd_serve;
cli_command_f cmd_agent;
cli_command_f cmd_admin_token;
cli_command_f cmd_setup_link;
cli_command_f cmd_restart;
cli_command_f cmd_audit_verify;
cli_command_f cmd_backup;
cli_command_f cmd_restore;
cli_command_f cmd_audit_export;
cli_command_f cmd_audit_tail;
cli_command_f cmd_check_config;
cli_command_f cmd_routes;
cli_command_f cmd_openapi;
cli_command_f cmd_doctor;
cli_command_f cmd_api;
cli_command_f cmd_apply;
cli_command_f cmd_plan;
cli_command_f cmd_export;
cli_command_f cmd_completion;
cli_command_f cmd_import_agents;
cli_command_f cmd_secret_set;
cli_command_f cmd_homeassistant_add;
cli_command_f cmd_homeassistant_test;
cli_command_f cmd_server_import;
cli_command_f cmd_server_credential;
cli_command_f cmd_rollout_watch;
cli_command_f cmd_schema_check;
cli_command_f cmd_version;
cli_command_f cmd_help;
cli_command_f cmd_device_why;
cli_command_f cmd_policy_preview;
cli_command_f cmd_policy_diff;
cli_command_f cmd_server_test;
cli_command_f cmd_policy_rollback;
cli_command_f cmd_device_enroll;
cli_command_f cmd_invitation_create;
cli_command_f cmd_login;
cli_command_f cmd_logout;
cli_command_f cmd_token_create;
cli_command_f cmd_service_key_create;
cli_command_f cmd_service_account_rotate;
cli_command_f cmd_user_invite;
cli_command_f cmd_whoami;
cli_command_f cmd_context_list;
cli_command_f cmd_context_use;
cli_command_f cmd_context_set;
cli_command_f cmd_context_delete;
cli_command_f cmd_tool_list;
cli_command_f cmd_tool_call;
cli_command_f cmd_mcp_serve_demo;

#endif
