/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HANDLERS_HOOKS_H
#define API_HANDLERS_HOOKS_H

#include "api/request.h"

handler_f webhooks_list;
handler_f webhooks_create_prepare;
handler_f webhooks_create;
handler_f webhooks_get;
handler_f webhooks_change_prepare;
handler_f webhooks_change;
handler_f webhooks_delete;
handler_f webhooks_rotate;
handler_f webhooks_test_prepare;
handler_f webhooks_test;
handler_f deliveries_list;
handler_f deliveries_redeliver;
handler_f notices_list;
handler_f notices_read;
handler_f notices_language;

#endif
