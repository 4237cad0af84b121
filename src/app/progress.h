/* SPDX-License-Identifier: Apache-2.0 */
/* A bar on standard error while something long runs; silent where that is no terminal. */
#ifndef APP_PROGRESS_H
#define APP_PROGRESS_H

#include "base/clock.h"

enum { PROGRESS_BAR = 31 }; /* cells and the NUL */

struct progress {
    const char *what; /* "rows" */
    int64_t total;
    int64_t done;
    dur_t started;
    dur_t shown;
    bool on;
};

void progress_begin(struct progress *p, const char *what, int64_t total);
void progress_step(struct progress *p, int64_t more);
/* As struct watch has it, of one begun with "KiB": `arg` is the bar. */
void progress_see(void *arg, int64_t done, int64_t total);
/* Take the bar away, so that a line can be printed; the next step draws it again. */
void progress_clear(struct progress *p);

/* The cells alone, full where there is nothing to do. */
void progress_bar(int64_t done, int64_t total, char ret[static PROGRESS_BAR]);

#endif
