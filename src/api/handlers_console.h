/* SPDX-License-Identifier: Apache-2.0 */
/* What only the console asks. */
#ifndef API_HANDLERS_CONSOLE_H
#define API_HANDLERS_CONSOLE_H

#include "api/request.h"

struct qr_in {
    str_t text;
};
struct qr_out {
    int64_t size;
    struct strs rows;
};
struct live_change {
    str_t topic;
};
struct live_end {
    str_t reason;
};
extern const struct shape live_change_shape;
extern const struct shape live_end_shape;
extern const struct shape qr_in_shape;
extern const struct shape qr_out_shape;

handler_f live_get;
handler_f qr_draw;

#endif
