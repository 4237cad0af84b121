/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HEALTH_H
#define API_HEALTH_H

#include "api/request.h"

extern const struct shape health_shape;

hot_f health_hot;
hot_f livez_hot;
hot_f readyz_hot;
hot_f metrics_hot;
handler_f metrics_get;
handler_f openapi_get;

#endif
