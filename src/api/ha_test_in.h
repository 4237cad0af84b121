/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the test of a Home Assistant. */
#ifndef API_HA_TEST_IN_H
#define API_HA_TEST_IN_H

#include "api/ha_test.h"
#include "api/services.h"
#include "domain/gateway/homeassistant.h"

enum { HA_WARNINGS_MAX = 8 }; /* each step has at most one or two */

struct ha_run {
    struct request *rq;
    const struct ha_target *target;
    struct ha_test_out *out;
    struct diag why; /* of the step that failed */
    dur_t until;     /* by clock_mono() */
    str_t warnings[HA_WARNINGS_MAX];
    size_t warnings_n;
};

struct ha_ask {
    str_t path;
    str_t body;           /* absent: GET */
    bool bare;            /* without the token */
    const char *accept;   /* NULL: JSON */
    const char *protocol; /* "MCP-Protocol-Version: ..."; NULL: none */
    size_t max;           /* bytes of the answer; 0: what is short */
    bool (*sink)(void *arg, str_t part);
    void *sink_arg;
    const bool *enough; /* of a sink that ended the call: it has what it wanted */
};

/* Whatever the status. Else `run->why` says what was wrong. */
err_t ha_ask(struct ha_run *run, const struct ha_ask *ask, struct http_answer *ret) MUST_USE;
/* 401 and 403, as people are told of them. */
err_t ha_refused(struct ha_run *run, int status) MUST_USE;
err_t ha_object(struct ha_run *run, const struct http_answer *answer, struct json **ret) MUST_USE;
void ha_warn(struct ha_run *run, const char *what);

/* ha_test_mcp.c: 5: does it speak MCP? */
err_t ha_step_mcp(struct ha_run *run) MUST_USE;

#endif
