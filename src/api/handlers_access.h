/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HANDLERS_ACCESS_H
#define API_HANDLERS_ACCESS_H

#include "api/request.h"

handler_f applications_list;
handler_f applications_create;
handler_f applications_get;
handler_f applications_change;
handler_f applications_delete;
handler_f applications_renew_secret;
handler_f bindings_list;
handler_f bindings_add;
handler_f bindings_preview;
handler_f bindings_drop;
handler_f portal_list;
handler_f portal_get;
handler_f portal_show;
handler_f rules_list;
handler_f rules_create;
handler_f rules_get;
handler_f rules_change;
handler_f rules_delete;
handler_f rules_preview;
handler_f rules_explain;
handler_f forward_check;
handler_f forward_check_nginx;
handler_f forward_start;
handler_f forward_continue;
handler_f forward_finish_go;
handler_f personal_tokens_list;
handler_f personal_tokens_create;
handler_f personal_tokens_delete;

#endif
