/* SPDX-License-Identifier: Apache-2.0 */
#include "app/progress.h"

#include <stdio.h>
#include <unistd.h>

#define REDRAW_EVERY DUR_MS(100)

void progress_begin(struct progress *p, const char *what, int64_t total)
{
    *p = (struct progress){
        .what = what, .total = total, .started = clock_mono(), .on = isatty(STDERR_FILENO) != 0
    };
}

void progress_bar(int64_t done, int64_t total, char ret[static PROGRESS_BAR])
{
    int64_t cells = PROGRESS_BAR - 1;
    int64_t full = total > 0 ? done * cells / total : cells;
    for (int i = 0; i < cells; i++)
        ret[i] = i < full ? '#' : '.';
    ret[cells] = '\0';
}

static void progress_draw(const struct progress *p, dur_t now)
{
    char bar[PROGRESS_BAR];
    int64_t took = now.us - p->started.us;
    int64_t rate = took > 0 ? p->done * DUR_S(1).us / took : 0;
    progress_bar(p->done, p->total, bar);
    (void)fprintf(stderr, "\r[%s] %lld of %lld %s, %lld a second\x1b[K", bar, (long long)p->done,
                  (long long)p->total, p->what, (long long)rate);
}

void progress_step(struct progress *p, int64_t more)
{
    dur_t now = clock_mono();
    p->done += more;
    if (!p->on || (p->done < p->total && now.us - p->shown.us < REDRAW_EVERY.us))
        return;
    p->shown = now;
    progress_draw(p, now);
}

void progress_see(void *arg, int64_t done, int64_t total)
{
    enum { KIB = 1024 };
    struct progress *p = arg;
    p->total = total / KIB;
    progress_step(p, done / KIB - p->done);
}

void progress_clear(struct progress *p)
{
    if (p->on && p->shown.us != 0)
        (void)fprintf(stderr, "\r\x1b[K");
    p->shown = (dur_t){ 0 };
}
