/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outages: how many devices were cut off and how long it took until all were served again. With
 * --storm they come back all at once, within so many seconds after the server takes connections
 * again, as a fleet does whose network returns.
 */
#include "sim.h"

enum { PROBE_MS = 20 };

void outage_begin(struct sim *s)
{
    struct counts *c = &s->counts;
    if (c->outages_n < OUTAGES_MAX)
        c->outages_n++;
    *counts_outage(c) = (struct outage){ .began_us = s->now_us };
}

void outage_add(struct sim *s, struct device *d)
{
    if (d->owed)
        return;
    if (counts_outage(&s->counts)->served_us != 0)
        outage_begin(s);
    d->owed = true;
    s->counts.owed++;
    counts_outage(&s->counts)->devices++;
}

void outage_served(struct sim *s, struct device *d)
{
    if (!d->owed)
        return;
    d->owed = false;
    s->counts.owed--;
    if (s->counts.owed > 0)
        return;
    counts_outage(&s->counts)->served_us = s->now_us;
    report_served(s);
}

static bool device_is_over(const struct device *d)
{
    return d->state == SIM_REVOKED || d->state == SIM_VANISHED || d->state == SIM_ASLEEP;
}

bool storm_lost(struct sim *s, struct device *d)
{
    if (!s->opt.storms || device_is_over(d))
        return false;
    outage_add(s, d);
    device_in(s, d, (dur_t){ random_upto(&d->random, s->opt.storm.us) });
    return true;
}

void storm_refused(struct sim *s, struct device *d)
{
    outage_add(s, d);
    if (s->prober == NULL)
        s->prober = d;
    d->away = s->prober != d;
    if (d->away)
        wheel_stop(&s->wheel, &d->timer);
    else
        device_in(s, d, DUR_MS(PROBE_MS));
}

void storm_connected(struct sim *s)
{
    struct outage *o = counts_outage(&s->counts);
    if (o->served_us == 0 && (o->back_us == 0 || s->prober != NULL))
        o->back_us = s->now_us;
    if (s->prober == NULL)
        return;
    s->prober = NULL;
    for (size_t i = 0; i < s->devices_n; i++) {
        struct device *d = &s->devices[i];
        if (!d->away)
            continue;
        d->away = false;
        device_in(s, d, (dur_t){ random_upto(&d->random, s->opt.storm.us) });
    }
}
