/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program of somebody else's that talks by its standard input and output, in a cage: it may read
 * and run what is named, write in a directory of its own that goes with it, and has the environment
 * that it is given and nothing else of ours. What it starts is ended with it, however it hides:
 * between us and it stands a warden, a process of our own program that does nothing else. When we
 * are gone, also by kill -9, the warden sees its control socket close and ends everything.
 */
#ifndef PLAT_OS_CHILD_H
#define PLAT_OS_CHILD_H

#include "base/str.h"

#include <sys/types.h>

/* SHA-256 of a file, from where it stands to its end; false: it cannot be read. */
enum { CHILD_DIGEST = 32 };
typedef bool child_digest_f(int fd, uint8_t ret[static CHILD_DIGEST]);

/* argv[0] of a process that is a warden; main() must look for it first of all. */
#define CHILD_WARDEN "seneschal-warden"
int child_warden_main(int argc, char **argv, child_digest_f *digest);

/* 0 is the default of each. */
struct child_limits {
    uint64_t memory;    /* bytes of data of one process; 1 GiB */
    uint64_t file_size; /* bytes of one file; 256 MiB */
    uint64_t files;     /* open at once, in one process; 1,024 */
    uint64_t processes; /* and threads, of all that it starts; 256 */
    uint64_t room;      /* bytes of its directory as a whole; 256 MiB */
    uint64_t inodes;    /* files and directories in it; 16,384 */
};

/* Whom it may connect to. */
enum child_reach {
    CHILD_NOBODY,
    CHILD_DOOR,     /* a socket that child_read gives to us, and nothing else */
    CHILD_ANYWHERE, /* other machines, and this one as they can: trust it */
};

struct child_spec {
    const char *const *argv; /* ends with NULL; argv[0] is the absolute path of the program */
    /* "NAME=value", ends with NULL: the whole environment, but that HOME and TMPDIR are its own
     * directory and PATH is the usual one where they are not given. */
    const char *const *env;
    const char *const *read; /* ends with NULL: what it may read and run beside /usr and the like */
    const char *const *write; /* the same: directories that it may write in, and that stay */
    const char *sha256;       /* of the program, as 64 hexadecimal digits; NULL: whatever it is */
    const char *temp;         /* where its own directory is made and removed */
    const char *warden;       /* our own program; NULL: /proc/self/exe */
    enum child_reach reach;
    bool whole; /* refuse to start where the kernel gives less than the whole cage */
    struct child_limits limits;
};

/* What holds the program; the rest always does (no new privileges, system calls, limits). */
enum {
    CHILD_FILES = 1,     /* Landlock: files */
    CHILD_PORTS = 2,     /* Landlock 4: TCP ports */
    CHILD_SIGNALS = 4,   /* Landlock 6: signals and abstract sockets stay inside */
    CHILD_PROCESSES = 8, /* a PID namespace: it sees and ends nobody else */
    CHILD_NETWORK = 16,  /* a network namespace of its own, unless it may go anywhere */
    CHILD_ROOM = 32,     /* a file system of its own, whose size is known */
    CHILD_WHOLE = 63,
};

struct child {
    pid_t warden;
    int in; /* to its standard input; all five do not block and are closed on exec */
    int out;
    int err;
    int control; /* readable: child_read has news */
    int door;    /* -1 until CHILD_DOOR_MADE; the caller's as soon as he puts -1 in its place */
};

enum child_news {
    /* Before CHILD_READY, where its reach is CHILD_DOOR: c->door listens in its network namespace,
     * at the one address that it may connect to. */
    CHILD_DOOR_MADE,
    CHILD_READY,   /* the program runs */
    CHILD_REFUSED, /* it does not: `text` says why */
    CHILD_EXITED,  /* it and all that it has started are gone */
};

enum { CHILD_TEXT_MAX = 240 };

struct child_report {
    enum child_news news;
    unsigned held; /* READY: bits of CHILD_WHOLE */
    int status;    /* EXITED: as a shell has it, 128 and the signal where one ended it */
    char text[CHILD_TEXT_MAX]; /* READY: what the kernel does not give, "" nothing */
};

/*
 * Start the warden; what becomes of the program is told by child_read. E_BAD_FIELD: the program's
 * path is not absolute. E_IO: no descriptors, no process. Any thread; it takes about a millisecond.
 */
err_t child_spawn(const struct child_spec *spec, struct diag *why, struct child *ret) MUST_USE;
/* E_AGAIN: nothing new. E_CLOSED: the warden is gone, without a word if CHILD_EXITED was not read
 * before. */
err_t child_read(struct child *c, struct child_report *ret) MUST_USE;
/* Ask it to go: SIGTERM, and SIGKILL for all of it two seconds later. What became of it is told by
 * child_read as ever. */
void child_stop(struct child *c);
/* End all of it now: closes every descriptor. The warden is left to child_reap. */
void child_kill(struct child *c);
/* Has the warden been waited for? True once it is, and where there is none; then nothing of the
 * child is left, its directory too. Does not block: ask again in some milliseconds. */
bool child_reap(struct child *c);

#endif
