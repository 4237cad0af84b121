/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HANDLERS_SECRET_H
#define API_HANDLERS_SECRET_H

#include "api/route.h"

handler_f secrets_put;
handler_f secrets_list;
handler_f secrets_get;
handler_f secrets_delete;

handler_f self_secret_prepare;
handler_f self_secret_give;

#endif
