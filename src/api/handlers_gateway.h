/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HANDLERS_GATEWAY_H
#define API_HANDLERS_GATEWAY_H

#include "api/request.h"

handler_f commands_list;
handler_f servers_list;
handler_f servers_write_prepare;
handler_f servers_create;
handler_f servers_import_prepare;
handler_f servers_import;
handler_f servers_get;
handler_f servers_change;
handler_f servers_delete;
handler_f servers_test;
handler_f server_tools_list;
handler_f server_tools_get;
handler_f server_tools_change;
handler_f server_tools_approve;
handler_f server_credentials_list;
handler_f server_credential_put;
handler_f server_credential_drop;
handler_f approvals_list;
handler_f approvals_get;
handler_f approvals_approve;
handler_f approvals_deny;
handler_f approvals_finish;
handler_f permissions_all;
handler_f permissions_list;
handler_f permissions_put;
handler_f permissions_put_bulk;
handler_f permissions_drop;
handler_f permissions_drop_row;
handler_f permissions_mine;
handler_f permissions_validate;
handler_f permissions_validate_bulk;
handler_f permissions_preview;
handler_f portal_tool_requests_list;
handler_f portal_tool_requests_make;
handler_f tool_requests_list;
handler_f tool_requests_approve;
handler_f tool_requests_refuse;

#endif
