/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HANDLERS_SCHEMA_H
#define API_HANDLERS_SCHEMA_H

#include "api/request.h"

handler_f schemas_list;
handler_f schemas_create_prepare;
handler_f schemas_create;
handler_f schemas_get;
handler_f schemas_change_prepare;
handler_f schemas_change;
handler_f schemas_delete;

#endif
