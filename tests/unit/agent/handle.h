/* SPDX-License-Identifier: Apache-2.0 */
/* A handle of libseneschal without a server, its files under a directory of the test, and a clock
 * that stands. */
#ifndef TESTS_UNIT_AGENT_HANDLE_H
#define TESTS_UNIT_AGENT_HANDLE_H

#include "agent/agent.h"
#include "plat/crypto/crypto.h"
#include "plat/os/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/seneschal-test-agent-XXXXXX";
static char state_dir[sizeof dir + 8];
static char out[sizeof dir + 8];

static const ts_t start = { INT64_C(1700000000000000) };

static inline int handle_setup(void **state)
{
    (void)state;
    if (mkdtemp(dir) == NULL || crypto_init() != E_OK)
        return -1;
    snprintf(state_dir, sizeof state_dir, "%s/state", dir);
    snprintf(out, sizeof out, "%s/out", dir);
    clock_freeze(start, DUR_S(100000));
    return 0;
}

static inline int clear(void **state)
{
    static const char *const names[] = { "state/lock",
                                         "state/state.json",
                                         "state/state.json.prev",
                                         "state/journal.ndjson",
                                         "state/degraded.json",
                                         "state",
                                         "out" };
    char path[sizeof dir + 32];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        if (unlink(path) != 0)
            (void)rmdir(path);
    }
    clock_freeze(start, DUR_S(100000));
    return 0;
}

static inline int teardown(void **state)
{
    (void)clear(state);
    clock_release();
    return rmdir(dir);
}

static inline struct seneschal_agent *open_handle(void)
{
    const struct seneschal_agent_options o = { .size = sizeof o,
                                               .server = "http://127.0.0.1:9",
                                               .state_dir = state_dir,
                                               .config_out = out,
                                               .machine_id = "m" };
    struct seneschal_agent *g = NULL;
    char error[256] = "";
    assert_int_equal(seneschal_agent_open(&o, &g, error, sizeof error), SENESCHAL_OK);
    return g;
}

static inline dur_t follow(struct seneschal_agent *g, enum agent_ask ask, struct agent_news news)
{
    dur_t wait = { -1 };
    assert_int_equal(agent_follow(g, ask, &news, &wait), E_OK);
    return wait;
}

/* As after kill -9: what is not in the files is gone. */
static inline struct seneschal_agent *reopen(struct seneschal_agent *g)
{
    seneschal_agent_close(g);
    return open_handle();
}

#endif
