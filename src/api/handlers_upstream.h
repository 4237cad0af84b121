/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HANDLERS_UPSTREAM_H
#define API_HANDLERS_UPSTREAM_H

#include "api/request.h"

handler_f providers_list;
handler_f providers_create_prepare;
handler_f providers_create;
handler_f providers_get;
handler_f providers_change;
handler_f providers_delete;
handler_f providers_link;
handler_f upstream_go_prepare;
handler_f upstream_go;
handler_f upstream_back_prepare;
handler_f upstream_back;
handler_f upstream_logout_prepare;
handler_f upstream_logout_take;

#endif
