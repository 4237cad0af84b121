/* SPDX-License-Identifier: Apache-2.0 */
/* How the server runs: its log, its figures, its store. */
#ifndef API_HANDLERS_OPERATION_H
#define API_HANDLERS_OPERATION_H

#include "api/request.h"

handler_f logs_get;
handler_f logs_stream;
handler_f logs_rotate;
handler_f logs_rotated;

handler_f stats_get;
handler_f stats_series;

#endif
