/* SPDX-License-Identifier: Apache-2.0 */
/* What the server says in other languages than English (message.def): refusals, and what else the
 * domain has to say. The sentences of the pages are in phrase.h. */
#ifndef API_MESSAGES_H
#define API_MESSAGES_H

#include "api/route.h"
#include "base/lang.h"
#include "base/message.h"

/* For the answer to a request for this row (NULL: none): a page is in the language of lang_of(),
 * what the API says in that of Accept-Language. NULL: English. */
const struct messages *messages_for(const struct http_xchg *x, const struct route *route);

#endif
