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
extern const struct shape qr_in_shape;
extern const struct shape qr_out_shape;

handler_f qr_draw;

#endif
