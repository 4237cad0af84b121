/* SPDX-License-Identifier: Apache-2.0 */
/* `doctor`: a table of checks, each of which says what it found and how to mend it. None changes
 * anything. */
#ifndef APP_DOCTOR_H
#define APP_DOCTOR_H

#include "app/cli_call.h"
#include "app/config.h"

enum severity { SEVERITY_OK, SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR };

enum { FINDINGS_MAX = 128, FINDING_TEXT_MAX = 320 };

struct finding {
    const char *check;
    enum severity severity;
    char text[FINDING_TEXT_MAX];
    const char *mend; /* NULL: nothing to do */
};

struct doctor {
    struct cli *cli;
    struct cli_options options; /* server, ca-file, output */
    bool server_named;          /* --server or SENESCHAL_URL */
    struct config config;       /* as far as it could be read */
    const char *dir;            /* the data directory */
    bool has_dir;               /* it is there and may be looked into */
    int64_t server_pid;         /* holds the lock of the directory; 0: nobody */
    err_t read;                 /* how reading the configuration went, and why */
    struct diag why;
    const char *check; /* that runs */
    struct finding list[FINDINGS_MAX];
    size_t n;
};

typedef void doctor_f(struct doctor *d);

/* One finding of the check that runs; `mend` is a sentence that outlives the doctor, or NULL. */
void doctor_say(struct doctor *d, enum severity severity, const char *mend, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
/* Where others can read or write a file of ours that they should not: said, and true. */
bool doctor_is_open(struct doctor *d, const char *path, unsigned forbidden, const char *what);
/* DIR/name; NULL when memory is short. */
const char *doctor_below(const struct doctor *d, const char *name);

doctor_f doctor_configuration;
doctor_f doctor_environment;
doctor_f doctor_data;
doctor_f doctor_keys;
doctor_f doctor_store;
doctor_f doctor_disk;
doctor_f doctor_clock;
doctor_f doctor_limits;
doctor_f doctor_certificate;
doctor_f doctor_ports;
doctor_f doctor_server;

#endif
