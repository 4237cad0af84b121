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
    WARDEN_ROOM,
    WARDEN_INODES,
    WARDEN_TEMP,
    WARDEN_SHA256, /* WARDEN_FLAG_NONE alone: any */
    WARDEN_READ_COUNT,
    WARDEN_WRITE_COUNT,
    WARDEN_READ, /* the first of them; then what may be written */
};
#define WARDEN_FLAG_ANYWHERE 'n'
#define WARDEN_FLAG_DOOR     'd'
#define WARDEN_FLAG_WHOLE    'w'
#define WARDEN_FLAG_NONE     '-'

enum { WARDEN_CONTROL = 3 };  /* its descriptor of the control socket */
enum { CAGE_NOBODY = 65534 }; /* whom a server that is root makes of the program */
#define WARDEN_STOP 'T'

/* What a program is held by, as its warden has read it. */
struct cage {
    struct child_limits limits;
    char *const *read;
    size_t read_n;
    char *const *write;
    size_t write_n;
    char *const *argv;
    int program; /* open, and what was pinned; -1: argv[0] is whatever stands there */
    const char *work;
    enum child_reach reach;
    uint16_t port; /* of its door, on 127.0.0.1; 0: none */
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
bool cage_drop(void);                    /* users, groups and capabilities */
bool cage_calls(enum child_reach reach); /* seccomp */
bool cage_landlock(struct cage *c);      /* what the kernel lacks of it is left out */

/* Namespaces for what is forked from now on, and in them a file system for c->work, as far as the
 * kernel gives them: c->held and c->missing say it. */
void space_enter(struct cage *c);
/* The file system goes, the directory below it stays. */
void space_leave(const struct cage *c);
/* The one address of this network namespace that can be connected to: a socket that listens there;
 * its port in c->port. -1: errno. */
int space_door(struct cage *c);

/* c->argv[0] is opened, and must have this SHA-256. false: `why` says what is wrong. */
bool pin_check(struct cage *c, const char *sha256, child_digest_f *digest,
               char why[static CHILD_TEXT_MAX]);

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
