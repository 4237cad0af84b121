/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is there a Home Assistant at an address, does it take a token, and does it speak MCP? Five steps
 * on a worker, outside of any transaction; the first that fails ends it. The token is shown to
 * nothing that did not say before that it is a Home Assistant, and a refused one is not shown
 * again: Home Assistant can shut out who does that.
 */
#ifndef API_HA_TEST_H
#define API_HA_TEST_H

#include "api/shapes_homeassistant.h"

struct ha_target {
    str_t url;  /* as ha_url_read gave it */
    str_t line; /* "Authorization: Bearer ..."; secret */
};

/* E_OVERLOADED: other calls outside are under way. E_NO_MEMORY. What the other side does is an
 * outcome and no error. */
err_t ha_test(struct request *rq, const struct ha_target *target, struct ha_test_out *ret) MUST_USE;

#endif
