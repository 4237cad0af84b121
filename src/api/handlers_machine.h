/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that prove who they are: keys of service accounts, and what clients call. */
#ifndef API_HANDLERS_MACHINE_H
#define API_HANDLERS_MACHINE_H

#include "api/request.h"

handler_f service_keys_list;
handler_f service_keys_create;
handler_f service_keys_create_prepare;
handler_f service_keys_get;
handler_f service_keys_change;
handler_f service_keys_delete;

handler_f device_authorization_prepare;
handler_f device_authorization;
handler_f device_page_get;
handler_f device_page_post;
handler_f introspect_prepare;
handler_f introspect;
handler_f revoke_prepare;
handler_f revoke;
handler_f client_register_new;
handler_f client_register_get;
handler_f client_register_put;
handler_f client_register_delete;

#endif
