/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_SIM_OPTIONS_H
#define FLEET_SIM_OPTIONS_H

#include "expect.h"

#include "../procfs.h"

#include "base/clock.h"

#include <netinet/in.h>

/* How many of the devices: so many, or a part of them. */
struct share {
    uint64_t n;
    bool percent;
};

struct sim_options {
    const char *server; /* http://HOST:PORT */
    const char *seed;
    const char *key_file; /* an enrolment key; NULL: requests wait in the lobby */
    const char *json_file;
    const char *expect_text;
    const char *pids_text;
    const char *etag_text; /* what prefilled devices have already */
    uint64_t devices;
    uint64_t connections; /* 0: one a device, as far as descriptors go */
    uint64_t wait_s;
    uint64_t from_change;
    dur_t interval, ramp, storm, spread, cap, long_wait, until, warm;
    bool storms; /* --storm was given */
    bool stream;
    bool prefilled;
    bool quiet;
    bool help;
    struct share fail, vanish, clone, rotate;
    /* Made of the texts above. */
    struct sockaddr_in to;
    char host[280]; /* for the Host field */
    struct procfs_pids pids;
    uint8_t etag[32];
    struct expect expect[EXPECT_MAX];
    size_t expect_n;
};

/* 0: go on. Else the exit code: 2 after a complaint on standard error, which says what to do. */
int options_parse(int argc, char **argv, struct sim_options *ret);
void options_help(FILE *out);
uint32_t share_of(struct share s, uint64_t devices);

#endif
