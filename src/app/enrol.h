/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `device enroll`: an operator lets machines in. A machine's key is minted where it belongs (on the
 * target, or into a directory that becomes its file system); its public half asks and is approved
 * here; the agent proves the private one itself. No token of a machine ever passes this program.
 */
#ifndef APP_ENROL_H
#define APP_ENROL_H

#include "app/cli_call.h"

enum { ENROL_MACHINES_MAX = 10000, ENROL_PARALLEL_MAX = 64 };

struct enrol_how {
    struct cli_options options;
    str_t server;           /* what the agent calls */
    const char *root;       /* files go below this; "" for / */
    const char *out;        /* of a batch: one directory a machine */
    const char *agent_dir;  /* ARCH/seneschal-agent and its unit */
    const char *agent_ca;   /* the agent's CA file, on the machine; NULL: the system's */
    const char *ssh_config; /* NULL: ssh's own */
    const char *key_file;   /* minted before; NULL: mint one */
    bool sudo;
    bool no_start;
    const struct json *groups; /* list of texts; NULL: none */
    const struct json *labels; /* object; NULL: none */
};

struct enrol_machine {
    str_t machine_id; /* absent: as the machine is called by default */
    str_t ssh;        /* absent: this machine, or a directory */
    str_t groups;     /* further ones, separated by ; */
    bool begun;       /* by an earlier run: the key that it left is this one's */
    bool done;
    str_t device_id;
};

/* Have a public key let in: asked for, and approved, by the client's own right. Again with the same
 * key it is the same device. E_ALREADY_ENROLLED: the machine is in, with another key. */
struct enrol_ask {
    const struct enrol_how *how;
    const struct enrol_machine *machine;
    str_t machine_id;
    str_t public_key; /* JWK */
};
err_t enrol_let_in(struct cli *cli, struct cli_client *client, const struct enrol_ask *ask,
                   str_t *ret_device) MUST_USE;

/* The agent's settings: the same bytes for the same server. */
err_t enrol_settings(struct cli *cli, const struct enrol_how *how, str_t *ret) MUST_USE;

/* A machine by shell, here or over ssh. */
err_t enrol_target(struct cli *cli, struct cli_client *client, const struct enrol_how *how,
                   struct enrol_machine *m) MUST_USE;
/* A directory that is laid over a machine's file system. */
err_t enrol_overlay(struct cli *cli, struct cli_client *client, const struct enrol_how *how,
                    struct enrol_machine *m) MUST_USE;

struct enrol_batch {
    struct cli *cli;
    const struct enrol_how *how;
    const char *path;   /* - for standard input */
    const char *resume; /* what is done, line by line */
    int64_t parallel;
    struct enrol_machine *machines;
    size_t n;
};
/* The list. E_USAGE: which line is wrong. */
err_t enrol_batch_read(struct enrol_batch *b) MUST_USE;
/* All that an earlier run has not done. *ret_failed: how many did not come in; standard error says
 * why. An error ends them all. */
err_t enrol_batch_run(struct enrol_batch *b, struct cli_client *client,
                      size_t *ret_failed) MUST_USE;

#endif
