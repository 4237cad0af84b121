/* SPDX-License-Identifier: Apache-2.0 */
/* Inside plat/os: what child.c, the warden and the cage know of each other. */
#ifndef PLAT_OS_WARDEN_H
#define PLAT_OS_WARDEN_H

#include "plat/os/child.h"

/* Arguments of a warden: its name, these, the paths that may be read, the program's argv. */
enum {
    WARDEN_NAME,
    WARDEN_FLAGS, /* letters */
    WARDEN_MEMORY,
    WARDEN_FILE_SIZE,
    WARDEN_FILES,
    WARDEN_PROCESSES,
    WARDEN_TEMP,
    WARDEN_READ_COUNT,
    WARDEN_READ, /* the first of them */
};
#define WARDEN_FLAG_NETWORK 'n'
#define WARDEN_FLAG_WHOLE   'w'
#define WARDEN_FLAG_NONE    '-'

enum { WARDEN_CONTROL = 3 };  /* its descriptor of the control socket */
enum { CAGE_NOBODY = 65534 }; /* whom a server that is root makes of the program */
#define WARDEN_STOP 'T'

/* What a program is held by, as its warden has read it. */
struct cage {
    struct child_limits limits;
    char *const *read;
    size_t read_n;
    char *const *argv;
    const char *work;
    bool network;
    bool whole;
    int told;            /* a pipe that closes on exec: reports for the warden */
    unsigned held;       /* so far: namespaces at first, all of it at the end */
    const char *missing; /* the first thing that the kernel does not give; NULL: none */
};

/*
 * In the process that becomes the program: everything up to its first instruction. One report says
 * what holds it; a second one follows only where it cannot be, and then this returns.
 */
void cage_enter(struct cage *c);
/* Its parts. false: errno. */
bool cage_limit(const struct child_limits *limits);
bool cage_drop(void);               /* users, groups and capabilities */
bool cage_calls(bool network);      /* seccomp */
bool cage_landlock(struct cage *c); /* what the kernel lacks of it is left out */

/* A directory of one's own, 0700, and its end with all that is in it. `path` has room for PATH_MAX.
 * false: errno. */
bool workdir_make(const char *temp, char *path);
bool workdir_remove(const char *path);

/* End every process that descends from this one (a subreaper), and wait for them; for five seconds
 * at most, for who stands up to SIGKILL hangs in the kernel. */
void tree_kill(void);
/* How many threads there are of this user. */
uint64_t tree_threads_of(uid_t uid);

#endif
