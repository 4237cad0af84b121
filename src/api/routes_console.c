/* SPDX-License-Identifier: Apache-2.0 */
/* What only the console asks. */
#include "api/handlers_console.h"
#include "api/routes_parts.h"

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET,  "/live", live_get, .auth = AUTH_ACTOR, .tx = TX_READ, .no_store = true, .out = &live_change_shape,
      .out_also = &live_end_shape, .events = true,
      .doc = "What changed, as events: `change` names a topic that one may read or has something of one's own in, each at "
             "most once a second; `end`: ask who you are (GET /auth/me) before you come back; `reload`, to who came back with "
             "Last-Event-ID: something changed meanwhile, look at everything again." },
    { HTTP_POST, "/qr", qr_draw, .auth = AUTH_ACTOR, .tx = TX_READ, .no_store = true, .secret = true,
      .in = &qr_in_shape, .out = &qr_out_shape,
      .doc = "A text of at most 1 KiB as a QR code, row by row. For people; nothing of it is kept." },
};
/* clang-format on */

const struct route_table routes_console = { rows, ARRAY_LEN(rows) };
