/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that prove who they are: keys of service accounts. */
#ifndef API_HANDLERS_MACHINE_H
#define API_HANDLERS_MACHINE_H

#include "api/request.h"

handler_f service_keys_list;
handler_f service_keys_create;
handler_f service_keys_create_prepare;
handler_f service_keys_get;
handler_f service_keys_change;
handler_f service_keys_delete;

#endif
