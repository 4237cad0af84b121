/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals that no transaction puts on the record: counted here, summed up by a job (SAFETY rule
 * 5).
 */
#ifndef API_REFUSED_H
#define API_REFUSED_H

#include "api/passage.h"

/* Is it for the record? 404 is one where saying 403 would tell that there is something. */
bool refused_counts(const struct route *row, err_t e);
/* Of nobody in particular. `route` NULL: none was found. */
void refused_count(struct api *api, const struct http_xchg *x, const struct route *route, err_t e);
/* Of somebody known, where the writer has nothing to do with it. */
void refused_count_known(struct api *api, const struct http_xchg *x, const struct route *route,
                         const struct actor *who, err_t e);

#endif
