/* SPDX-License-Identifier: Apache-2.0 */
#include "app/say_next.h"

#include "base/log.h"

#include <unistd.h>

void say_next(const struct services *sv, bool has_administrator)
{
    if (sv->sealed) {
        LOG(LOG_ERROR, "sealed",
            LOG_F("hint", "the master key that this store was made with is not there: restore it "
                          "and start again"));
        return;
    }
    if (!isatty(STDERR_FILENO))
        return;
    (void)fprintf(stderr, "\nNext, in another terminal:\n");
    if (!has_administrator)
        (void)fprintf(stderr,
                      "  seneschal setup-link --data %s           a link, good once: the first "
                      "administrator\n",
                      sv->dir);
    (void)fprintf(
        stderr,
        "  seneschal admin-token --data %s          an administrator's token, good for an hour\n"
        "  seneschal agent --server URL --state DIR --config-out FILE    enrol this machine\n"
        "There is no default password.\n\n",
        sv->dir);
}
