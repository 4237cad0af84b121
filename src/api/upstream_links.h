/* SPDX-License-Identifier: Apache-2.0 */
/* The other issuers on the page to sign in. */
#ifndef API_UPSTREAM_LINKS_H
#define API_UPSTREAM_LINKS_H

#include "api/html.h"
#include "api/request.h"

/* One link each, of the organisation of this slug (absent: the default one); nothing where there is
 * none. `next`: an own path, or absent. */
err_t upstream_links(struct request *rq, struct html *h, str_t next, str_t org) MUST_USE;

#endif
