/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of the log, kept for a while in files of a directory (docs/adr: 'logs beside the store').
 *
 * Who logs never waits: a line is copied into a ring of LOGBOOK_RING bytes, and a thread of the
 * book's own writes what has come, some four times a second. Lines that find no room, and those
 * that the disk refuses, are lost and counted. A line is there after kill -9 once it is written; it
 * is not synced, so a power failure may take the last seconds. Files are segments of whole lines,
 * made 0600, never changed but at their end; a day has its own.
 *
 * All functions may be called from any thread. Lines are JSON objects of base/log.h that begin with
 * `at`, each with its line end.
 */
#ifndef PLAT_OS_LOGBOOK_H
#define PLAT_OS_LOGBOOK_H

#include "base/clock.h"

enum {
    LOGBOOK_LINE_MAX = 64 * 1024,
    LOGBOOK_RING = 1024 * 1024,
    LOGBOOK_SEGMENT_MAX = 8 * 1024 * 1024,
    LOGBOOK_SEGMENTS_MAX = 512,
};
#define LOGBOOK_BYTES_MAX ((int64_t)256 * 1024 * 1024) /* the oldest segments make room */

struct logbook;

/* `dir`/logs, made where there is none. A last line that a crash has cut is taken away. E_IO. */
err_t logbook_open(const char *dir, struct diag *why, struct logbook **ret) MUST_USE;
/* What waits is written first. NULL is fine. */
void logbook_close(struct logbook *lb);

void logbook_put(struct logbook *lb, str_t line);
/* What was put before is in the files, or lost, when this returns; at most two seconds. */
void logbook_flush(struct logbook *lb);
/* The next line begins a new segment. *ret_segment: the number of the one that is closed, 0: none
 * was open. */
void logbook_rotate(struct logbook *lb, int64_t *ret_segment);

struct logbook_stats {
    uint64_t lines; /* put since the start */
    uint64_t lost;  /* of them */
    int64_t bytes;  /* in files */
    size_t segments;
};
void logbook_stats(struct logbook *lb, struct logbook_stats *ret);

/* Remove segments whose lines are all older. */
struct logbook_pruned {
    size_t segments;
    int64_t bytes;
};
void logbook_prune(struct logbook *lb, ts_t before, struct logbook_pruned *ret);
/* What it would remove. */
void logbook_prunable(struct logbook *lb, ts_t before, struct logbook_pruned *ret);

/* Behind a line, seen backwards: `offset` in a segment is where the newer line begins. Zero: at the
 * newest. */
struct logbook_place {
    int64_t segment;
    int64_t offset;
};

/* Newest first. Segments that lie outside are passed over; lines are the caller's to judge. */
struct logbook_ask {
    struct logbook_place from;
    ts_t since;       /* absent: from the first */
    ts_t until;       /* absent: to the newest */
    size_t bytes_max; /* looked at for one answer */
    /* `at` is where to go on behind this line. E_AGAIN ends the reading after it. */
    err_t (*line)(void *arg, struct logbook_place at, str_t line);
    void *arg;
};
/* *ret_next: segment 0: nothing older is there. E_NO_MEMORY, E_IO. */
err_t logbook_read(struct logbook *lb, const struct logbook_ask *ask, struct diag *why,
                   struct logbook_place *ret_next) MUST_USE;

/* Who follows has a mark: bytes and lines that he has seen. */
struct logbook_mark {
    uint64_t byte;
    uint64_t line;
};
void logbook_mark(struct logbook *lb, struct logbook_mark *ret);
/* Whole lines behind the mark, at most `room` bytes (>= LOGBOOK_LINE_MAX), and moves it. *ret_lost:
 * lines that have left the ring before he came; he goes on at the newest. */
size_t logbook_follow(struct logbook *lb, struct logbook_mark *mark, char *to, size_t room,
                      uint64_t *ret_lost);

#endif
