/* SPDX-License-Identifier: Apache-2.0 */
/* From method and path to the row of the route table. A literal segment wins over {param}; built
 * once at start. */
#ifndef API_ROUTER_H
#define API_ROUTER_H

#include "api/route.h"

struct router;

enum { ROUTER_PARAMS_MAX = 4 };

struct route_match {
    const struct route *route; /* NULL: E_NOT_FOUND or E_METHOD_NOT_ALLOWED in err */
    err_t err;
    uint32_t methods; /* that the path takes: bit 1 << enum http_method; 0: no such path */
};

/* `a` must outlive the router. */
err_t router_new(struct arena *a, const struct route_table *const *parts, size_t n,
                 struct router **ret) MUST_USE;
struct route_match router_match(const struct router *r, enum http_method method, str_t path);
/* What stands in the place of each {param} of a route that matched `path`; returns how many. */
size_t route_params(const struct route *route, str_t path, str_t params[static ROUTER_PARAMS_MAX]);
/* "GET, HEAD, OPTIONS" for Allow (RFC 9110 section 10.2.1). */
err_t methods_text(struct arena *a, uint32_t methods, str_t *ret) MUST_USE;
const char *method_name(enum http_method m);

#endif
