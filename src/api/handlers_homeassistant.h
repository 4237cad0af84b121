/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HANDLERS_HOMEASSISTANT_H
#define API_HANDLERS_HOMEASSISTANT_H

#include "api/request.h"

handler_f ha_rows_prepare;
handler_f ha_rows_create;
handler_f ha_rows_list;
handler_f ha_rows_get;
handler_f ha_rows_change;
handler_f ha_rows_delete;
handler_f ha_rows_try_prepare;
handler_f ha_rows_try;
handler_f ha_rows_test_prepare;
handler_f ha_rows_test;

#endif
