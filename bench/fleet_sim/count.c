/* SPDX-License-Identifier: Apache-2.0 */
#include "sim.h"

bool told_to_wait(int status)
{
    return status == 429 || status == 503;
}

void count_answer(struct sim *s, size_t ask, int status, int64_t retry_after_s)
{
    struct counts *c = &s->counts;
    struct outage *o = counts_outage(c);
    c->requests++;
    c->recent_n++;
    c->status[ask][status > 0 && status < COUNT_STATUSES ? status : 0]++;
    c->retry_missing += told_to_wait(status) && retry_after_s == 0;
    if (o->served_us != 0)
        return;
    o->told_to_wait += told_to_wait(status);
    o->answers += status < 400;
    o->others += status >= 400 && !told_to_wait(status);
}

void count_took(struct sim *s, int64_t took_us)
{
    hist_add(&s->counts.recent, (uint64_t)took_us);
    hist_add(&s->counts.all, (uint64_t)took_us);
}

static struct change *change_find(struct counts *c, const uint8_t etag[static SHA256_SIZE])
{
    size_t kept = c->changes_n < CHANGES_MAX ? c->changes_n : CHANGES_MAX;
    for (size_t i = 0; i < kept; i++)
        if (memcmp(c->changes[i].etag, etag, SHA256_SIZE) == 0)
            return &c->changes[i];
    return NULL;
}

void count_change(struct sim *s, const uint8_t etag[static SHA256_SIZE])
{
    struct counts *c = &s->counts;
    struct change *change = change_find(c, etag);
    int64_t now_us = clock_wall().us;
    if (change == NULL) {
        change = &c->changes[c->changes_n++ % CHANGES_MAX];
        *change = (struct change){ .first_us = now_us };
        memcpy(change->etag, etag, SHA256_SIZE);
    }
    change->devices++;
    change->last_us = now_us;
}

void count_anew(struct sim *s)
{
    struct counts *c = &s->counts;
    memset(c->status, 0, sizeof c->status);
    c->all = (struct hist){ 0 };
    c->requests = c->retries = c->refused = c->lost = c->reopened = c->strange = 0;
    c->retry_missing = c->nudges = c->status_events = c->stream_ends = 0;
    c->changes_n = 0;
    c->since_us = s->now_us;
    c->cpu_us = procfs_cpu_us(&s->opt.pids);
}
