/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HANDLERS_CONFIG_H
#define API_HANDLERS_CONFIG_H

#include "api/request.h"

handler_f config_get;
handler_f config_version_get;
handler_f config_stream_get;

#endif
