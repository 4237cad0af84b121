/* SPDX-License-Identifier: Apache-2.0 */
/* The shapes of the fleet's rows, all parts; their tables are in shapes_fleet.c. */
#ifndef API_SHAPES_FLEET_H
#define API_SHAPES_FLEET_H

#include "api/shapes_agents.h"
#include "api/shapes_devices.h"
#include "api/shapes_enroll.h"
#include "api/shapes_self.h"

#endif
