/* SPDX-License-Identifier: Apache-2.0 */
/* What can happen here, by name (event.def). */
#ifndef DOMAIN_EVENTS_EVENT_H
#define DOMAIN_EVENTS_EVENT_H

#include "base/str.h"

enum event_severity { EVENT_INFO, EVENT_NOTICE, EVENT_WARNING };

struct event_kind {
    const char *name;
    enum event_severity severity;
    const char *details; /* names of the members of its details, by blanks */
    const char *text;
};

extern const struct event_kind event_kinds[]; /* in the order of their names */
extern const size_t event_kinds_n;

/* NULL: nobody has said what that is. */
const struct event_kind *event_find(str_t name);

#endif
