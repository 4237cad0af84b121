/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/events/event.h"

const struct event_kind event_kinds[] = {
#define EVENT(name, severity, details, text) { name, EVENT_##severity, details, text },
#include "domain/events/event.def"
#undef EVENT
};
const size_t event_kinds_n = ARRAY_LEN(event_kinds);

const struct event_kind *event_find(str_t name)
{
    size_t low = 0;
    size_t high = event_kinds_n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(name, str_from_cz(event_kinds[middle].name));
        if (order == 0)
            return &event_kinds[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
