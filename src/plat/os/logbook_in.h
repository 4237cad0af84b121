/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the logbook: its segments, shared by who writes and who reads. */
#ifndef PLAT_OS_LOGBOOK_IN_H
#define PLAT_OS_LOGBOOK_IN_H

#include "plat/os/logbook.h"

#include <pthread.h>

enum { LOGBOOK_NAME_MAX = 40, LOGBOOK_BLOCK = 256 * 1024 };

struct logbook_segment {
    int64_t number; /* 1, 2, 3 ... the newest is the last */
    int64_t bytes;
    ts_t first; /* the oldest and the newest time that its lines say */
    ts_t last;
};

struct logbook {
    int dir;
    pthread_t thread;
    pthread_mutex_t lock; /* of everything below */
    pthread_cond_t work;  /* for the thread */
    pthread_cond_t done;  /* for who flushes */
    struct logbook_segment segments[LOGBOOK_SEGMENTS_MAX];
    size_t n;
    int64_t newest; /* number of the last one that was made */
    char *ring;
    char *batch;      /* the thread's */
    uint64_t head;    /* bytes put, ever */
    uint64_t written; /* of them, those that the thread is done with */
    uint64_t lines;
    uint64_t lost;
    uint64_t wanted; /* somebody waits until so much is written */
    bool idle;       /* the thread waits for a line */
    bool close_now;  /* the next line begins a segment */
    bool failing;    /* the last batch could not be written */
    bool stopping;
    int fd; /* of the newest segment, the thread's; -1: none is open */
};

void logbook_name(int64_t number, char out[static LOGBOOK_NAME_MAX]);
/* The time that a line begins with; absent: it has none. */
ts_t logbook_line_time(str_t line);
/* What is there already, at the start. */
err_t logbook_find(struct logbook *lb, struct diag *why) MUST_USE;
/* With the lock held: the oldest segment goes. */
void logbook_drop_first(struct logbook *lb);

#endif
