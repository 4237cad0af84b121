/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the route table, one per subject. */
#ifndef API_ROUTES_PARTS_H
#define API_ROUTES_PARTS_H

#include "api/route.h"

extern const struct route_table routes_health;
extern const struct route_table routes_pages;
extern const struct route_table routes_config;
extern const struct route_table routes_console;
extern const struct route_table routes_factor;
extern const struct route_table routes_fleet;
extern const struct route_table routes_people;
extern const struct route_table routes_mcp;
extern const struct route_table routes_policy;
extern const struct route_table routes_rollout;
extern const struct route_table routes_schema;
extern const struct route_table routes_signin;
extern const struct route_table routes_keys;
extern const struct route_table routes_secret;
extern const struct route_table routes_identity;
extern const struct route_table routes_machine;
extern const struct route_table routes_access;
extern const struct route_table routes_forward;
extern const struct route_table routes_hooks;
extern const struct route_table routes_upstream;
extern const struct route_table routes_permission;
extern const struct route_table routes_server;
extern const struct route_table routes_homeassistant;
extern const struct route_table routes_approval;
extern const struct route_table routes_oauth;
extern const struct route_table routes_audit;
extern const struct route_table routes_operation;

#endif
