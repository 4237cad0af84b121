/* SPDX-License-Identifier: Apache-2.0 */
/* One caged program, from its start until nothing of it is left. */
#ifndef CHILD_RIG_H
#define CHILD_RIG_H

#include "base/buf.h"
#include "plat/os/child.h"

enum { WAIT_S = 30, OUT_MAX = 1 << 20 };

/* A sanitizer's shadow is terabytes of what the limit counts, also in the process that is about to
 * become the program. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RIG_MEMORY (UINT64_C(1) << 60)
#else
#define RIG_MEMORY UINT64_C(0) /* the default */
#endif

extern const char *probe_path; /* the program that is caged, in `temp` */
extern char temp[];            /* where its directories are made */

struct run {
    struct child c;
    struct child_report last;
    unsigned held;
    bool ready;
    bool exited;
    struct buf out;
};

bool rig_digest(int fd, uint8_t ret[static CHILD_DIGEST]);
bool probe_copy(const char *from, const char *to);
void run_start(struct run *r, const char *how, struct child_spec spec);
void run_hear(struct run *r);
void run_step(struct run *r, bool read);
void run_ready(struct run *r);
void run_until(struct run *r, const char *said);
int run_end(struct run *r);
void run_gone(struct run *r);
bool temp_is_empty(void);
size_t probes_alive(void);

#endif
