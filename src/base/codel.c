/* SPDX-License-Identifier: Apache-2.0 */
#include "base/codel.h"

bool codel_refuses(struct codel *c, const struct codel_law *law, dur_t now, dur_t waited, bool idle)
{
    if (idle) {
        *c = (struct codel){ .ends = { now.us + law->interval.us } };
        return false;
    }
    if (now.us >= c->ends.us) {
        c->stands = c->ends.us != 0 && c->least.us > law->target.us;
        c->ends = (dur_t){ now.us + law->interval.us };
        c->least = waited;
    } else if (waited.us < c->least.us) {
        c->least = waited;
    }
    return c->stands && waited.us > 2 * law->target.us;
}
